#pragma once

#include <optional>
#include <string_view>

#include "core/clock.h"

namespace selfheal {

/// A moment as a person writes it: "2026-11-01" (midnight UTC), RFC 3339,
/// "now" or "now-30d".
std::optional<Time> ParseMoment(std::string_view text, Time now);

}  // namespace selfheal
