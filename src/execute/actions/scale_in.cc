#include <tuple>

#include "execute/actions/actions.h"
#include "execute/actions/scaling.h"

namespace selfheal::actions {
namespace {

constexpr seconds kTimeout{600};

std::string Bounds(int replicas, int max) {
  return max == 0 ? std::to_string(replicas)
                  : std::to_string(replicas) + ".." + std::to_string(max);
}

}  // namespace

Result<PlannedChange> FreezeScaleIn(const ScaleIn& action,
                                    const ObjectRef& target,
                                    const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  const auto* state = workload->As<WorkloadState>();
  auto hpa = HpaOf(context.view, target);
  if (!hpa.ok()) return hpa.error();
  if (state == nullptr || hpa->has_value() != (action.max_replicas > 0)) {
    return Error{Code::kFailedPrecondition,
                 ToString(target) + " is not scaled as it was any more"};
  }
  const ClusterObject& object = hpa->has_value() ? **hpa : *workload;
  PlannedChange change;
  change.object = object.ref;
  change.uid = object.uid;
  change.generation = object.generation;
  change.pods = state->replicas;
  std::tie(change.from, change.from_max) = Standing(object);
  change.to = action.replicas;
  change.to_max = action.max_replicas;
  if (change.to >= change.from || change.to_max > change.from_max) {
    return Error{Code::kFailedPrecondition,
                 ToString(object.ref) + " does not stand above " +
                     Bounds(change.to, change.to_max)};
  }
  change.summary = "replicas of " + ToString(object.ref) + " from " +
                   Bounds(change.from, change.from_max) + " back to " +
                   Bounds(change.to, change.to_max);
  change.blast_radius = "at most " + std::to_string(change.from - change.to) +
                        " of " + std::to_string(change.pods) +
                        " pods are stopped";
  return change;
}

Result<Move> NextScaleIn(const Incident& incident, const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (!IsApplied(incident, "apply")) {
    auto live = context.view.Get(change.object);
    if (!live.ok()) return live.error();
    if (Standing(*live) != std::pair(change.from, change.from_max)) {
      return Move::Failed("someone else has scaled it since it was planned");
    }
    return Move::Mutate(ActionKind::kScaleIn, "apply",
                        SetTo(change, *live, change.to, change.to_max,
                              incident.progress.action_id));
  }
  if (change.to_max > 0) {
    return Move::Done("the bounds stand as before; the autoscaler follows");
  }
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  const auto* state = workload->As<WorkloadState>();
  if (state != nullptr && state->current_replicas <= change.to) {
    return Move::Done(std::to_string(state->current_replicas) +
                      " replicas are left");
  }
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed("the pods did not stop in time");
  }
  return Move::Wait(context.now + context.poll, "pods are stopping");
}

Result<Move> UndoScaleIn(const Incident& incident, const StepContext& context) {
  return RestoreScale(ActionKind::kUndoScaleIn, incident, context);
}

}  // namespace selfheal::actions
