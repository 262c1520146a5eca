#pragma once

#include <functional>
#include <string>

#include "adapters/sql/connection.h"
#include "core/digest.h"
#include "core/kept_evidence.h"
#include "core/record.h"
#include "core/result.h"

namespace selfheal {

/// One decision as the audit holds it: an assessment, a verdict or a
/// verification.
struct AuditedDecision {
  AuditRecord record;
  /// What an assessment is recomputed from, found by the digest in its row.
  /// @error kNotFound  it is not kept any more; kFailedPrecondition  the row
  ///        names none; kDataLoss  what is kept is not what was digested.
  Result<KeptEvidence> kept;
};

/// Calls `visit` for each such decision of the audit, of one incident or ("")
/// of all, in order. Runs beside `serve`; `db` as for VerifyAudit.
///
/// @error as VerifyAudit.
Result<void> VisitDecisions(
    sql::Connection& db, const std::string& incident, const Digester& digester,
    const std::function<void(const AuditedDecision&)>& visit);

}  // namespace selfheal
