#include "assess/robust.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace selfheal::assess {
namespace {

/// The factor that makes a MAD estimate the standard deviation of a normal.
constexpr double kMadToSd = 1.4826;
/// A MAD below this share of the standard deviation has collapsed.
constexpr double kRangeFloor = 1e-3;

double MedianInPlace(std::vector<double>& values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below + (*middle - below) / 2;
}

double StandardDeviation(const std::vector<double>& values, double around) {
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    sum += value - around;
    squares += (value - around) * (value - around);
  }
  const auto n = static_cast<double>(values.size());
  return std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n)));
}

}  // namespace

double Median(std::vector<double> values) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  return MedianInPlace(values);
}

Robust RobustOf(std::span<const double> values) {
  std::vector<double> finite;
  finite.reserve(values.size());
  for (const double value : values) {
    if (std::isfinite(value)) finite.push_back(value);
  }
  Robust robust;
  if (finite.empty()) return robust;
  const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
  const double range = *high - *low;
  robust.center = MedianInPlace(finite);
  if (!(range > 0) || !std::isfinite(range)) return robust;
  std::vector<double> distance(finite.size());
  for (std::size_t i = 0; i < finite.size(); ++i) {
    distance[i] = std::abs(finite[i] - robust.center);
  }
  robust.scale = kMadToSd * MedianInPlace(distance);
  if (robust.scale < kRangeFloor * range) {
    robust.scale =
        std::max(StandardDeviation(finite, robust.center), kRangeFloor * range);
  }
  if (!std::isfinite(robust.scale)) robust.scale = 0;
  return robust;
}

double SortedQuantile(std::span<const double> values, double q) {
  const double position = q * static_cast<double>(values.size() - 1);
  const auto index = static_cast<std::size_t>(position);
  if (index + 1 >= values.size()) return values.back();
  const double part = position - static_cast<double>(index);
  return values[index] + part * (values[index + 1] - values[index]);
}

}  // namespace selfheal::assess
