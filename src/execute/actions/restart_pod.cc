#include <algorithm>

#include "execute/actions/actions.h"
#include "execute/actions/one_pod.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// The pod that the cause points at or, where none does, the one that is in
/// most distress; null = there is none.
const ClusterObject* WorstOf(const std::vector<ClusterObject>& pods,
                             const StepContext& context) {
  if (!context.suspects.pods.empty()) return SuspectOf(pods, context.suspects);
  const auto distress = [&](const ClusterObject& pod) {
    return Distress(pod, context.now);
  };
  const auto worst = std::max_element(
      pods.begin(), pods.end(),
      [&](const auto& a, const auto& b) { return distress(a) < distress(b); });
  return worst == pods.end() || distress(*worst) == 0 ? nullptr : &*worst;
}

}  // namespace

Result<PlannedChange> FreezeRestartPod(const RestartPod&,
                                       const ObjectRef& target,
                                       const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  const ClusterObject* worst = WorstOf(*pods, context);
  if (worst == nullptr) {
    return Error{Code::kFailedPrecondition,
                 context.suspects.pods.empty()
                     ? "no pod of " + ToString(target) +
                           " is in trouble now: none waits, is not ready or "
                           "restarted lately"
                     : "pod " + context.suspects.pods.front().name +
                           ", which stood out, is gone"};
  }
  PlannedChange change = TakeAway(*worst, *pods);
  change.summary = "delete " + ToString(worst->ref) + " (uid " + worst->uid +
                   "), so that " + ToString(target) + " replaces it";
  return change;
}

Result<Move> NextRestartPod(const Incident& incident,
                            const StepContext& context) {
  return NextOfOnePod({.kind = ActionKind::kRestartPod,
                       .phase = "apply",
                       .done = "deleted",
                       .request = [](const PlannedChange& change,
                                     const ClusterObject& pod) -> Mutation {
                         return DeletePod{
                             .pod = change.object,
                             .uid = change.uid,
                             .resource_version = pod.resource_version};
                       }},
                      incident, context);
}

}  // namespace selfheal::actions
