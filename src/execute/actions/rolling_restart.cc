#include <algorithm>
#include <tuple>

#include "execute/actions/actions.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// How long a canary may take to become ready, and the rollout to finish.
constexpr seconds kCanaryTimeout{600};
constexpr seconds kRolloutTimeout{1800};

std::string CanaryPhase(std::size_t index) {
  return "canary-" + std::to_string(index + 1);
}

bool Contains(const std::vector<PodIdentity>& pods, const std::string& uid) {
  return std::any_of(pods.begin(), pods.end(),
                     [&](const PodIdentity& pod) { return pod.uid == uid; });
}

/// The oldest ready pods first: with a leak, they show the most.
void SortByUse(std::vector<ClusterObject>* pods) {
  const auto key = [](const ClusterObject& pod) {
    return std::tuple(!pod.As<PodState>()->ready, pod.created_at, pod.ref.name);
  };
  std::sort(pods->begin(), pods->end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

/// Evicts the canary of `index`, or says that it is gone already.
Result<Move> EvictCanary(const Incident& incident, std::size_t index,
                         const StepContext& context) {
  const PodIdentity& canary = incident.plan->change.canaries[index];
  const ObjectRef ref{
      .kind = ObjectKind::kPod, .ns = incident.target.ns, .name = canary.name};
  auto pod = context.view.Get(ref);
  if (!pod.ok() && pod.error().code != Code::kNotFound) return pod.error();
  if (!pod.ok() || pod->uid != canary.uid || pod->deleting) {
    return Move::Failed("the canary pod went away before it was restarted");
  }
  return Move::Mutate(ActionKind::kRollingRestart, CanaryPhase(index),
                      EvictPod{.pod = ref,
                               .uid = canary.uid,
                               .resource_version = pod->resource_version});
}

/// Waits until the canaries' successors are ready and have been observed.
Result<Move> ObserveCanary(const RollingRestart& action,
                           const Incident& incident,
                           const StepContext& context) {
  const StepProgress& progress = incident.progress;
  const PlannedChange& change = incident.plan->change;
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  std::vector<PodIdentity> fresh;
  std::vector<PodIdentity> siblings;
  bool canary_left = false;
  for (const ClusterObject& pod : *pods) {
    if (Contains(change.canaries, pod.uid)) {
      canary_left = true;
      continue;
    }
    const PodIdentity identity{.name = pod.ref.name, .uid = pod.uid};
    if (Contains(change.siblings, pod.uid)) {
      siblings.push_back(identity);
    } else if (pod.As<PodState>()->ready) {
      fresh.push_back(identity);
    }
  }
  if (canary_left || fresh.size() < change.canaries.size()) {
    if (context.now > progress.started_at + kCanaryTimeout) {
      return Move::Failed("the canary did not become ready in time");
    }
    return Move::Wait(context.now + context.poll,
                      "the canary is not ready yet");
  }
  Move compare;
  compare.kind = Move::Kind::kCompareCanary;
  compare.canaries = fresh;
  compare.siblings = siblings;
  compare.look_again =
      progress.canary_ready_at.value_or(context.now) + action.canary_observe;
  compare.reason = "the canary is being observed";
  return compare;
}

/// When the template was patched in `phase`.
Time AppliedAt(const Incident& incident, std::string_view phase) {
  Time at = incident.progress.started_at;
  for (const Execution& execution : incident.executions) {
    if (execution.step == incident.plan->step && execution.phase == phase) {
      at = execution.at;
    }
  }
  return at;
}

/// What has been patched at `since` must be rolled out in time.
Move AwaitRollout(const ClusterObject& workload, Time since,
                  const StepContext& context) {
  std::string why;
  switch (StatusOf(workload, &why)) {
    case RolloutStatus::kDone:
      return Move::Done(why);
    case RolloutStatus::kFailed:
      return Move::Failed(why);
    case RolloutStatus::kProgressing:
      break;
  }
  if (context.now > since + kRolloutTimeout) {
    return Move::Failed("the rollout did not finish in time: " + why);
  }
  return Move::Wait(context.now + context.poll, why);
}

Result<Move> RollOut(const Incident& incident, const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  if (!IsApplied(incident, "rest")) {
    return Move::Mutate(
        ActionKind::kRollingRestart, "rest",
        SetRestartedAt{.workload = incident.target,
                       .uid = change.uid,
                       .resource_version = workload->resource_version,
                       .restarted_at = change.restarted_at,
                       .action_id = incident.progress.action_id});
  }
  return AwaitRollout(*workload, AppliedAt(incident, "rest"), context);
}

}  // namespace

Result<PlannedChange> FreezeRollingRestart(const RollingRestart& action,
                                           const ObjectRef& target,
                                           const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  if (pods->empty()) {
    return Error{Code::kFailedPrecondition, ToString(target) + " has no pods"};
  }
  PlannedChange change;
  change.object = target;
  change.uid = workload->uid;
  change.generation = workload->generation;
  change.pods = static_cast<int>(pods->size());
  const auto* state = workload->As<WorkloadState>();
  change.previous_restarted_at = RestartedAt(*state);
  change.restarted_at = FormatTime(std::chrono::floor<seconds>(context.now));
  // "....000Z" -> "...Z", as kubectl writes it.
  change.restarted_at.erase(change.restarted_at.size() - 5, 4);
  // A single pod has no siblings to be compared with; the rollout surges, so
  // it is replaced without a gap.
  if (pods->size() > 1) {
    SortByUse(&*pods);
    change.canaries = Identities(*pods);
    // As many siblings at least stay for the comparison.
    const auto count = std::min(pods->size() / 2,
                                static_cast<std::size_t>(action.canary_pods));
    const auto rest =
        change.canaries.begin() + static_cast<std::ptrdiff_t>(count);
    change.siblings.assign(rest, change.canaries.end());
    change.canaries.erase(rest, change.canaries.end());
  }
  change.summary =
      (state->rollout
           ? "set spec.restartAt of "
           : "set the template annotation kubectl.kubernetes.io/restartedAt "
             "of ") +
      ToString(target) + " to " + change.restarted_at;
  change.blast_radius = "all " + std::to_string(change.pods) + " pods, " +
                        std::to_string(change.canaries.size()) +
                        " as a canary first";
  return change;
}

Result<Move> NextRollingRestart(const RollingRestart& action,
                                const Incident& incident,
                                const StepContext& context) {
  const auto& canaries = incident.plan->change.canaries;
  for (std::size_t i = 0; i < canaries.size(); ++i) {
    if (!IsApplied(incident, CanaryPhase(i))) {
      return EvictCanary(incident, i, context);
    }
  }
  if (!canaries.empty() && !IsApplied(incident, "rest")) {
    if (!incident.progress.canary) {
      return ObserveCanary(action, incident, context);
    }
    switch (*incident.progress.canary) {
      case Judgement::kConfirmed:
        return Move::Failed("the canary is worse than its siblings");
      case Judgement::kInconclusive:
        return Move::Failed("the canary could not be judged");
      case Judgement::kNotConfirmed:
        break;
    }
  }
  return RollOut(incident, context);
}

Result<Move> UndoRollingRestart(const Incident& incident,
                                const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  if (workload->uid != change.uid) {
    return Move::Failed("the workload is another object now");
  }
  if (!IsApplied(incident, "restore")) {
    return Move::Mutate(
        ActionKind::kUndoRollingRestart, "restore",
        SetRestartedAt{.workload = incident.target,
                       .uid = change.uid,
                       .resource_version = workload->resource_version,
                       .restarted_at = change.previous_restarted_at,
                       .action_id = incident.progress.action_id});
  }
  return AwaitRollout(*workload, AppliedAt(incident, "restore"), context);
}

}  // namespace selfheal::actions
