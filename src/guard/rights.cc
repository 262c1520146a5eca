#include <string>

#include "core/optional_kind.h"
#include "guard/guards.h"

namespace selfheal::guard {

Finding GuardRights(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  const std::string& ns = ObjectOf(input.request.mutation).ns;
  const bool rollout = input.purpose().target.kind == ObjectKind::kRollout;
  std::string missing;
  for (const MissingRight& one : input.facts.surroundings.missing_rights) {
    if (one.action != input.purpose().kind) continue;
    if (!rollout && IsOfRollouts(one.right)) continue;
    if (!one.right.ns.empty() && one.right.ns != ns) continue;
    missing += (missing.empty() ? "" : ", ") + ToString(one.right);
  }
  if (missing.empty()) return Allow("no right is known to be missing");
  return Deny("our account may not " + missing);
}

}  // namespace selfheal::guard
