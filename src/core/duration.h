#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace selfheal {

/// Parses a duration as Prometheus writes it: "90s", "1m30s", "72h", "500ms".
///
/// Units, each at most once and falling: d h m s ms. No sign, no bare number.
/// @return nullopt for anything else or beyond 10 years.
std::optional<Duration> ParseDuration(std::string_view text);

/// The shortest such text: 5400 s -> "1h30m"; zero -> "0s"; below 1 ms -> "0s".
std::string FormatDuration(Duration duration);

}  // namespace selfheal
