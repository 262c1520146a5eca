#include "assess/standing.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "assess/robust.h"

namespace selfheal::assess {
namespace {

/// Newest values that say where a metric is now.
constexpr int kNewest = 3;
/// Outside: beyond so many robust deviations, or this share of the baseline.
constexpr double kDeviations = 3;
constexpr double kShare = 0.99;

/// What lies between is known; constant baselines know one value.
struct Known {
  double low = 0;
  double high = 0;
};

Known KnownBy(std::vector<double> baseline) {
  const Robust usual = RobustOf(baseline);
  std::sort(baseline.begin(), baseline.end());
  const double reach = kDeviations * usual.scale;
  return {std::max(SortedQuantile(baseline, 1 - kShare), usual.center - reach),
          std::min(SortedQuantile(baseline, kShare), usual.center + reach)};
}

}  // namespace

bool StandsOut(const MetricWindow& metric) {
  std::vector<double> baseline;
  std::copy_if(metric.baseline.values.begin(), metric.baseline.values.end(),
               std::back_inserter(baseline),
               [](double value) { return std::isfinite(value); });
  if (baseline.empty()) return false;
  const Known known = KnownBy(std::move(baseline));
  int seen = 0;
  const std::vector<double>& values = metric.window.values;
  for (auto it = values.rbegin(); it != values.rend() && seen < kNewest; ++it) {
    if (!std::isfinite(*it)) continue;
    ++seen;
    if (metric.bad != BadDirection::kFalls && *it > known.high) return true;
    if (metric.bad != BadDirection::kRises && *it < known.low) return true;
  }
  return false;
}

}  // namespace selfheal::assess
