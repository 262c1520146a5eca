#include "verify/band.h"

#include <algorithm>
#include <cmath>

namespace selfheal {
namespace {

constexpr std::size_t kMinRows = 20;
constexpr double kDeviations = 4;
constexpr double kLeftOver = 0.05;
/// Makes the median absolute deviation of a normal sample its sigma.
constexpr double kMadToSigma = 1.4826;

/// Linear interpolation in sorted values; `share` in [0, 1].
double Quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = position - static_cast<double>(below);
  return sorted[below] * (1 - part) + sorted[above] * part;
}

}  // namespace

std::optional<Band> BandOf(const std::vector<double>& baseline) {
  std::vector<double> sorted;
  std::copy_if(baseline.begin(), baseline.end(), std::back_inserter(sorted),
               [](double value) { return std::isfinite(value); });
  if (sorted.size() < kMinRows) return std::nullopt;
  std::sort(sorted.begin(), sorted.end());
  const double median = Quantile(sorted, 0.5);
  std::vector<double> deviations;
  deviations.reserve(sorted.size());
  for (const double value : sorted) {
    deviations.push_back(std::abs(value - median));
  }
  std::sort(deviations.begin(), deviations.end());
  const double sigma = kMadToSigma * Quantile(deviations, 0.5);
  return Band{
      .low = std::min(Quantile(sorted, 0.01), median - kDeviations * sigma),
      .high = std::max(Quantile(sorted, 0.99), median + kDeviations * sigma)};
}

Band WidenedBy(Band band, const std::vector<double>& incident) {
  double below = 0;
  double above = 0;
  for (const double value : incident) {
    if (!std::isfinite(value)) continue;
    below = std::max(below, band.low - value);
    above = std::max(above, value - band.high);
  }
  return {.low = band.low - kLeftOver * below,
          .high = band.high + kLeftOver * above};
}

}  // namespace selfheal
