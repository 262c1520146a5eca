#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {
namespace {

constexpr char kZoneLabel[] = "topology.kubernetes.io/zone";
constexpr char kCordoned[] = "selfheal.dev/cordoned";

bool IsSetAside(const ClusterObject& node) {
  const NodeState* state = node.As<NodeState>();
  return state == nullptr || state->unschedulable;
}

bool IsLost(const ClusterObject& node) {
  const NodeState* state = node.As<NodeState>();
  if (state == nullptr) return true;
  const auto ready = state->conditions.find("Ready");
  return ready == state->conditions.end() || ready->second != "True";
}

/// max(1, the configured share) of the nodes may be out of service at once.
int MostOut(const GuardInput& input, std::size_t nodes) {
  const int percent = std::min(input.policy.guards.drain.max_nodes_percent, 10);
  return std::max(1, static_cast<int>(nodes) * percent / 100);
}

/// Why `other` stands in the way of setting `target` aside, or "".
std::string Obstacle(const ClusterObject& target, const ClusterObject& other) {
  if (!IsSetAside(other)) return "";
  const std::string name = ToString(other.ref);
  if (!LabelOr(other.annotations, kCordoned).empty()) {
    return name + " is cordoned by us: a person lifts that first";
  }
  const auto zone = LabelOr(target.labels, kZoneLabel);
  if (!zone.empty() && zone == LabelOr(other.labels, kZoneLabel)) {
    return name + " of the same zone is cordoned";
  }
  return "";
}

}  // namespace

Finding GuardNodeLimits(const GuardInput& input) {
  const ActionKind kind = input.purpose().kind;
  const bool begins =
      (kind == ActionKind::kCordon || kind == ActionKind::kDrain) &&
      !input.child();
  if (!begins) return Allow("no node is set aside by this");
  if (!input.facts.nodes.ok()) return Unread(input.facts.nodes.error());
  if (!input.facts.target.ok()) return Unread(input.facts.target.error());
  const ClusterObject& target = *input.facts.target;
  const auto& nodes = *input.facts.nodes;
  int out = 1;
  for (const ClusterObject& node : nodes) {
    if (node.ref == target.ref) continue;
    std::string obstacle = Obstacle(target, node);
    if (!obstacle.empty()) return Deny(std::move(obstacle));
    if (IsSetAside(node) || IsLost(node)) ++out;
  }
  const int most = MostOut(input, nodes.size());
  const std::string reason = std::to_string(out) + " of " +
                             std::to_string(nodes.size()) +
                             " nodes would be out of service, at most " +
                             std::to_string(most) + " may";
  return out > most ? Deny(reason) : Allow(reason);
}

}  // namespace selfheal::guard
