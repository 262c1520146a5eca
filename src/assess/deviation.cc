#include "assess/deviation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "assess/robust.h"

namespace selfheal::assess {
namespace {

/// A deviation is at least this share of the middle,
constexpr double kLeastShare = 0.05;
/// of the middle of what varies by factors,
constexpr double kLeastFactor = 0.25;
/// and of the metric's limit.
constexpr double kLimitShare = 0.1;
constexpr double kTiny = 1e-9;

}  // namespace

std::vector<double> Newest(const std::vector<double>& values,
                           std::size_t count) {
  const std::size_t first = values.size() - std::min(values.size(), count);
  std::vector<double> out;
  for (std::size_t i = first; i < values.size(); ++i) {
    if (std::isfinite(values[i])) out.push_back(values[i]);
  }
  return out;
}

double BadDeviation(double now, const std::vector<double>& sample,
                    const MetricWindow& metric) {
  Robust usual = RobustOf(sample);
  const double share = metric.log_transform ? kLeastFactor : kLeastShare;
  usual.scale =
      std::max({usual.scale, share * std::abs(usual.center),
                kLimitShare * std::abs(metric.limit.value_or(0)), kTiny});
  const double z = usual.Z(now);
  switch (metric.bad) {
    case BadDirection::kRises:
      return z;
    case BadDirection::kFalls:
      return -z;
    case BadDirection::kEither:
      return std::abs(z);
  }
  return std::abs(z);
}

std::string Rounded(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

}  // namespace selfheal::assess
