#include "execute/workload.h"

#include <algorithm>

namespace selfheal {
namespace {

/// What restarted that long ago runs well since.
constexpr seconds kLately{15 * 60};

RolloutStatus DeploymentStatus(const WorkloadState& state, std::string* why) {
  if (state.progress_deadline_exceeded) {
    *why = "the rollout exceeded its progress deadline";
    return RolloutStatus::kFailed;
  }
  if (state.updated < state.replicas) {
    *why = std::to_string(state.updated) + " of " +
           std::to_string(state.replicas) + " pods are updated";
    return RolloutStatus::kProgressing;
  }
  if (state.current_replicas > state.updated) {
    *why = std::to_string(state.current_replicas - state.updated) +
           " old pods are pending termination";
    return RolloutStatus::kProgressing;
  }
  if (state.available < state.updated) {
    *why = std::to_string(state.available) + " of " +
           std::to_string(state.updated) + " updated pods are available";
    return RolloutStatus::kProgressing;
  }
  *why = "all " + std::to_string(state.replicas) + " pods are updated";
  return RolloutStatus::kDone;
}

/// As Argo's own command line reads it: its controller works the phase out.
RolloutStatus PromotedStatus(const RolloutState& rollout, std::string* why) {
  if (rollout.Restarts()) {
    *why = "pods from before " + rollout.restart_at + " are left";
    return RolloutStatus::kProgressing;
  }
  *why = "its phase is " + (rollout.phase.empty() ? "unknown" : rollout.phase) +
         (rollout.message.empty() ? "" : ": " + rollout.message);
  if (rollout.aborted || rollout.phase == "Degraded") {
    return RolloutStatus::kFailed;
  }
  return rollout.phase == "Healthy" ? RolloutStatus::kDone
                                    : RolloutStatus::kProgressing;
}

RolloutStatus OrderedStatus(const WorkloadState& state, std::string* why) {
  const bool done = state.updated >= state.replicas &&
                    state.ready >= state.replicas &&
                    state.current_replicas >= state.replicas;
  *why = std::to_string(std::min(state.updated, state.ready)) + " of " +
         std::to_string(state.replicas) + " pods are updated and ready";
  return done ? RolloutStatus::kDone : RolloutStatus::kProgressing;
}

}  // namespace

Result<std::vector<ClusterObject>> PodsOf(ClusterView& view,
                                          const ClusterObject& workload) {
  const auto* state = workload.As<WorkloadState>();
  if (state != nullptr && state->rollout &&
      !state->rollout->template_of.empty()) {
    return Error{Code::kFailedPrecondition, ToString(workload.ref) +
                                                " is made from " +
                                                state->rollout->template_of +
                                                ": a person changes it there"};
  }
  if (state == nullptr || state->selector.empty() ||
      state->selector_has_expressions) {
    return Error{Code::kFailedPrecondition,
                 "the selector of " + ToString(workload.ref) +
                     " is not a plain list of labels"};
  }
  auto pods = view.List({.kind = ObjectKind::kPod,
                         .ns = workload.ref.ns,
                         .selector = state->selector,
                         .node = ""});
  if (!pods.ok()) return pods.error().With("pods of " + ToString(workload.ref));
  std::vector<ClusterObject> living;
  for (ClusterObject& pod : *pods) {
    const auto* pod_state = pod.As<PodState>();
    if (pod_state == nullptr) {
      return Error{Code::kInternal, ToString(pod.ref) + " is no pod"};
    }
    const bool finished =
        pod_state->phase == "Succeeded" || pod_state->phase == "Failed";
    if (!pod.deleting && !finished) living.push_back(std::move(pod));
  }
  return living;
}

RolloutStatus StatusOf(const ClusterObject& workload, std::string* why) {
  const auto* state = workload.As<WorkloadState>();
  if (state == nullptr) {
    *why = ToString(workload.ref) + " is no workload";
    return RolloutStatus::kFailed;
  }
  if (workload.generation > state->observed_generation) {
    *why = "the controller has not seen the change yet";
    return RolloutStatus::kProgressing;
  }
  if (state->rollout) return PromotedStatus(*state->rollout, why);
  return workload.ref.kind == ObjectKind::kDeployment
             ? DeploymentStatus(*state, why)
             : OrderedStatus(*state, why);
}

int Distress(const ClusterObject& pod, Time now) {
  const auto* state = pod.As<PodState>();
  if (state == nullptr) return 0;
  int distress = 0;
  for (const ContainerState& container : state->containers) {
    if (container.restarts == 0) continue;
    const bool lately = container.last_terminated_at &&
                        now < *container.last_terminated_at + kLately;
    const bool waits = container.waiting_reason == "CrashLoopBackOff";
    if (container.ready && !waits && !lately) continue;
    int points = std::min(container.restarts, 1000);
    if (waits) points += 100000;
    if (!container.ready) points += 10000;
    distress = std::max(distress, points);
  }
  return distress;
}

std::vector<PodIdentity> Identities(const std::vector<ClusterObject>& pods) {
  std::vector<PodIdentity> identities;
  for (const ClusterObject& pod : pods) {
    identities.push_back({.name = pod.ref.name, .uid = pod.uid});
  }
  return identities;
}

}  // namespace selfheal
