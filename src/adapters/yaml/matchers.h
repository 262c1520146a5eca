#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/labels.h"
#include "core/result.h"

namespace selfheal::yaml {

/// Parses Alertmanager matchers: `alertname=~"A|B", severity="critical"`.
///
/// Braces around the whole and white space are allowed; a value without
/// quotes ends at a comma. Regular expressions are RE2 and match in full.
/// @error kInvalidArgument  malformed, a regular expression that RE2 refuses
///        or that is too large, or matchers that all match an absent label
///        (they would take every alert).
Result<std::vector<Matcher>> ParseMatchers(std::string_view text);

/// Whatever the order and the spelling: equal for matchers that select the
/// same alerts by the same comparisons.
std::string CanonicalMatchers(const std::vector<Matcher>& matchers);

/// The matcher as Alertmanager writes it.
std::string ToString(const Matcher& matcher);

}  // namespace selfheal::yaml
