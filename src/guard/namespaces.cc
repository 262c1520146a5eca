#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {

Finding GuardNamespaces(const GuardInput& input) {
  const ObjectRef& object = ObjectOf(input.request.mutation);
  const bool of_node = input.purpose().target.kind == ObjectKind::kNode;
  if (of_node && !input.policy.guards.nodes) {
    return Deny("nodes are not opted in (guards.nodes)");
  }
  const auto& opted_in = input.policy.namespaces;
  const auto is_listed = [&](const std::string& ns) {
    return std::any_of(opted_in.begin(), opted_in.end(), [&](const auto& name) {
      return name == ns || name == "*";
    });
  };
  if (input.for_workload() && !is_listed(input.request.incident->target.ns)) {
    return Deny("namespace " + input.request.incident->target.ns +
                " is not opted in");
  }
  if (ChangesNode(input.request.mutation)) {
    return of_node && object == input.purpose().target
               ? Allow("nodes are opted in")
               : Deny(ToString(object) + " is not the target");
  }
  if (!IsDnsLabel(object.ns)) {
    return Deny(ToString(object) + " is in no namespace");
  }
  // An Application stands where Argo CD does; both places must be opted in.
  const bool sync = std::holds_alternative<RequestSync>(input.request.mutation);
  const std::string& target_ns = input.purpose().target.ns;
  if (!sync && !of_node && target_ns != object.ns) {
    return Deny(ToString(object) + " is not in the namespace of " +
                ToString(input.purpose().target));
  }
  for (const std::string& ns : {object.ns, target_ns}) {
    // Nodes that are opted in stand for the evictions of what runs on them.
    if (!of_node && !is_listed(ns)) {
      return Deny("namespace " + ns + " is not opted in");
    }
  }
  if (!input.facts.ns.ok()) return Unread(input.facts.ns.error());
  if (input.facts.ns->deleting) {
    return Deny("namespace " + object.ns + " is being deleted");
  }
  return Allow("namespace " + object.ns + " is opted in");
}

}  // namespace selfheal::guard
