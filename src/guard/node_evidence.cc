#include <algorithm>
#include <array>
#include <string_view>

#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// From here on what reports the nodes is the suspect, not the nodes.
constexpr int kTooMany = 3;
constexpr int kAtLeast = 2;
constexpr int kMostPercent = 30;

constexpr std::array<std::string_view, 6> kPressures = {
    "MemoryPressure",     "DiskPressure",   "PIDPressure",
    "NetworkUnavailable", "KernelDeadlock", "ReadonlyFilesystem"};

std::string_view StatusOf(const NodeState& node, std::string_view condition) {
  const auto found = node.conditions.find(std::string(condition));
  return found == node.conditions.end() ? "" : std::string_view(found->second);
}

bool LooksBad(const ClusterObject& node) {
  const NodeState* state = node.As<NodeState>();
  if (state == nullptr || StatusOf(*state, "Ready") != "True") return true;
  return std::any_of(
      kPressures.begin(), kPressures.end(),
      [&](std::string_view name) { return StatusOf(*state, name) == "True"; });
}

/// What an alert of the node's health claims: it is not ready, or a condition
/// that only sick nodes have is true.
bool IsAsTheAlertSays(const std::vector<ClusterObject>& nodes,
                      const ObjectRef& target) {
  const auto node =
      std::find_if(nodes.begin(), nodes.end(),
                   [&](const auto& each) { return each.ref == target; });
  if (node == nodes.end()) return false;
  const NodeState* state = node->As<NodeState>();
  if (state == nullptr) return false;
  return StatusOf(*state, "Ready") != "True" ||
         std::any_of(state->conditions.begin(), state->conditions.end(),
                     [](const auto& condition) {
                       return condition.first != "Ready" &&
                              condition.second == "True";
                     });
}

/// The alert and the metrics are one witness, Prometheus; what the API server
/// hears of the kubelet is another. A cordon moves nobody: it may follow the
/// figures of a disk, which show before the kubelet speaks. A drain that began
/// goes on, as what leaves is what makes the disk well.
bool AsksTheNode(const GuardInput& input) {
  const Incident* incident = input.request.incident;
  if (incident == nullptr) return false;
  if (incident->type == IncidentType::kNodePressure) return true;
  return incident->type == IncidentType::kDiskPressure && !input.child() &&
         input.purpose().kind == ActionKind::kDrain;
}

bool HasDiskPressure(const ClusterObject& node) {
  const NodeState* state = node.As<NodeState>();
  return state != nullptr && StatusOf(*state, "DiskPressure") == "True";
}

}  // namespace

Finding GuardNodeEvidence(const GuardInput& input) {
  if (input.purpose().target.kind != ObjectKind::kNode) {
    return Allow("the target is no node");
  }
  if (input.undo()) return Allow("an undo takes back our own action");
  if (!input.facts.nodes.ok()) return Unread(input.facts.nodes.error());
  const auto& nodes = *input.facts.nodes;
  const auto all = static_cast<int>(nodes.size());
  const auto bad =
      static_cast<int>(std::count_if(nodes.begin(), nodes.end(), LooksBad));
  const std::string share = std::to_string(bad) + " of " + std::to_string(all) +
                            " nodes look bad at once";
  const bool many =
      bad >= kTooMany || (bad >= kAtLeast && bad * 100 > kMostPercent * all);
  if (many) return Deny(share + ": the evidence is not to be trusted");
  if (AsksTheNode(input) && !IsAsTheAlertSays(nodes, input.purpose().target)) {
    return Deny(
        "the API server says that the node is well: one signal alone "
        "moves nobody");
  }
  if (all > 0 && std::all_of(nodes.begin(), nodes.end(), HasDiskPressure)) {
    return Deny("every node has DiskPressure: nothing is gained by moving");
  }
  return Allow(share);
}

}  // namespace selfheal::guard
