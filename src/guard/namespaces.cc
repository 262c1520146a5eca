#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {

Finding GuardNamespaces(const GuardInput& input) {
  const ObjectRef& object = ObjectOf(input.request.mutation);
  if (!IsDnsLabel(object.ns)) {
    return Deny(ToString(object) + " is in no namespace");
  }
  // An Application stands where Argo CD does; both places must be opted in.
  const bool sync = std::holds_alternative<RequestSync>(input.request.mutation);
  const std::string& target_ns = input.purpose().target.ns;
  if (!sync && target_ns != object.ns) {
    return Deny(ToString(object) + " is not in the namespace of " +
                ToString(input.purpose().target));
  }
  const auto& opted_in = input.policy.namespaces;
  for (const std::string& ns : {object.ns, target_ns}) {
    const bool listed = std::any_of(
        opted_in.begin(), opted_in.end(),
        [&](const auto& name) { return name == ns || name == "*"; });
    if (!listed) return Deny("namespace " + ns + " is not opted in");
  }
  if (!input.facts.ns.ok()) return Unread(input.facts.ns.error());
  if (input.facts.ns->deleting) {
    return Deny("namespace " + object.ns + " is being deleted");
  }
  return Allow("namespace " + object.ns + " is opted in");
}

}  // namespace selfheal::guard
