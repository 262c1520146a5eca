#pragma once

#include <string>

#include "core/rule.h"

namespace selfheal {

/// The page of all rules and runbooks for people, as Markdown: what triggers,
/// what confirms, what is done, what stops it, how it is undone. Pure.
std::string RunbookPage(const RuleSet& set);

}  // namespace selfheal
