#pragma once

#include <functional>
#include <string>

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

/// Calls `visit` for each such decision of the audit at `path`, of one
/// incident or ("") of all, in order. Runs beside `serve`.
///
/// @error as VerifyAudit.
Result<void> VisitDecisions(
    const std::string& path, const std::string& incident,
    const Digester& digester,
    const std::function<void(const AuditedDecision&)>& visit);

}  // namespace selfheal
