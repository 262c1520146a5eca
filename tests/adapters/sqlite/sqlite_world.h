#pragma once

#include <iosfwd>
#include <memory>
#include <string>

#include "adapters/sql/audit_verify.h"
#include "adapters/sqlite/sqlite_store.h"

struct sqlite3;

namespace selfheal::testing {

/// A folder that goes away with its content.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  /// Of the database in it.
  std::string Database() const { return path_ + "/selfheal.db"; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Opens the store at `path` with the clock of this machine.
Result<std::unique_ptr<SqlStore>> OpenStore(const std::string& path,
                                            sql::WriterLimits limits = {},
                                            int checkpoint_frames = 4000);

/// VerifyAudit and ExportAudit of the file at `path`.
Result<AuditReport> VerifyFile(const std::string& path,
                               const std::string& known_head = "");
Result<long long> ExportFile(const std::string& path, std::ostream& out);

/// Limits for a machine on which an fsync may take seconds.
sql::WriterLimits Patient();

/// The database through the bare library, as an intruder has it.
class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path);
  ~RawDatabase();
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  /// True where all of `sql` ran.
  bool Exec(const std::string& sql);
  /// The first column of the first row, or -1.
  long long Number(const std::string& sql);

 private:
  sqlite3* db_ = nullptr;
};

/// A group of one firing alert, named by `name`.
AlertGroup OneAlert(const std::string& name);

/// A record about the service.
AuditRecord SomeRecord(const std::string& reason);

}  // namespace selfheal::testing
