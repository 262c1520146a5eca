#pragma once

#include <optional>

#include "codec/json_value.h"
#include "core/assessment.h"

namespace selfheal::codec {

/// {"probability", "time_to_threshold_s", "low_s", "high_s", "component", ...},
/// or null.
Json PublicForecast(const std::optional<Forecast>& forecast);

}  // namespace selfheal::codec
