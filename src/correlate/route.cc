#include "correlate/route.h"

#include <algorithm>

namespace selfheal {

Route RouteOf(const RuleSet& set, const Rule& matched,
              const ResolvedTarget& target) {
  const Route own{
      .rule = &matched, .object = target.object, .uid = target.uid, .why = ""};
  if (!target.root) return own;
  const auto found =
      std::find_if(set.rules.begin(), set.rules.end(), [&](const Rule& rule) {
        return rule.target == TargetMode::kNode &&
               rule.type == target.root->type;
      });
  if (found == set.rules.end()) return own;
  return {.rule = &*found,
          .object = target.root->node,
          .uid = target.root->uid,
          .why = ToString(target.object) + " fails with " +
                 ToString(target.root->node)};
}

}  // namespace selfheal
