#include "correlate/rule_match.h"

#include <algorithm>

namespace selfheal {

std::vector<const Rule*> MatchingRules(const RuleSet& set,
                                       const Labels& labels) {
  std::vector<const Rule*> matching;
  for (const Rule& rule : set.rules) {
    if (std::any_of(
            rule.alerts.begin(), rule.alerts.end(),
            [&](const auto& matchers) { return Matches(matchers, labels); })) {
      matching.push_back(&rule);
    }
  }
  return matching;
}

const Rule* FindRule(const RuleSet& set, std::string_view name) {
  for (const Rule& rule : set.rules) {
    if (rule.name == name) return &rule;
  }
  return nullptr;
}

}  // namespace selfheal
