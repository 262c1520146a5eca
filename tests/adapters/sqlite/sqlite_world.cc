#include "adapters/sqlite/sqlite_world.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/read_only.h"

namespace selfheal::testing {

TempFolder::TempFolder() : path_(::testing::TempDir() + "/sqlite-XXXXXX") {
  SELFHEAL_CHECK(mkdtemp(path_.data()) != nullptr);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<std::unique_ptr<SqlStore>> OpenStore(const std::string& path,
                                            sql::WriterLimits limits,
                                            int checkpoint_frames) {
  static const SystemClock clock;
  return OpenSqliteStore(
      {.path = path,
       .store = {.digester = Sha256Hex, .clock = &clock, .limits = limits},
       .checkpoint_frames = checkpoint_frames});
}

Result<AuditReport> VerifyFile(const std::string& path,
                               const std::string& known_head) {
  auto db = sqlite::OpenAudit(path);
  if (!db.ok()) return db.error();
  return VerifyAudit(**db, Sha256Hex, known_head);
}

Result<long long> ExportFile(const std::string& path, std::ostream& out) {
  auto db = sqlite::OpenAudit(path);
  if (!db.ok()) return db.error();
  return ExportAudit(**db, out);
}

sql::WriterLimits Patient() {
  sql::WriterLimits limits;
  limits.wait = std::chrono::seconds(60);
  return limits;
}

RawDatabase::RawDatabase(const std::string& path) {
  SELFHEAL_CHECK(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
  sqlite3_busy_timeout(db_, 60'000);
}

RawDatabase::~RawDatabase() { sqlite3_close(db_); }

bool RawDatabase::Exec(const std::string& sql) {
  return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

long long RawDatabase::Number(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  long long value = -1;
  if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) ==
          SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    value = sqlite3_column_int64(statement, 0);
  }
  sqlite3_finalize(statement);
  return value;
}

AlertGroup OneAlert(const std::string& name) {
  Alert alert;
  alert.labels = {{"alertname", name}, {"namespace", "shop"}};
  alert.fingerprint = Fingerprint(alert.labels);
  alert.starts_at = *ParseTime("2026-11-25T12:00:00Z");
  AlertGroup group;
  group.received = 1;
  group.alerts.push_back(std::move(alert));
  return group;
}

AuditRecord SomeRecord(const std::string& reason) {
  return {0,
          *ParseTime("2026-11-25T12:00:00Z"),
          "",
          Stage::kRecord,
          "noted",
          reason,
          {{"n", std::int64_t{1}}}};
}

}  // namespace selfheal::testing
