#pragma once

#include <memory>
#include <string>

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
Result<std::unique_ptr<SqliteStore>> OpenStore(
    const std::string& path, sqlite::WriterLimits limits = {});

/// Limits for a machine on which an fsync may take seconds.
sqlite::WriterLimits Patient();

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
