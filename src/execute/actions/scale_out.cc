#include <algorithm>
#include <optional>

#include "execute/actions/actions.h"
#include "execute/actions/scaling.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

constexpr seconds kTimeout{600};

int Grown(int replicas, const ScaleOut& action) {
  const int more = std::max(1, (replicas * action.percent + 99) / 100);
  return std::min(replicas + more, MostReplicas(action));
}

/// "10 replicas", and what sets that limit.
std::string Ceiling(const ScaleOut& action) {
  const int most = MostReplicas(action);
  return std::to_string(most) + " replicas" +
         (most == action.max_replicas && action.connections == 0
              ? ""
              : ", for which its " + std::to_string(action.connections) +
                    " connections suffice");
}

Result<PlannedChange> FreezeHpa(const ScaleOut& action,
                                const ClusterObject& hpa) {
  const auto& state = *hpa.As<HpaState>();
  PlannedChange change;
  change.object = hpa.ref;
  change.uid = hpa.uid;
  change.generation = hpa.generation;
  change.from = state.min_replicas;
  change.from_max = state.max_replicas;
  // Both bounds move together, the minimum to where the workload must grow.
  change.to =
      Grown(std::max(state.min_replicas, state.current_replicas), action);
  change.to_max = std::max(
      {state.max_replicas, change.to, Grown(state.max_replicas, action)});
  if (change.to_max > MostReplicas(action)) {
    change.to_max = std::max(state.max_replicas, MostReplicas(action));
  }
  change.to = std::min(change.to, change.to_max);
  if (change.to <= state.current_replicas) {
    return Error{Code::kFailedPrecondition,
                 ToString(hpa.ref) + " can't grow beyond " + Ceiling(action)};
  }
  change.summary =
      "bounds of " + ToString(hpa.ref) + " from " +
      std::to_string(change.from) + ".." + std::to_string(change.from_max) +
      " to " + std::to_string(change.to) + ".." + std::to_string(change.to_max);
  change.blast_radius =
      "up to " + std::to_string(change.to_max) + " pods, none is stopped";
  return change;
}

}  // namespace

Result<PlannedChange> FreezeScaleOut(const ScaleOut& action,
                                     const ObjectRef& target,
                                     const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  const auto* state = workload->As<WorkloadState>();
  if (state == nullptr || target.kind == ObjectKind::kDaemonSet) {
    return Error{Code::kFailedPrecondition,
                 ToString(target) + " has no replicas to scale"};
  }
  auto hpa = HpaOf(context.view, target);
  if (!hpa.ok()) return hpa.error();
  if (hpa->has_value()) {
    auto change = FreezeHpa(action, **hpa);
    if (change.ok()) change->pods = state->replicas;
    return change;
  }
  PlannedChange change;
  change.object = target;
  change.uid = workload->uid;
  change.generation = workload->generation;
  change.pods = state->replicas;
  change.from = state->replicas;
  change.to = Grown(state->replicas, action);
  if (change.to <= change.from) {
    return Error{
        Code::kFailedPrecondition,
        ToString(target) + " stands at the limit of " + Ceiling(action)};
  }
  change.summary = "replicas of " + ToString(target) + " from " +
                   std::to_string(change.from) + " to " +
                   std::to_string(change.to);
  change.blast_radius =
      std::to_string(change.to - change.from) + " pods more, none is stopped";
  return change;
}

Result<Move> NextScaleOut(const Incident& incident,
                          const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (!IsApplied(incident, "apply")) {
    auto live = context.view.Get(change.object);
    if (!live.ok()) return live.error();
    if (Standing(*live) != std::pair(change.from, change.from_max)) {
      return Move::Failed("someone else has scaled it since it was planned");
    }
    return Move::Mutate(ActionKind::kScaleOut, "apply",
                        SetTo(change, *live, change.to, change.to_max,
                              incident.progress.action_id));
  }
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  const auto* state = workload->As<WorkloadState>();
  if (state != nullptr && state->replicas >= change.to &&
      state->available >= change.to) {
    return Move::Done(std::to_string(state->available) +
                      " replicas are available");
  }
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed("the new replicas did not become available in time");
  }
  return Move::Wait(context.now + context.poll, "replicas are starting");
}

Result<Move> UndoScaleOut(const Incident& incident,
                          const StepContext& context) {
  return RestoreScale(ActionKind::kUndoScaleOut, incident, context);
}

}  // namespace selfheal::actions
