#include <algorithm>

#include "execute/actions/actions.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// How long the pod may take to go and its successor to appear.
constexpr seconds kTimeout{300};

/// The pod that the cause points at or, where none does, the one that is in
/// most distress; null = there is none.
const ClusterObject* WorstOf(const std::vector<ClusterObject>& pods,
                             const Suspects& suspects) {
  if (!suspects.pods.empty()) {
    const PodIdentity& suspect = suspects.pods.front();
    const auto found =
        std::find_if(pods.begin(), pods.end(), [&](const auto& pod) {
          return pod.ref.name == suspect.name && pod.uid == suspect.uid;
        });
    return found == pods.end() ? nullptr : &*found;
  }
  const auto worst = std::max_element(
      pods.begin(), pods.end(),
      [](const auto& a, const auto& b) { return Distress(a) < Distress(b); });
  return worst == pods.end() || Distress(*worst) == 0 ? nullptr : &*worst;
}

}  // namespace

Result<PlannedChange> FreezeRestartPod(const RestartPod&,
                                       const ObjectRef& target,
                                       const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  const ClusterObject* worst = WorstOf(*pods, context.suspects);
  if (worst == nullptr) {
    return Error{Code::kFailedPrecondition,
                 context.suspects.pods.empty()
                     ? "no pod of " + ToString(target) + " shows a restart"
                     : "pod " + context.suspects.pods.front().name +
                           ", which stood out, is gone"};
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
