#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/breaker.h"

namespace selfheal {

/// {"scope","open","reason","since","closes_at"} of the breaker `scope`;
/// `closes_at` null where it is closed, or where a person alone closes it.
///
/// @param open  the breakers that are open.
std::string BreakerJson(const std::string& scope,
                        const std::vector<BreakerRow>& open);

/// {"items":[...]}: every scope of `scopes` and every open breaker, by scope.
std::string BreakersJson(const std::set<std::string>& scopes,
                         const std::vector<BreakerRow>& open);

}  // namespace selfheal
