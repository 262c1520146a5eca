#pragma once

#include <optional>
#include <string>

#include "core/cluster.h"
#include "core/evidence.h"
#include "core/execution.h"
#include "core/fields.h"
#include "verify/compared.h"

namespace selfheal {

/// What one look after the action showed.
struct Look {
  LookState state = LookState::kUnmeasured;
  std::string reason;
  /// What was compared, for the audit; StateOf(compared) is `state`.
  Fields compared;
};

/// A look at something that figures do not tell, `name`.
Look LookOf(const std::string& name, LookState state, std::string reason);

/// Compares what was measured after the action with the history before it.
///
/// @param history  windows with baselines, by metric name.
/// @param after    the samples since the action settled, same metrics; the
///                 last 3 must all be inside.
/// @param target  as it is now; unready pods, or a node that is not ready, are
///                "outside".
/// Inside is what is in the baseline's band, or at most a twentieth of the
/// incident's rise away from it, and never past the metric's limit.
/// The metrics that count are those that are not optional (all of them, if
/// each is optional), on the side that is bad. Missing is never good. Pure.
Look LookAgain(const EvidenceWindow& history, const EvidenceWindow& after,
               const ClusterObject& target);

/// What a verification comes to whose last look came to `state`. Pure.
VerificationOutcome OutcomeOf(LookState state);

/// Turns the looks of one verification into its outcome: back inside ends it
/// at once, anything else only at the deadline.
///
/// @return nullopt = look again later. Pure.
std::optional<Verification> Conclude(const Look& look, Time now, Time deadline);

}  // namespace selfheal
