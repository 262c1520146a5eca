#include "execute/actions/actions.h"
#include "execute/actions/one_pod.h"
#include "execute/workload.h"

namespace selfheal::actions {

Result<PlannedChange> FreezeEvictPod(const EvictOne&, const ObjectRef& target,
                                     const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  const ClusterObject* found = SuspectOf(*pods, context.suspects);
  if (found == nullptr) {
    return Error{Code::kFailedPrecondition,
                 "no pod of " + ToString(target) + " stands out"};
  }
  PlannedChange change = TakeAway(*found, *pods);
  change.summary = "evict " + ToString(found->ref) + " (uid " + found->uid +
                   ") from Node/" + found->As<PodState>()->node + ", so that " +
                   ToString(target) + " replaces it";
  return change;
}

Result<Move> NextEvictPod(const Incident& incident,
                          const StepContext& context) {
  return NextOfOnePod({.kind = ActionKind::kEvictPod,
                       .phase = "evict",
                       .done = "evicted",
                       .request = [](const PlannedChange& change,
                                     const ClusterObject& pod) -> Mutation {
                         return EvictPod{
                             .pod = change.object,
                             .uid = change.uid,
                             .resource_version = pod.resource_version};
                       }},
                      incident, context);
}

}  // namespace selfheal::actions
