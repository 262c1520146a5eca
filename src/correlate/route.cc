#include "correlate/route.h"

#include <algorithm>

namespace selfheal {
namespace {

const Rule* RuleFor(const RuleSet& set, IncidentType type, TargetMode mode) {
  const auto found =
      std::find_if(set.rules.begin(), set.rules.end(), [&](const Rule& rule) {
        return rule.target == mode && rule.type == type;
      });
  return found == set.rules.end() ? nullptr : &*found;
}

}  // namespace

Route RouteOf(const RuleSet& set, const Rule& matched,
              const ResolvedTarget& target) {
  Route route{
      .rule = &matched, .object = target.object, .uid = target.uid, .why = ""};
  if (target.root) {
    const Rule* rule = RuleFor(set, target.root->type, TargetMode::kNode);
    if (rule == nullptr) return route;
    return {.rule = rule,
            .object = target.root->node,
            .uid = target.root->uid,
            .why = ToString(target.object) + " fails with " +
                   ToString(target.root->node)};
  }
  if (matched.type == IncidentType::kCrashLoop && target.oom_killed) {
    const Rule* rule =
        RuleFor(set, IncidentType::kOomKilled, TargetMode::kWorkload);
    if (rule == nullptr) return route;
    route.rule = rule;
    route.why = "the kernel kills its container for its memory";
  }
  return route;
}

}  // namespace selfheal
