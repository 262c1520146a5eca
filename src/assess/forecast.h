#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "core/assessment.h"

namespace selfheal::assess {

/// What a forecast is made from. Missing values are NaN.
struct ForecastInput {
  std::span<const double> history{};  ///< Before the window; may be empty.
  std::span<const double> window{};   ///< The last fine points.
  double threshold = 0;
  bool above = true;  ///< True: reaching means rising to the threshold.
  std::chrono::seconds step{60};          ///< Of the window.
  std::chrono::seconds history_step{60};  ///< Of the history.
  /// From the last history value to the first of the window.
  std::chrono::seconds gap{60};
  std::chrono::seconds horizon{900};
};

struct ForecastGates {
  double probability = 0.7;  ///< At both of the last two steps.
  double level = 0.5;        ///< Share of the way to the threshold.
};

/// The forecast of one metric; times in seconds from the last value.
struct MetricForecast {
  Judgement outcome = Judgement::kInconclusive;
  double probability = 0;
  /// Set together with low <= eta <= high, or all empty.
  std::optional<double> eta, eta_low, eta_high;
  double level = 0;     ///< Where the trend stands now, in the unit.
  double per_step = 0;  ///< Its slope, in the unit.
  bool rising = false;  ///< The slope towards the threshold is significant.
  std::string reason;   ///< One sentence.
};

/// Fewest present values of a window that can be judged.
inline constexpr int kMinForecastPoints = 10;

/// Whether the metric (its median of three) reaches the threshold within the
/// horizon.
///
/// Total: never throws, finite for any input. Deterministic. Cost: some
/// microseconds for 60 points, O(history).
MetricForecast ForecastMetric(const ForecastInput& input,
                              const ForecastGates& gates);

}  // namespace selfheal::assess
