#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "assess/random.h"
#include "core/evidence.h"

namespace selfheal::testing {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Noise around a daily curve: an ordinary metric. `at(i)` is added to value i.
inline std::vector<double> OrdinarySeries(
    int count, double level, double noise, std::uint64_t seed,
    const std::function<double(int)>& extra = {}) {
  assess::Random random(seed);
  std::vector<double> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(level + noise * random.Normal() + (extra ? extra(i) : 0));
  }
  return values;
}

/// A metric with 864 baseline values at 5 minutes and 60 at one minute.
inline MetricWindow OrdinaryMetric(const std::string& name, double level,
                                   double noise, std::uint64_t seed) {
  MetricWindow metric;
  metric.name = name;
  metric.bad = BadDirection::kRises;
  metric.baseline.step = seconds{300};
  metric.baseline.values = OrdinarySeries(864, level, noise, seed);
  metric.window.step = seconds{60};
  metric.window.start = metric.baseline.End() + seconds{3600};
  metric.window.values = OrdinarySeries(60, level, noise, seed + 1000);
  return metric;
}

/// `count` ordinary metrics "m0", "m1", ...
inline EvidenceWindow OrdinaryWindow(int count, std::uint64_t seed = 1) {
  EvidenceWindow window;
  for (int i = 0; i < count; ++i) {
    window.metrics.push_back(
        OrdinaryMetric("m" + std::to_string(i), 100, 5,
                       seed * 7919 + static_cast<std::uint64_t>(i) * 104729));
  }
  window.at =
      window.metrics.empty() ? Time{} : window.metrics.front().window.End();
  return window;
}

/// Adds `amount` to the last `points` fine values.
inline void Raise(MetricWindow& metric, int points, double amount) {
  const int n = static_cast<int>(metric.window.values.size());
  for (int i = n - points; i < n; ++i) {
    metric.window.values[static_cast<std::size_t>(i)] += amount;
  }
}

}  // namespace selfheal::testing
