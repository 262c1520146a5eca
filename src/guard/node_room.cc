#include <algorithm>
#include <map>

#include "guard/guards.h"

namespace selfheal::guard {
namespace {

bool Fits(const Amounts& need, const Amounts& free) {
  return need.cpu_millis <= free.cpu_millis &&
         need.memory_bytes <= free.memory_bytes && need.pods <= free.pods;
}

void Take(Amounts& free, const Amounts& need) {
  free.cpu_millis -= need.cpu_millis;
  free.memory_bytes -= need.memory_bytes;
  free.pods -= need.pods;
}

bool IsFinished(const PodState& pod) {
  return pod.phase == "Succeeded" || pod.phase == "Failed";
}

/// What the nodes that take new pods have left, but for `without`.
std::map<std::string, Amounts> FreeOn(const std::vector<ClusterObject>& nodes,
                                      const std::vector<ClusterObject>& pods,
                                      const std::string& without) {
  std::map<std::string, Amounts> free;
  for (const ClusterObject& node : nodes) {
    const NodeState* state = node.As<NodeState>();
    if (state == nullptr || state->unschedulable || state->tainted ||
        state->control_plane || node.ref.name == without) {
      continue;
    }
    free[node.ref.name] = state->allocatable;
  }
  for (const ClusterObject& pod : pods) {
    const PodState* state = pod.As<PodState>();
    if (state == nullptr || IsFinished(*state)) continue;
    const auto node = free.find(state->node);
    if (node != free.end()) Take(node->second, state->requests);
  }
  return free;
}

/// What the planned pods ask for, the largest first.
std::vector<Amounts> Needs(const std::vector<MovedPod>& moves,
                           const std::vector<ClusterObject>& pods) {
  std::vector<Amounts> needs;
  for (const MovedPod& move : moves) {
    for (const ClusterObject& pod : pods) {
      const PodState* state = pod.As<PodState>();
      if (state != nullptr && pod.uid == move.uid) {
        needs.push_back(state->requests);
      }
    }
  }
  std::sort(needs.begin(), needs.end(), [](const Amounts& a, const Amounts& b) {
    return a.memory_bytes > b.memory_bytes;
  });
  return needs;
}

}  // namespace

/// By requests and numbers of pods alone: what affinity, volumes and taints
/// forbid is for the scheduler to say, and then the floors hold the rest back.
Finding GuardNodeRoom(const GuardInput& input) {
  if (input.purpose().kind != ActionKind::kDrain || input.child()) {
    return Allow("no drain begins");
  }
  const Facts& facts = input.facts;
  if (input.request.plan == nullptr) return Deny("there is no plan");
  if (!facts.nodes.ok()) return Unread(facts.nodes.error());
  if (!facts.all_pods.ok()) return Unread(facts.all_pods.error());
  const auto& moves = input.request.plan->change.moves;
  auto free =
      FreeOn(*facts.nodes, *facts.all_pods, input.purpose().target.name);
  for (const Amounts& need : Needs(moves, *facts.all_pods)) {
    const auto place = std::find_if(
        free.begin(), free.end(),
        [&](const auto& entry) { return Fits(need, entry.second); });
    if (place == free.end()) {
      return Deny("the other nodes have no room for the " +
                  std::to_string(moves.size()) + " pods of this one");
    }
    Take(place->second, need);
  }
  return Allow("the other nodes have room");
}

}  // namespace selfheal::guard
