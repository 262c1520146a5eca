#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "assess/forecast.h"
#include "assess/trend.h"

namespace selfheal::assess {

/// The stack's inputs, in the order of ForecastFeatures::values.
inline constexpr std::array<const char*, 20> kForecastFeatureNames = {
    "local_trend", "line_10",     "line_20",       "line_40",    "mann_kendall",
    "rise",        "distance",    "highest",       "other_days", "base_rate",
    "bend",        "progress",    "since_restart", "saw_peak",   "rise_share",
    "wander",      "analog_rise", "analog_share",  "horizon",    "rows"};

/// One evaluation's inputs and the trend that tells the time.
struct ForecastFeatures {
  std::array<double, kForecastFeatureNames.size()> values{};
  Outlook trend;  ///< Of the local trend, in flipped units.
  LocalTrend model;
  double spread = 0;     ///< Robust deviation of the window.
  bool reached = false;  ///< At the threshold or past it already.
};

/// What the history knows, computed once for both evaluations. Everything is
/// flipped so that rising is reaching: see Flip.
struct HistoryFacts {
  double largest_rise = 0;  ///< Within one horizon.
  /// Largest rise within one horizon from each of some starting points.
  std::vector<double> rises;
  std::vector<double> history;  ///< Filtered and flipped.
  int reach = 0;                ///< History steps in one horizon.
  double reach_rate = 0;        ///< Share of horizons from below that reached.
  int horizons = 0;             ///< How many there were.
  /// Highest at the same time of other days less the threshold.
  double other_days = 0;
  int days = 0;
};

/// The values, sign-flipped where reaching means falling.
std::vector<double> Flipped(std::span<const double> values, bool above);

/// Median of each value and its two predecessors, missing ones left out;
/// sign-flipped where reaching means falling.
std::vector<double> Filtered(std::span<const double> values, bool above);

HistoryFacts FactsOf(const std::vector<double>& history,
                     const ForecastInput& input, double threshold);

/// @param raw     Flipped values up to the moment of the evaluation: the
///                trends are read from these, whose noise is not smeared.
/// @param window  The same, filtered.
ForecastFeatures FeaturesAt(std::span<const double> raw,
                            std::span<const double> window,
                            const HistoryFacts& facts, double threshold,
                            int horizon);

}  // namespace selfheal::assess
