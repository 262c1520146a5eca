#pragma once

#include <string>

#include "core/rule.h"
#include "correlate/target_resolver.h"

namespace selfheal {

/// Which rule an alert goes by, and what it is about.
struct Route {
  const Rule* rule = nullptr;
  ObjectRef object;
  std::string uid;
  std::string why;  ///< Why another rule than the one that matched, or "".
};

/// The rule that matched, with its target; or, where a node is the trouble of
/// the target's pod, that node with the rule for its type: ten pods that fail
/// with one node are one incident, of the node. A crash loop whose container
/// the kernel killed for its memory goes by the rule for that, as no restart
/// helps it. Without such a rule the target stays what it is. Pure.
Route RouteOf(const RuleSet& set, const Rule& matched,
              const ResolvedTarget& target);

}  // namespace selfheal
