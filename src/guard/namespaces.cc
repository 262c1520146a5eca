#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {

Finding GuardNamespaces(const GuardInput& input) {
  const ObjectRef& object = ObjectOf(input.request.mutation);
  if (!IsDnsLabel(object.ns)) {
    return Deny(ToString(object) + " is in no namespace");
  }
  if (input.purpose().target.ns != object.ns) {
    return Deny(ToString(object) + " is not in the namespace of " +
                ToString(input.purpose().target));
  }
  const auto& opted_in = input.policy.namespaces;
  const bool listed = std::any_of(
      opted_in.begin(), opted_in.end(),
      [&](const auto& name) { return name == object.ns || name == "*"; });
  if (!listed) return Deny("namespace " + object.ns + " is not opted in");
  if (!input.facts.ns.ok()) return Unread(input.facts.ns.error());
  if (input.facts.ns->deleting) {
    return Deny("namespace " + object.ns + " is being deleted");
  }
  return Allow("namespace " + object.ns + " is opted in");
}

}  // namespace selfheal::guard
