#include <algorithm>

#include "execute/actions/actions.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// How long the pod may take to go and its successor to appear.
constexpr seconds kTimeout{300};

}  // namespace

Result<PlannedChange> FreezeEvictPod(const EvictOne&, const ObjectRef& target,
                                     const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  const auto& suspects = context.suspects.pods;
  const auto found =
      std::find_if(pods->begin(), pods->end(), [&](const ClusterObject& pod) {
        return !suspects.empty() && pod.ref.name == suspects.front().name &&
               pod.uid == suspects.front().uid;
      });
  if (found == pods->end()) {
    return Error{Code::kFailedPrecondition,
                 "no pod of " + ToString(target) + " stands out"};
  }
  PlannedChange change;
  change.object = found->ref;
  change.uid = found->uid;
  change.pods = static_cast<int>(pods->size());
  change.summary = "evict " + ToString(found->ref) + " (uid " + found->uid +
                   ") from Node/" + found->As<PodState>()->node + ", so that " +
                   ToString(target) + " replaces it";
  change.blast_radius =
      "1 of " + std::to_string(pods->size()) + " pods of the workload";
  return change;
}

Result<Move> NextEvictPod(const Incident& incident,
                          const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto pod = context.view.Get(change.object);
  if (!pod.ok() && pod.error().code != Code::kNotFound) return pod.error();
  const bool gone = !pod.ok() || pod->uid != change.uid || pod->deleting;
  if (!IsApplied(incident, "evict")) {
    if (gone) return Move::Failed("the pod went away before it was evicted");
    return Move::Mutate(ActionKind::kEvictPod, "evict",
                        EvictPod{.pod = change.object,
                                 .uid = change.uid,
                                 .resource_version = pod->resource_version});
  }
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  if (gone && static_cast<int>(pods->size()) >= change.pods) {
    return Move::Done("the pod was replaced");
  }
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed("the pod was not replaced in time");
  }
  return Move::Wait(context.now + context.poll, "the pod is being replaced");
}

}  // namespace selfheal::actions
