#include "guard/guards.h"

namespace selfheal::guard {
namespace {

constexpr seconds kLookAgain{10};

/// What of a rollout is still to come, or "".
///
/// Source: kubectl's rollout status, without its last clause: new pods that
/// are not available may be the very trouble.
std::string Pending(const ClusterObject& workload, const WorkloadState& state) {
  if (state.observed_generation < workload.generation) {
    return "its controller has not seen the last change";
  }
  if (const auto& rollout = state.rollout) {
    if (rollout->Restarts()) return "its pods are being restarted";
    return rollout->Updates() ? "its new revision is not promoted yet" : "";
  }
  if (state.updated < state.replicas) {
    return std::to_string(state.updated) + " of " +
           std::to_string(state.replicas) + " pods are of the new template";
  }
  if (state.current_replicas > state.updated) {
    return "old pods are still going";
  }
  return "";
}

bool Rolls(const WorkloadState& state) {
  return state.update_strategy == "RollingUpdate" ||
         state.update_strategy == "Canary" ||
         state.update_strategy == "BlueGreen";
}

bool HasFailed(const WorkloadState& state) {
  return state.progress_deadline_exceeded ||
         (state.rollout && state.rollout->aborted);
}

}  // namespace

namespace {

Finding CheckRollout(const GuardInput& input) {
  if (!input.facts.workload.ok()) return Unread(input.facts.workload.error());
  const ClusterObject& workload = *input.facts.workload;
  const WorkloadState* state = workload.As<WorkloadState>();
  const std::string name = ToString(workload.ref);
  if (state == nullptr) return Deny(name + " is no workload");
  const ActionKind kind = input.purpose().kind;
  const bool back = kind == ActionKind::kRollback;
  const bool rolls = back || kind == ActionKind::kRollingRestart ||
                     kind == ActionKind::kUndoRollingRestart ||
                     kind == ActionKind::kSetResources;
  if (rolls && state->paused) return Deny(name + " is paused");
  if (rolls && !Rolls(*state)) {
    return Deny(name + " does not roll: its strategy is " +
                (state->update_strategy.empty() ? "not known"
                                                : state->update_strategy));
  }
  if (input.undo()) return Allow("an undo may cut a rollout short");
  if (back) return Allow("a rollback may cut a rollout short");
  if (HasFailed(*state)) {
    return Deny(name + " is stuck in a rollout that failed");
  }
  const std::string pending = Pending(workload, *state);
  if (!pending.empty()) {
    return Wait("a rollout of " + name + " is under way: " + pending,
                input.now + kLookAgain);
  }
  return Allow("no rollout of " + name + " is under way");
}

}  // namespace

Finding GuardRollout(const GuardInput& input) {
  if (StandsAlone(input.request.mutation)) {
    return Allow("no workload is changed");
  }
  return HeldInDrain(input, CheckRollout(input), kLookAgain);
}

}  // namespace selfheal::guard
