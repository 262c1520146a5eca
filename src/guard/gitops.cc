#include "core/gitops.h"

#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// True for what stands in manifests, and would be taken back: a restart's
/// annotation does not, and pods are nobody's.
bool IsDeclared(const Mutation& mutation) {
  return std::holds_alternative<SetTemplate>(mutation) ||
         std::holds_alternative<SetMemory>(mutation) ||
         std::holds_alternative<SetReplicas>(mutation) ||
         std::holds_alternative<SetHpaBounds>(mutation);
}

}  // namespace

Finding GuardGitOps(const GuardInput& input) {
  if (input.undo()) return Allow("an undo takes back our own action");
  if (!IsDeclared(input.request.mutation)) {
    return Allow("nothing is changed that is declared elsewhere");
  }
  const Facts& facts = input.facts;
  if (!facts.object.ok()) return Unread(facts.object.error());
  const std::string name = ToString(facts.object->ref);
  auto keeper = KeeperOf(*facts.object);
  if (!keeper && facts.application.ok()) {
    keeper = KeeperBy(facts.application->ref);
  }
  if (keeper) {
    return Deny(name + " is kept by " + keeper->text +
                ", and would be set back: change it there");
  }
  // Helm writes that label too: only where there is none, nobody keeps it.
  if (facts.application.error().code != Code::kNotFound) {
    return Unread(facts.application.error());
  }
  return Allow("nobody is known to keep " + name);
}

}  // namespace selfheal::guard
