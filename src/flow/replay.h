#pragma once

#include <string>

#include "core/assessment.h"
#include "core/fields.h"
#include "core/kept_evidence.h"
#include "core/record.h"

namespace selfheal {

/// What the audit's row of an assessment says of it.
Fields AuditFields(const Assessment& assessment);

enum class ReplayOutcome { kIdentical, kDifferent, kOtherJudge };

/// What came of judging again.
struct Replay {
  ReplayOutcome outcome = ReplayOutcome::kDifferent;
  std::string detail;  ///< What differs, or which judge it was; else "".
};

/// Judges `kept` again as it was judged, and compares the answer to the bit
/// with the one that was kept and with what the audit's `row` says of it.
Replay ReplayAssessment(const AuditRecord& row, const KeptEvidence& kept);

/// Combines the findings that the audit's `row` of a verdict names again. What
/// the guards looked at was live and is not kept.
Replay ReplayVerdict(const AuditRecord& row);

/// Compares the figures of a verification's `row` with the bounds that it
/// names again.
Replay ReplayVerification(const AuditRecord& row);

}  // namespace selfheal
