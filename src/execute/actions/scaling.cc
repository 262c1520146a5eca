#include "execute/actions/scaling.h"

namespace selfheal::actions {

Result<std::optional<ClusterObject>> HpaOf(ClusterView& view,
                                           const ObjectRef& target) {
  auto list = view.List({.kind = ObjectKind::kHorizontalPodAutoscaler,
                         .ns = target.ns,
                         .selector = {},
                         .node = ""});
  if (!list.ok()) return list.error();
  std::optional<ClusterObject> found;
  for (ClusterObject& hpa : *list) {
    const auto* state = hpa.As<HpaState>();
    if (state == nullptr || state->target_kind != KindName(target.kind) ||
        state->target_name != target.name) {
      continue;
    }
    if (found) {
      return Error{Code::kFailedPrecondition,
                   "two HorizontalPodAutoscalers scale " + ToString(target)};
    }
    found = std::move(hpa);
  }
  return found;
}

Mutation SetTo(const PlannedChange& change, const ClusterObject& live,
               int replicas, int max, const std::string& action_id) {
  if (change.object.kind == ObjectKind::kHorizontalPodAutoscaler) {
    return SetHpaBounds{.hpa = change.object,
                        .uid = change.uid,
                        .resource_version = live.resource_version,
                        .min_replicas = replicas,
                        .max_replicas = max,
                        .action_id = action_id};
  }
  return SetReplicas{.workload = change.object,
                     .uid = change.uid,
                     .resource_version = live.resource_version,
                     .replicas = replicas};
}

std::pair<int, int> Standing(const ClusterObject& live) {
  if (const auto* hpa = live.As<HpaState>()) {
    return {hpa->min_replicas, hpa->max_replicas};
  }
  const auto* workload = live.As<WorkloadState>();
  return {workload == nullptr ? -1 : workload->replicas, 0};
}

Result<Move> RestoreScale(ActionKind undo, const Incident& incident,
                          const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (IsApplied(incident, "restore")) {
    return Move::Done("the previous replicas stand again");
  }
  auto live = context.view.Get(change.object);
  if (!live.ok()) return live.error();
  if (live->uid != change.uid) {
    return Move::Failed("it is another object now");
  }
  const auto standing = Standing(*live);
  if (standing == std::pair(change.from, change.from_max)) {
    return Move::Done("it already stands as before");
  }
  if (standing != std::pair(change.to, change.to_max)) {
    return Move::Failed("someone else has scaled it since");
  }
  return Move::Mutate(undo, "restore",
                      SetTo(change, *live, change.from, change.from_max,
                            incident.progress.action_id));
}

}  // namespace selfheal::actions
