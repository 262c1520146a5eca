#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/clock.h"
#include "core/record.h"
#include "core/result.h"

namespace selfheal {

/// What became of one decision that was recomputed.
enum class ReplayState {
  kIdentical,
  kDifferent,   ///< Another answer, or what it was made from was altered.
  kOtherJudge,  ///< Another version judged; nothing can be said.
  kNotKept,     ///< Dropped by retention, or of a release that kept nothing.
};

/// "identical", "different", "not replayable", "not kept".
std::string_view ReplayStateName(ReplayState state);

struct ReplayedDecision {
  AuditRecord record;
  ReplayState state = ReplayState::kDifferent;
  std::string detail;
};

/// Recomputes each assessment, verdict and verification of the store that
/// `config` names, of one incident or ("") of all, in order; runs beside
/// `serve`.
///
/// Windows that are not kept count as dropped by retention only where newer
/// ones of the incident are kept and no older ones are: else they were taken
/// away. Errors as VerifyAudit, kInvalidArgument for another kind of store.
Result<std::vector<ReplayedDecision>> ReplayAuditOf(
    const Config& config, const std::string& incident);

}  // namespace selfheal
