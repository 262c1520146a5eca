#include "execute/actions/abort.h"

#include <algorithm>

#include "execute/revisions.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// How long the stable revision may take to serve alone again.
constexpr seconds kTimeout{900};

Error Impossible(std::string why) {
  return {Code::kFailedPrecondition, std::move(why)};
}

/// Why there is no update to be given up, or "".
std::string Obstacle(const ClusterObject& rollout) {
  const auto& state = *rollout.As<WorkloadState>();
  const std::string name = ToString(rollout.ref);
  if (state.observed_generation < rollout.generation) {
    return "the controller of " + name + " has not seen the last change yet";
  }
  if (state.rollout->stable_hash.empty()) {
    return name + " was never promoted: there is nothing to go back to";
  }
  if (state.rollout->aborted) {
    return "the update of " + name +
           " was aborted already: its stable revision serves";
  }
  return "";
}

const Revision* WithHash(const std::vector<Revision>& history,
                         const ClusterObject& rollout,
                         const std::string& hash) {
  // Its ReplicaSets are called NAME-HASH.
  const std::string name = rollout.ref.name + "-" + hash;
  const auto found = std::find_if(
      history.begin(), history.end(),
      [&](const Revision& one) { return one.object.name == name; });
  return found == history.end() ? nullptr : &*found;
}

/// The pods of the stable revision that serve.
int Serving(const std::vector<ClusterObject>& pods, const std::string& hash) {
  return static_cast<int>(
      std::count_if(pods.begin(), pods.end(), [&](const ClusterObject& pod) {
        return pod.As<PodState>()->ready && RolloutHash(pod) == hash;
      }));
}

Move SetTo(bool aborted, ActionKind kind, std::string phase,
           const Incident& incident, const ClusterObject& live) {
  return Move::Mutate(kind, std::move(phase),
                      SetAborted{.rollout = incident.plan->change.object,
                                 .uid = incident.plan->change.uid,
                                 .resource_version = live.resource_version,
                                 .aborted = aborted});
}

}  // namespace

Result<PlannedChange> FreezeAbort(const ClusterObject& rollout,
                                  const StepContext& context) {
  std::string obstacle = Obstacle(rollout);
  if (!obstacle.empty()) return Impossible(std::move(obstacle));
  auto pods = PodsOf(context.view, rollout);
  if (!pods.ok()) return pods.error();
  auto history = HistoryOf(context.view, rollout);
  if (!history.ok()) return history.error();
  const RolloutState& state = *rollout.As<WorkloadState>()->rollout;
  const Revision* from = WithHash(*history, rollout, state.current_hash);
  const Revision* to = WithHash(*history, rollout, state.stable_hash);
  if (from == nullptr || to == nullptr) {
    return Impossible("the revisions of " + ToString(rollout.ref) +
                      " are not in its history");
  }
  PlannedChange change;
  change.object = rollout.ref;
  change.uid = rollout.uid;
  change.generation = rollout.generation;
  change.from = static_cast<int>(from->number);
  change.to = static_cast<int>(to->number);
  change.from_value = state.current_hash;
  change.to_value = state.stable_hash;
  change.pods = static_cast<int>(pods->size());
  change.summary =
      "abort the update of " + ToString(rollout.ref) + " to revision " +
      std::to_string(change.from) + ": back to " + std::to_string(change.to) +
      ", which was promoted last and of which " +
      std::to_string(Serving(*pods, state.stable_hash)) + " pods serve";
  change.blast_radius = "the pods of revision " + std::to_string(change.from) +
                        ", of all " + std::to_string(change.pods);
  return change;
}

Result<Move> NextAbort(const Incident& incident, const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto live = context.view.Get(change.object);
  if (!live.ok()) return live.error();
  const auto* state = live->As<WorkloadState>();
  if (state == nullptr || !state->rollout ||
      state->rollout->current_hash != change.from_value) {
    return Move::Failed("somebody put another template in place");
  }
  if (!IsApplied(incident, "apply")) {
    if (state->rollout->aborted) {
      return Move::Failed("its update was aborted since it was planned");
    }
    return SetTo(true, ActionKind::kRollback, "apply", incident, *live);
  }
  if (!state->rollout->IsOurs(true)) {
    return Move::Failed(state->rollout->aborted
                            ? "its update was aborted by somebody else"
                            : "somebody lets the update go on");
  }
  auto pods = PodsOf(context.view, *live);
  if (!pods.ok()) return pods.error();
  const int serving = Serving(*pods, change.to_value);
  const std::string why = std::to_string(serving) + " of " +
                          std::to_string(state->replicas) +
                          " pods of the stable revision serve";
  if (serving >= state->replicas) return Move::Done(why);
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed("the stable revision did not come back in time: " +
                        why);
  }
  return Move::Wait(context.now + context.poll, why);
}

Result<Move> UndoAbort(const Incident& incident, const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (IsApplied(incident, "restore")) return Move::Done("the update goes on");
  auto live = context.view.Get(change.object);
  if (!live.ok()) return live.error();
  const auto* state = live->As<WorkloadState>();
  if (live->uid != change.uid || state == nullptr || !state->rollout) {
    return Move::Failed("the Rollout is another object now");
  }
  if (state->rollout->current_hash != change.from_value) {
    return Move::Failed("somebody put another template in place since");
  }
  if (!state->rollout->aborted) return Move::Done("the update goes on already");
  if (!state->rollout->IsOurs(true)) {
    return Move::Failed("somebody else has aborted its update since");
  }
  return SetTo(false, ActionKind::kUndoRollback, "restore", incident, *live);
}

}  // namespace selfheal::actions
