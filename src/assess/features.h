#pragma once

#include <vector>

#include "assess/robust.h"
#include "assess/table.h"

namespace selfheal::assess {

/// Features of one metric: the value, the value less its trailing mean, and
/// the trailing standard deviation.
inline constexpr int kFeaturesPerMetric = 3;

/// Robust deviations are clipped here, and compressed before: one wild sample
/// must not own a sum, nor one wild metric a direction.
inline constexpr double kClip = 10;

/// The scales that one baseline gives to the features of one trailing width.
///
/// Causal: row i depends on rows i - width + 1 .. i alone. Thread-safe once
/// built.
class FeatureSpace {
 public:
  /// Learns centre and scale of each feature from `baseline`.
  ///
  /// @param width        Rows of the trailing window, at least 2.
  /// @param transformed  Receives Transform(baseline).
  FeatureSpace(const Table& baseline, int width, FeatureRows& transformed);

  /// Standardises `table`, which has the columns of the baseline, and
  /// compresses it: 3 asinh(z / 3). A missing value becomes 0, the unremarkable
  /// one. A value that left the one that the baseline had all the time is 3
  /// deviations away; every other feature of such a metric is 0.
  FeatureRows Transform(const Table& table) const;

  int width() const { return width_; }
  int metrics() const { return static_cast<int>(scales_.size()) / 3; }

  /// Scale of feature `f`: metric f / 3, kind f % 3.
  const Robust& ScaleOf(int f) const {
    return scales_[static_cast<std::size_t>(f)];
  }

 private:
  int width_;
  std::vector<Robust> scales_;
  std::vector<double> constants_;  ///< Of each metric; NaN where it moved.
};

/// The three raw features of one column; NaN where the value is missing, or
/// where less than half of the trailing window is there to compare with.
struct RawFeatures {
  std::vector<double> value, change, spread;
};
RawFeatures TrailingFeatures(const std::vector<double>& column, int width);

}  // namespace selfheal::assess
