#include "codec/public_parts.h"

#include <nlohmann/json.hpp>

namespace selfheal::codec {
namespace {

Json Count(const std::optional<seconds>& value) {
  return value ? Json(value->count()) : Json();
}

}  // namespace

Json PublicForecast(const std::optional<Forecast>& forecast) {
  if (!forecast) return Json();
  return {{"probability", Number(forecast->probability)},
          {"time_to_threshold_s", Count(forecast->eta)},
          {"low_s", Count(forecast->eta_low)},
          {"high_s", Count(forecast->eta_high)},
          {"component", forecast->component},
          {"outcome", std::string(JudgementName(forecast->outcome))},
          {"reason", forecast->reason}};
}

}  // namespace selfheal::codec
