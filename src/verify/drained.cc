#include "verify/drained.h"

#include <algorithm>
#include <string>

namespace selfheal {
namespace {

bool IsReady(const NodeState& node) {
  const auto ready = node.conditions.find("Ready");
  return ready != node.conditions.end() && ready->second == "True";
}

Look Outside(std::string reason) {
  return LookOf("moves", LookState::kOutside, std::move(reason));
}

}  // namespace

Look LookAtDrained(const PlannedChange& change, const ClusterObject& node,
                   const std::vector<ClusterObject>& on_node,
                   const std::vector<ClusterObject>& workloads) {
  const auto* state = node.As<NodeState>();
  if (state == nullptr || node.uid != change.uid) {
    return LookOf("moves", LookState::kUnmeasured,
                  "the node is another object now");
  }
  if (!state->unschedulable) {
    return Outside("someone lets pods onto the node again");
  }
  for (const ClusterObject& pod : on_node) {
    const bool moved =
        std::any_of(change.moves.begin(), change.moves.end(),
                    [&](const MovedPod& move) { return move.uid == pod.uid; });
    if (moved && (!pod.deleting || IsReady(*state))) {
      return Outside(ToString(pod.ref) + " is still on the node");
    }
  }
  for (const ClusterObject& workload : workloads) {
    const auto* of_workload = workload.As<WorkloadState>();
    if (of_workload == nullptr) {
      return LookOf("moves", LookState::kUnmeasured,
                    ToString(workload.ref) + " is no workload");
    }
    if (of_workload->available < of_workload->replicas) {
      return Outside(std::to_string(of_workload->available) + " of " +
                     std::to_string(of_workload->replicas) + " pods of " +
                     ToString(workload.ref) + " are available");
    }
  }
  return LookOf("moves", LookState::kBackInside,
                "all " + std::to_string(change.moves.size()) +
                    " pods of the node were moved and their " +
                    std::to_string(workloads.size()) +
                    " workloads are available; the node stays cordoned");
}

}  // namespace selfheal
