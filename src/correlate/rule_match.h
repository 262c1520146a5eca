#pragma once

#include <vector>

#include "core/labels.h"
#include "core/rule.h"

namespace selfheal {

/// The rules of `set` with at least one matcher list that matches `labels`,
/// in the set's order. Pure.
std::vector<const Rule*> MatchingRules(const RuleSet& set,
                                       const Labels& labels);

/// The rule of that name, or null.
const Rule* FindRule(const RuleSet& set, std::string_view name);

}  // namespace selfheal
