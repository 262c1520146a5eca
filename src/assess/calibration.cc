#include "assess/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "assess/robust.h"

namespace selfheal::assess {
namespace {

/// Share of the baseline that makes the tail, and how many rows it needs.
constexpr double kTailShare = 0.02;
constexpr double kTailRows = 10;
/// Decades of probability from score 0 to score 1.
constexpr double kDecades = 5;
/// A tail is never thinner than this share of the sample's own spread.
constexpr double kScaleFloor = 0.05;
/// Larger exponents would overflow.
constexpr double kLargestExponent = 200;

}  // namespace

double Calibration::Opened(double statistic) const {
  return opening_ > 0
             ? std::exp(std::min(opening_ * statistic, kLargestExponent))
             : statistic;
}

Calibration::Calibration(std::vector<double> sample, double widening,
                         double opening)
    : opening_(opening), sorted_(std::move(sample)) {
  for (double& value : sorted_) value = Opened(value);
  std::sort(sorted_.begin(), sorted_.end());
  const auto n = static_cast<double>(sorted_.size());
  tail_share_ = std::clamp(kTailRows / n, kTailShare, 0.5);
  tail_start_ = SortedQuantile(sorted_, 1 - tail_share_);
  double excess = 0;
  double count = 0;
  for (auto it = sorted_.rbegin(); it != sorted_.rend(); ++it) {
    if (*it <= tail_start_) break;
    excess += *it - tail_start_;
    ++count;
  }
  const double spread = std::max({tail_start_ - SortedQuantile(sorted_, 0.5),
                                  1e-6 * std::abs(tail_start_), 1e-9});
  tail_scale_ =
      count > 0 ? widening * excess / count * (1 + 1 / std::sqrt(count)) : 0;
  tail_scale_ = std::max(tail_scale_, kScaleFloor * spread);
}

double Calibration::TailProbability(double statistic) const {
  const double at = Opened(statistic);
  if (at > tail_start_) {
    return std::max(1e-300,
                    tail_share_ * std::exp(-(at - tail_start_) / tail_scale_));
  }
  const auto above =
      sorted_.end() - std::lower_bound(sorted_.begin(), sorted_.end(), at);
  const double share =
      static_cast<double>(above) / static_cast<double>(sorted_.size());
  return std::clamp(share, tail_share_, 1.0);
}

double Calibration::Score(double statistic) const {
  const double p = TailProbability(statistic);
  return p >= 1 ? 0 : std::min(1.0, -std::log10(p) / kDecades);
}

}  // namespace selfheal::assess
