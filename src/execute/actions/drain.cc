#include <algorithm>
#include <optional>

#include "execute/actions/actions.h"
#include "execute/node_pods.h"

namespace selfheal::actions {
namespace {

/// How soon what is held back is asked for again.
constexpr seconds kAskAgain{15};

std::string PhaseOf(std::size_t index) {
  return "evict-" + std::to_string(index + 1);
}

/// Where one of the planned pods stands.
enum class Stand { kMoved, kLeaving, kThere };

/// How far a drain has come, by the live cluster.
struct Survey {
  std::vector<Stand> pods;  ///< As in the plan.
  int moved = 0;
  std::string stranger;  ///< A pod that came after the plan was made, or "".
};

bool IsPlanned(const PlannedChange& change, const ClusterObject& pod) {
  return std::any_of(change.moves.begin(), change.moves.end(),
                     [&](const MovedPod& move) { return move.uid == pod.uid; });
}

Stand StandOf(const MovedPod& move, const std::vector<ClusterObject>& pods,
              bool ready) {
  for (const ClusterObject& pod : pods) {
    if (pod.uid != move.uid) continue;
    // A kubelet that is lost never reports an end; the pod counts no more.
    if (pod.deleting) return ready ? Stand::kLeaving : Stand::kMoved;
    return StaysOnNode(pod) ? Stand::kMoved : Stand::kThere;
  }
  return Stand::kMoved;
}

/// @param whole  everything leaves the node, not a workload's pods alone.
Result<Survey> LookAround(const PlannedChange& change, bool whole,
                          const StepContext& context) {
  auto node = context.view.Get(change.object);
  if (!node.ok()) return node.error();
  if (node->uid != change.uid) {
    return Error{Code::kFailedPrecondition, "it is another node now"};
  }
  auto pods = context.view.List({.kind = ObjectKind::kPod,
                                 .ns = "",
                                 .selector = {},
                                 .node = change.object.name});
  if (!pods.ok()) return pods.error();
  Survey survey;
  for (const MovedPod& move : change.moves) {
    survey.pods.push_back(StandOf(move, *pods, IsNodeReady(*node)));
    if (survey.pods.back() == Stand::kMoved) ++survey.moved;
  }
  for (const ClusterObject& pod : *pods) {
    if (whole && !StaysOnNode(pod) && !IsPlanned(change, pod)) {
      survey.stranger = ToString(pod.ref);
    }
  }
  return survey;
}

/// What is held back in this pass: ", 1 held (WHICH: WHY)", or "".
std::string HeldBack(const PlannedChange& change, const Survey& survey,
                     const StepContext& context) {
  int held = 0;
  std::string first;
  for (std::size_t i = 0; i < change.moves.size(); ++i) {
    if (context.held == nullptr || survey.pods[i] != Stand::kThere) continue;
    const auto found = context.held->find(PhaseOf(i));
    if (found == context.held->end()) continue;
    if (++held == 1) {
      first = ToString(change.moves[i].pod) + ": " + found->second;
    }
  }
  if (held == 0) return "";
  return ", " + std::to_string(held) + " held (" + first + ")";
}

/// "12 of 30 pods moved, 1 held (...)". A pass that has not asked yet what is
/// held back goes by what the last one found.
std::string ProgressOf(const Incident& incident, const Survey& survey,
                       const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  const std::string moved = std::to_string(survey.moved) + " of " +
                            std::to_string(change.moves.size()) + " pods moved";
  const std::string held = HeldBack(change, survey, context);
  const bool known = held.empty() && incident.reason.starts_with(moved);
  return known ? incident.reason : moved + held;
}

/// The next pod that nothing holds back, or nothing.
std::optional<std::size_t> NextPod(const Survey& survey,
                                   const StepContext& context) {
  for (std::size_t i = 0; i < survey.pods.size(); ++i) {
    if (survey.pods[i] != Stand::kThere) continue;
    if (context.held == nullptr || !context.held->contains(PhaseOf(i))) {
      return i;
    }
  }
  return std::nullopt;
}

Result<Move> Evict(const PlannedChange& change, std::size_t index,
                   const std::string& progress, const StepContext& context) {
  const MovedPod& planned = change.moves[index];
  auto pod = context.view.Get(planned.pod);
  if (!pod.ok() && pod.error().code != Code::kNotFound) return pod.error();
  if (!pod.ok() || pod->uid != planned.uid || pod->deleting) {
    return Move::Wait(context.now + context.poll, progress);
  }
  Move move = Move::Mutate(ActionKind::kDrain, PhaseOf(index),
                           EvictPod{.pod = planned.pod,
                                    .uid = planned.uid,
                                    .resource_version = pod->resource_version});
  move.one_of_many = true;
  return move;
}

Move WaitFor(Time when, const std::string& progress) {
  Move move = Move::Wait(when, progress);
  move.progress = progress;
  return move;
}

std::string BlastRadius(const PlannedChange& change, std::size_t workloads) {
  return "all " + std::to_string(change.moves.size()) + " pods of " +
         std::to_string(workloads) + " workloads on the node, one at a time";
}

std::size_t CountWorkloads(const std::vector<MovedPod>& moves) {
  std::vector<ObjectRef> workloads;
  for (const MovedPod& move : moves) workloads.push_back(move.workload);
  std::sort(workloads.begin(), workloads.end());
  return static_cast<std::size_t>(
      std::unique(workloads.begin(), workloads.end()) - workloads.begin());
}

/// The pods of a workload that are in trouble on one node alone leave it.
Result<PlannedChange> FreezeLeaving(const Drain& action,
                                    const ObjectRef& workload,
                                    const StepContext& context) {
  const Suspects& suspects = context.suspects;
  if (suspects.node.empty() || suspects.pods.empty()) {
    return Error{Code::kFailedPrecondition,
                 "no node of " + ToString(workload) + " stands out"};
  }
  const ObjectRef node{ObjectKind::kNode, "", suspects.node};
  auto change = FreezeCordon({}, node, context);
  if (!change.ok()) return change;
  auto load = LookAtLoad(context.view, suspects.node, suspects.pods,
                         action.delete_emptydir_data, context.protects);
  if (!load.ok()) return load.error();
  if (!load->held.empty()) {
    return Error{Code::kFailedPrecondition,
                 "pods of " + ToString(workload) + " may not leave " +
                     ToString(node) + ": " + load->held};
  }
  change->moves = std::move(load->moves);
  change->pods = static_cast<int>(change->moves.size());
  const std::string pods =
      std::to_string(change->pods) + " pods of " + ToString(workload);
  change->summary = "cordon " + ToString(node) + " and move " + pods;
  change->blast_radius =
      "no new pods on the node; " + pods + " leave it, one at a time";
  return change;
}

}  // namespace

Result<PlannedChange> FreezeDrain(const Drain& action, const ObjectRef& target,
                                  const StepContext& context) {
  if (IsWorkload(target.kind)) return FreezeLeaving(action, target, context);
  auto change = FreezeCordon({}, target, context);
  if (!change.ok()) return change;
  auto load = LookAtLoad(context.view, target.name, {},
                         action.delete_emptydir_data, context.protects);
  if (!load.ok()) return load.error();
  change->moves = std::move(load->moves);
  change->held = std::move(load->held);
  change->pods = static_cast<int>(change->moves.size());
  if (!change->held.empty()) {
    change->summary =
        "cordon " + ToString(target) + ", not drained: " + change->held;
    return change;
  }
  change->summary = "drain " + ToString(target) + " of " +
                    std::to_string(change->pods) + " pods";
  change->blast_radius = BlastRadius(*change, CountWorkloads(change->moves));
  return change;
}

Result<Move> NextDrain(const Drain& action, const Incident& incident,
                       const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (!IsApplied(incident, "cordon")) {
    return SetAside(ActionKind::kDrain, incident, context);
  }
  if (!change.held.empty()) {
    return Move::Failed("the node is cordoned, not drained: " + change.held);
  }
  const bool emptied = incident.target.kind == ObjectKind::kNode;
  auto survey = LookAround(change, emptied, context);
  if (!survey.ok()) return survey.error();
  const std::string progress = ProgressOf(incident, *survey, context);
  const auto whole = static_cast<int>(change.moves.size());
  if (survey->moved == whole && survey->stranger.empty()) {
    return Move::Done(progress);
  }
  if (survey->moved == whole) {
    return Move::Failed(survey->stranger +
                        " came to the node after the drain was planned");
  }
  if (context.now >= incident.progress.started_at + action.timeout) {
    return Move::Failed("the drain ran out of time: " + progress);
  }
  const bool one_leaves = std::find(survey->pods.begin(), survey->pods.end(),
                                    Stand::kLeaving) != survey->pods.end();
  if (one_leaves) return WaitFor(context.now + context.poll, progress);
  const auto next = NextPod(*survey, context);
  if (!next) return WaitFor(context.now + kAskAgain, progress);
  return Evict(change, *next, progress, context);
}

}  // namespace selfheal::actions
