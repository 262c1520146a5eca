#pragma once

#include <span>

namespace selfheal::assess {

/// A straight or locally straight line's word on one moment ahead.
struct Outlook {
  double level = 0;  ///< Where the line stands at the last step.
  double slope = 0;  ///< Per step.
  double slope_error = 0;
  double mean = 0;       ///< At the horizon.
  double deviation = 0;  ///< Standard deviation of a reading there; > 0.
};

/// Least squares over the last `length` values; missing ones (NaN) are left
/// out. Needs three present values, else a flat line through the last one.
Outlook LeastSquares(std::span<const double> values, int length, int horizon);

/// The local linear trend model: level and slope wander, readings are noisy.
struct LocalTrend {
  double level = 0;
  double slope = 0;
  double noise = 0;                  ///< Variance of a reading.
  double ratio = 0;                  ///< Slope variance a step over `noise`.
  double p00 = 0, p01 = 0, p11 = 0;  ///< Of level and slope over `noise`.

  Outlook At(int horizon) const;
};

/// Kalman filter with diffuse start; the signal-to-noise ratio is that of the
/// highest likelihood on a grid of 11. Missing values (NaN) are predicted.
///
/// Cost: O(11 n).
LocalTrend FitLocalTrend(std::span<const double> values);

/// Mann-Kendall's standard normal statistic without tie correction of the
/// last `length` values; 0 for fewer than four present ones. Cost: O(n^2).
double MannKendall(std::span<const double> values, int length);

/// Index from which the trend is to be read: behind the last restart (a fall
/// by most of what was there) or shift of the level. 0 where there is none.
int TrendStart(std::span<const double> values);

}  // namespace selfheal::assess
