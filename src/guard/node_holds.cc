#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// True for a pod that no drain evicts: its node's own, or at its end.
bool Stays(const ClusterObject& pod) {
  const PodState* state = pod.As<PodState>();
  if (state == nullptr) return false;
  const OwnerRef* owner = pod.Controller();
  const bool daemon = owner != nullptr && owner->kind == "DaemonSet";
  return daemon || state->mirror || pod.deleting ||
         state->phase == "Succeeded" || state->phase == "Failed";
}

}  // namespace

Finding GuardNodeHolds(const GuardInput& input) {
  const bool evicts = input.purpose().target.kind == ObjectKind::kNode &&
                      !input.for_workload() &&
                      !ChangesNode(input.request.mutation);
  if (!evicts) return Allow("no node is emptied by this");
  if (!input.facts.node_pods.ok()) return Unread(input.facts.node_pods.error());
  for (const ClusterObject& pod : *input.facts.node_pods) {
    if (Stays(pod)) continue;
    const std::string why = ProtectionOf(input.policy, pod);
    if (!why.empty()) {
      return Deny(ToString(input.purpose().target) +
                  " is cordoned, not drained: " + why);
    }
  }
  return Allow("the node holds nothing that must not be moved");
}

}  // namespace selfheal::guard
