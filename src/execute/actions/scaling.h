#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/cluster.h"
#include "core/mutation.h"
#include "core/plan.h"
#include "core/result.h"
#include "execute/steps.h"

namespace selfheal::actions {

/// The HPA that scales `target`.
/// @error kFailedPrecondition  two of them do.
Result<std::optional<ClusterObject>> HpaOf(ClusterView& view,
                                           const ObjectRef& target);

/// Replicas, or the HPA's bounds, as they stand: {replicas or min, max}.
std::pair<int, int> Standing(const ClusterObject& live);

/// Sets the change's object, as `live` shows it, to `replicas` or, where it is
/// an HPA, to the bounds `replicas` and `max`.
Mutation SetTo(const PlannedChange& change, const ClusterObject& live,
               int replicas, int max, const std::string& action_id);

/// The way back of a scale action, as the undo kind `undo`.
Result<Move> RestoreScale(ActionKind undo, const Incident& incident,
                          const StepContext& context);

}  // namespace selfheal::actions
