#include "correlate/node_target.h"

#include <algorithm>
#include <optional>
#include <string>

namespace selfheal {
namespace {

/// "10.0.0.7:9100" -> "10.0.0.7", "[fd00::7]:9100" -> "fd00::7".
std::string HostOf(std::string_view instance) {
  if (instance.starts_with('[')) {
    return std::string(instance.substr(1, instance.find(']') - 1));
  }
  const auto colon = instance.rfind(':');
  const bool port =
      colon != std::string_view::npos && instance.find(':') == colon;
  return std::string(port ? instance.substr(0, colon) : instance);
}

}  // namespace

Result<ClusterObject> NodeAt(ClusterView& view, std::string_view instance) {
  if (instance.empty()) {
    return Error{Code::kInvalidArgument, "no label names a node"};
  }
  const std::string host = HostOf(instance);
  auto nodes = view.List({.kind = ObjectKind::kNode});
  if (!nodes.ok()) return nodes.error().With("resolve instance");
  std::optional<ClusterObject> found;
  for (const ClusterObject& node : *nodes) {
    const NodeState* state = node.As<NodeState>();
    const bool named =
        node.ref.name == host ||
        (state != nullptr &&
         std::find(state->addresses.begin(), state->addresses.end(), host) !=
             state->addresses.end());
    if (!named) continue;
    if (found) {
      return Error{Code::kInvalidArgument,
                   "instance " + host + " names two nodes"};
    }
    found = node;
  }
  if (!found) {
    return Error{Code::kNotFound, "instance " + host + " names no node"};
  }
  return *found;
}

}  // namespace selfheal
