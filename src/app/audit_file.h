#pragma once

#include <iosfwd>
#include <string>

#include "adapters/sql/audit_verify.h"  // IWYU pragma: export
#include "config/config.h"
#include "core/result.h"

namespace selfheal {

/// Recomputes the hash chain of the audit that `config` names; runs beside
/// `serve`. Errors as VerifyAudit, kInvalidArgument for another kind of store.
Result<AuditReport> VerifyAuditOf(const Config& config,
                                  const std::string& known_head);

/// Writes that audit to `out`, one JSON object a line; returns how many rows.
Result<long long> ExportAuditOf(const Config& config, std::ostream& out);

/// Copies the store that `config` names to the new file `to` and checks the
/// copy; runs beside `serve`. Errors as Backup, kInvalidArgument for another
/// kind of store.
Result<AuditReport> BackUpStoreOf(const Config& config, const std::string& to);

}  // namespace selfheal
