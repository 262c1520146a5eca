#include <algorithm>

#include "execute/actions/actions.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// How long the pod may take to go and its successor to appear.
constexpr seconds kTimeout{300};

}  // namespace

Result<PlannedChange> FreezeRestartPod(const RestartPod&,
                                       const ObjectRef& target,
                                       const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  const auto worst = std::max_element(
      pods->begin(), pods->end(),
      [](const auto& a, const auto& b) { return Distress(a) < Distress(b); });
  if (worst == pods->end() || Distress(*worst) == 0) {
    return Error{Code::kFailedPrecondition,
                 "no pod of " + ToString(target) + " shows a restart"};
  }
  PlannedChange change;
  change.object = worst->ref;
  change.uid = worst->uid;
  change.pods = static_cast<int>(pods->size());
  change.summary = "delete " + ToString(worst->ref) + " (uid " + worst->uid +
                   "), so that " + ToString(target) + " replaces it";
  change.blast_radius =
      "1 of " + std::to_string(pods->size()) + " pods of the workload";
  return change;
}

Result<Move> NextRestartPod(const Incident& incident,
                            const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto pod = context.view.Get(change.object);
  if (!pod.ok() && pod.error().code != Code::kNotFound) return pod.error();
  const bool gone = !pod.ok() || pod->uid != change.uid || pod->deleting;
  if (!IsApplied(incident, "apply")) {
    if (gone) return Move::Failed("the pod went away before it was deleted");
    return Move::Mutate(ActionKind::kRestartPod, "apply",
                        DeletePod{.pod = change.object,
                                  .uid = change.uid,
                                  .resource_version = pod->resource_version});
  }
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  const bool replaced = static_cast<int>(pods->size()) >= change.pods;
  if (gone && replaced) return Move::Done("the pod was replaced");
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed("the pod was not replaced in time");
  }
  return Move::Wait(context.now + context.poll, "the pod is being replaced");
}

}  // namespace selfheal::actions
