#include <algorithm>

#include "guard/guards.h"
#include "guard/selectors.h"

namespace selfheal::guard {
namespace {

constexpr seconds kLookAgain{15};

/// The node of that name does not answer: what runs there fails with it.
bool IsLost(const std::vector<ClusterObject>& nodes, const std::string& name) {
  const auto found = std::find_if(
      nodes.begin(), nodes.end(),
      [&](const ClusterObject& node) { return node.ref.name == name; });
  if (found == nodes.end()) return false;
  const NodeState* state = found->As<NodeState>();
  if (state == nullptr) return true;
  const auto ready = state->conditions.find("Ready");
  return ready == state->conditions.end() || ready->second != "True";
}

}  // namespace

Finding GuardRootNode(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  if (input.purpose().target.kind == ObjectKind::kNode ||
      !input.facts.pods.ok()) {
    return Allow("no pod is blamed");
  }
  for (const ClusterObject& pod : *input.facts.pods) {
    const PodState* state = pod.As<PodState>();
    if (Serves(pod) || state == nullptr || state->node.empty()) continue;
    if (!input.facts.nodes.ok()) return Unread(input.facts.nodes.error());
    if (IsLost(*input.facts.nodes, state->node)) {
      return Wait(ToString(pod.ref) + " fails with Node/" + state->node +
                      ", which is not ready: the node is the trouble",
                  input.now + kLookAgain);
    }
  }
  return Allow("no pod that fails is on a lost node");
}

}  // namespace selfheal::guard
