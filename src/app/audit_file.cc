#include "app/audit_file.h"

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/backup.h"
#include "adapters/sqlite/database_url.h"
#include "app/database.h"

namespace selfheal {

Result<AuditReport> VerifyAuditOf(const Config& config,
                                  const std::string& known_head) {
  auto db = OpenAuditOf(config);
  if (!db.ok()) return db.error();
  auto report = VerifyAudit(**db, Sha256Hex, known_head);
  if (!report.ok()) return report.error().With(PlaceOf(config));
  return report;
}

Result<long long> ExportAuditOf(const Config& config, std::ostream& out) {
  auto db = OpenAuditOf(config);
  if (!db.ok()) return db.error();
  auto rows = ExportAudit(**db, out);
  if (!rows.ok()) return rows.error().With(PlaceOf(config));
  return rows;
}

Result<AuditReport> BackUpStoreOf(const Config& config, const std::string& to) {
  if (IsShared(config)) {
    return Error{Code::kInvalidArgument,
                 "database.url: " + PlaceOf(config) +
                     ": expected sqlite://...; PostgreSQL is backed up by "
                     "pg_dump"};
  }
  const auto path = ParseSqliteUrl(config.database.url);
  if (!path.ok()) return path.error();
  return Backup(*path, to, Sha256Hex);
}

}  // namespace selfheal
