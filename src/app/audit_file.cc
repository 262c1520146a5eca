#include "app/audit_file.h"

#include "adapters/crypto/digest.h"
#include "adapters/sqlite/backup.h"
#include "adapters/sqlite/database_url.h"

namespace selfheal {

Result<AuditReport> VerifyAuditOf(const Config& config,
                                  const std::string& known_head) {
  const auto path = ParseSqliteUrl(config.database.url);
  if (!path.ok()) return path.error();
  return VerifyAudit(*path, Sha256Hex, known_head);
}

Result<long long> ExportAuditOf(const Config& config, std::ostream& out) {
  const auto path = ParseSqliteUrl(config.database.url);
  if (!path.ok()) return path.error();
  return ExportAudit(*path, out);
}

Result<AuditReport> BackUpStoreOf(const Config& config, const std::string& to) {
  const auto path = ParseSqliteUrl(config.database.url);
  if (!path.ok()) return path.error();
  return Backup(*path, to, Sha256Hex);
}

}  // namespace selfheal
