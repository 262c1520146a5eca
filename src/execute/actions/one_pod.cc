#include "execute/actions/one_pod.h"

#include <algorithm>

#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// How long the pod may take to go and its successor to appear.
constexpr seconds kTimeout{300};

}  // namespace

const ClusterObject* SuspectOf(const std::vector<ClusterObject>& pods,
                               const Suspects& suspects) {
  if (suspects.pods.empty()) return nullptr;
  const PodIdentity& suspect = suspects.pods.front();
  const auto found =
      std::find_if(pods.begin(), pods.end(), [&](const auto& pod) {
        return pod.ref.name == suspect.name && pod.uid == suspect.uid;
      });
  return found == pods.end() ? nullptr : &*found;
}

PlannedChange TakeAway(const ClusterObject& pod,
                       const std::vector<ClusterObject>& pods) {
  PlannedChange change;
  change.object = pod.ref;
  change.uid = pod.uid;
  change.pods = static_cast<int>(pods.size());
  change.blast_radius =
      "1 of " + std::to_string(pods.size()) + " pods of the workload";
  return change;
}

Result<Move> NextOfOnePod(const Removal& removal, const Incident& incident,
                          const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto pod = context.view.Get(change.object);
  if (!pod.ok() && pod.error().code != Code::kNotFound) return pod.error();
  const bool gone = !pod.ok() || pod->uid != change.uid || pod->deleting;
  if (!IsApplied(incident, removal.phase)) {
    if (gone) {
      return Move::Failed("the pod went away before it was " + removal.done);
    }
    return Move::Mutate(removal.kind, removal.phase,
                        removal.request(change, *pod));
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
