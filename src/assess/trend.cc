#include "assess/trend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "assess/robust.h"

namespace selfheal::assess {
namespace {

/// Slope variance a step over reading variance: from a straight line to a
/// line that turns within a few steps.
constexpr std::array<double, 11> kRatios = {0,    1e-6, 1e-5, 1e-4, 5e-4, 2e-3,
                                            1e-2, 5e-2, 2e-1, 1,    5};
/// Start variances over `noise`: large enough to know nothing.
constexpr double kDiffuse = 1e6;

/// One pass of the filter; returns minus twice the concentrated likelihood.
double Filter(std::span<const double> values, double ratio, LocalTrend& out) {
  double level = 0, slope = 0;
  double p00 = kDiffuse, p01 = 0, p11 = kDiffuse;
  double squares = 0, log_determinant = 0;
  int seen = 0;
  int counted = 0;
  for (const double y : values) {
    if (seen > 0) {
      level += slope;
      p00 += 2 * p01 + p11;
      p01 += p11;
      p11 += ratio;
    }
    if (!std::isfinite(y)) continue;
    if (seen == 0) level = y;
    const double s = p00 + 1;
    const double error = y - level;
    if (seen >= 2) {
      squares += error * error / s;
      log_determinant += std::log(s);
      ++counted;
    }
    const double k0 = p00 / s;
    const double k1 = p01 / s;
    level += k0 * error;
    slope += k1 * error;
    p11 -= k1 * p01;
    p01 -= k1 * p00;
    p00 -= k0 * p00;
    ++seen;
  }
  out = {level, slope, counted > 0 ? squares / counted : 0, ratio, p00,
         p01,   p11};
  if (counted == 0) return 0;
  return counted * std::log(std::max(out.noise, 1e-300)) + log_determinant;
}

}  // namespace

Outlook LocalTrend::At(int horizon) const {
  const double h = horizon;
  const double wander = ratio * h * (h + 1) * (2 * h + 1) / 6;
  const double variance =
      noise * (p00 + 2 * h * p01 + h * h * p11 + wander + 1);
  return {.level = level,
          .slope = slope,
          .slope_error = std::sqrt(std::max(noise * p11, 0.0)),
          .mean = level + h * slope,
          .deviation = std::sqrt(std::max(variance, 1e-18))};
}

LocalTrend FitLocalTrend(std::span<const double> values) {
  LocalTrend best;
  double least = std::numeric_limits<double>::infinity();
  for (const double ratio : kRatios) {
    LocalTrend candidate;
    const double cost = Filter(values, ratio, candidate);
    if (cost < least) {
      least = cost;
      best = candidate;
    }
  }
  return best;
}

Outlook LeastSquares(std::span<const double> values, int length, int horizon) {
  const int n = static_cast<int>(values.size());
  const int first = std::max(0, n - length);
  double count = 0, st = 0, sy = 0, stt = 0, sty = 0, last = 0;
  for (int i = first; i < n; ++i) {
    const double y = values[static_cast<std::size_t>(i)];
    if (!std::isfinite(y)) continue;
    const double t = i - (n - 1);  // 0 at the newest, negative before.
    ++count, st += t, sy += y, stt += t * t, sty += t * y, last = y;
  }
  Outlook out{.level = last, .mean = last, .deviation = 1e-9};
  if (count < 3) return out;
  const double mt = st / count;
  const double my = sy / count;
  const double spread = stt - count * mt * mt;
  out.slope = (sty - count * mt * my) / spread;
  out.level = my - out.slope * mt;
  double squares = 0;
  for (int i = first; i < n; ++i) {
    const double y = values[static_cast<std::size_t>(i)];
    if (!std::isfinite(y)) continue;
    const double error = y - out.level - out.slope * (i - (n - 1));
    squares += error * error;
  }
  const double variance = squares / (count - 2);
  const double ahead = horizon - mt;
  out.slope_error = std::sqrt(variance / spread);
  out.mean = out.level + out.slope * horizon;
  out.deviation = std::max(
      1e-9, std::sqrt(variance * (1 + 1 / count + ahead * ahead / spread)));
  return out;
}

double MannKendall(std::span<const double> values, int length) {
  const std::size_t first =
      values.size() - std::min(values.size(), static_cast<std::size_t>(length));
  std::vector<double> present;
  for (const double y : values.subspan(first)) {
    if (std::isfinite(y)) present.push_back(y);
  }
  const auto n = static_cast<int>(present.size());
  if (n < 4) return 0;
  int signs = 0;
  for (int i = 1; i < n; ++i) {
    const double y = present[static_cast<std::size_t>(i)];
    int row = 0;
    for (int j = 0; j < i; ++j) {
      const double before = present[static_cast<std::size_t>(j)];
      row += static_cast<int>(y > before) - static_cast<int>(y < before);
    }
    signs += row;
  }
  const double variance = n * (n - 1.0) * (2 * n + 5.0) / 18;
  return (signs - (signs > 0) + (signs < 0)) / std::sqrt(variance);
}

int TrendStart(std::span<const double> values) {
  constexpr int kSide = 5;
  constexpr double kJump = 8;
  const int n = static_cast<int>(values.size());
  std::vector<double> steps;
  for (int i = 1; i < n; ++i) {
    steps.push_back(std::abs(values[static_cast<std::size_t>(i)] -
                             values[static_cast<std::size_t>(i - 1)]));
  }
  const double usual = Median(std::move(steps));
  if (!(usual > 0)) return 0;
  const auto median_of = [&values](int from, int to) {
    return Median({values.begin() + from, values.begin() + to});
  };
  int start = 0;
  for (int i = kSide; i + kSide <= n; ++i) {
    const double step = values[static_cast<std::size_t>(i)] -
                        values[static_cast<std::size_t>(i - 1)];
    if (!(std::abs(step) > kJump * usual)) continue;
    const double shift = median_of(i, i + kSide) - median_of(i - kSide, i);
    if (std::abs(shift) > 0.7 * std::abs(step)) start = i;
  }
  return start;
}

}  // namespace selfheal::assess
