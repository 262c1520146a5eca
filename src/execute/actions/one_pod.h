#pragma once

#include <string>

#include "execute/steps.h"

namespace selfheal::actions {

/// How an action takes its one pod away.
struct Removal {
  ActionKind kind = ActionKind::kRestartPod;
  std::string phase;  ///< Of its only request.
  std::string done;   ///< "deleted", "evicted".
  Mutation (*request)(const PlannedChange& change, const ClusterObject& pod);
};

/// The pod that the cause points at, if it lives; null = there is none.
const ClusterObject* SuspectOf(const std::vector<ClusterObject>& pods,
                               const Suspects& suspects);

/// The change that takes `pod` away from `workload`, but for its summary.
PlannedChange TakeAway(const ClusterObject& pod,
                       const std::vector<ClusterObject>& pods);

/// Takes the planned pod away once and waits until its owner has replaced it.
Result<Move> NextOfOnePod(const Removal& removal, const Incident& incident,
                          const StepContext& context);

}  // namespace selfheal::actions
