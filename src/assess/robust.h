#pragma once

#include <span>
#include <vector>

namespace selfheal::assess {

/// Centre and scale of a sample that outliers do not move.
struct Robust {
  double center = 0;
  double scale = 0;  ///< 0 where the sample is constant or empty.

  double Z(double value) const { return (value - center) / scale; }
};

/// The middle value of the finite ones, the mean of the two middle ones where
/// their count is even; NaN where there is none. Reorders its copy only.
double Median(std::vector<double> values);

/// Median, and the MAD in units of a normal standard deviation. Where the MAD
/// is 0 the scale is the standard deviation, at least 1e-3 of the range.
/// Non-finite values are left out.
Robust RobustOf(std::span<const double> values);

/// The q-quantile of sorted `values` with linear interpolation, 0 <= q <= 1;
/// precondition: not empty.
double SortedQuantile(std::span<const double> values, double q);

}  // namespace selfheal::assess
