#include "core/cluster.h"

namespace selfheal {

bool RolloutState::Restarts() const {
  return !restart_at.empty() &&
         ParseTime(restart_at) != ParseTime(restarted_at);
}

std::string_view RestartedAt(const WorkloadState& workload) {
  if (workload.rollout) return workload.rollout->restart_at;
  return LabelOr(workload.template_annotations,
                 "kubectl.kubernetes.io/restartedAt");
}

std::string_view RolloutHash(const ClusterObject& replica_set) {
  return LabelOr(replica_set.labels, "rollouts-pod-template-hash");
}

const OwnerRef* ClusterObject::Controller() const {
  for (const OwnerRef& owner : owners) {
    if (owner.controller) return &owner;
  }
  return nullptr;
}

}  // namespace selfheal
