#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"

namespace selfheal {

/// {"on","sources","reason","since"}; on where any source is.
///
/// @param since  when the stored switch was set; null in JSON where none is.
std::string KillSwitchJson(const std::vector<std::string>& sources,
                           const std::string& reason,
                           const std::optional<Time>& since);

}  // namespace selfheal
