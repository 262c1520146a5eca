#include "execute/observe.h"

namespace selfheal {
namespace {

constexpr char kLastAction[] = "selfheal.dev/last-action";

struct AppliedVisitor {
  const ClusterObject& live;

  bool operator()(const DeletePod&) const { return live.deleting; }
  bool operator()(const EvictPod&) const { return live.deleting; }
  bool operator()(const SetRestartedAt& m) const {
    const auto* state = live.As<WorkloadState>();
    return state != nullptr && RestartedAt(*state) == m.restarted_at &&
           LabelOr(live.annotations, kLastAction) == m.action_id;
  }
  bool operator()(const SetReplicas& m) const {
    const auto* state = live.As<WorkloadState>();
    return state != nullptr && state->replicas == m.replicas;
  }
  bool operator()(const SetUnschedulable& m) const {
    const auto* state = live.As<NodeState>();
    return state != nullptr && state->unschedulable == m.unschedulable &&
           LabelOr(live.annotations, kLastAction) == m.action_id;
  }
  bool operator()(const SetTemplate& m) const {
    const auto* state = live.As<WorkloadState>();
    return state != nullptr && state->pod_template == m.pod_template &&
           LabelOr(live.annotations, kLastAction) == m.action_id;
  }
  bool operator()(const SetMemory& m) const {
    const auto* state = live.As<WorkloadState>();
    if (state == nullptr) return false;
    for (const ContainerMemory& memory : state->memory) {
      if (memory.name != m.container) continue;
      return memory.limit == m.limit &&
             (m.request.empty() || memory.request == m.request) &&
             LabelOr(live.annotations, kLastAction) == m.action_id;
    }
    return false;
  }
  bool operator()(const SetVolumeRequest& m) const {
    const auto* state = live.As<ClaimState>();
    return state != nullptr && state->requested == m.storage &&
           LabelOr(live.annotations, kLastAction) == m.action_id;
  }
  /// The condition leaves with the new certificate.
  bool operator()(const RequestRenewal& m) const {
    const auto* state = live.As<CertificateState>();
    return state != nullptr &&
           (state->revision > m.revision ||
            (state->issuing && state->issuing_since == m.at));
  }
  /// Argo CD takes `operation` away as soon as it begins.
  bool operator()(const RequestSync& m) const {
    return LabelOr(live.annotations, kLastAction) == m.action_id;
  }
  /// A status takes no annotation: whose it is stands in managedFields.
  bool operator()(const SetAborted& m) const {
    const auto* state = live.As<WorkloadState>();
    return state != nullptr && state->rollout &&
           state->rollout->IsOurs(m.aborted);
  }
  bool operator()(const SetHpaBounds& m) const {
    const auto* state = live.As<HpaState>();
    return state != nullptr && state->min_replicas == m.min_replicas &&
           state->max_replicas == m.max_replicas &&
           LabelOr(live.annotations, kLastAction) == m.action_id;
  }
};

bool IsRemoval(const Mutation& mutation) {
  return std::holds_alternative<DeletePod>(mutation) ||
         std::holds_alternative<EvictPod>(mutation);
}

}  // namespace

Observed Observe(const Mutation& mutation,
                 const std::optional<ClusterObject>& live, std::string* why) {
  const bool same = live && live->uid == UidOf(mutation);
  if (IsRemoval(mutation) && !same) {
    *why = "the pod of that uid is gone";
    return Observed::kApplied;
  }
  if (!same) {
    *why = live ? "the object has another uid now" : "the object is gone";
    return Observed::kDiverged;
  }
  // The same resourceVersion proves that nothing was written since; it must
  // come first, as the desired value may have stood before.
  if (live->resource_version == ResourceVersionOf(mutation)) {
    *why = "the object is unchanged since the intent";
    return Observed::kNotApplied;
  }
  if (std::visit(AppliedVisitor{*live}, mutation)) {
    *why = "the object shows the intended change";
    return Observed::kApplied;
  }
  if (IsRemoval(mutation)) {
    // Nothing takes a deletion back, and the version that the request named
    // is past: it can't come true any more.
    *why = "the pod lives on";
    return Observed::kNotApplied;
  }
  *why = "the object changed, but not as intended";
  return Observed::kDiverged;
}

}  // namespace selfheal
