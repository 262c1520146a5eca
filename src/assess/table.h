#pragma once

#include <cstddef>
#include <vector>

namespace selfheal::assess {

/// Metrics on one regular grid: columns[j][i] is metric j at step i, oldest
/// first; NaN = missing. All columns have the same length.
struct Table {
  std::vector<std::vector<double>> columns;

  int rows() const {
    return columns.empty() ? 0 : static_cast<int>(columns.front().size());
  }
  int metrics() const { return static_cast<int>(columns.size()); }
};

/// Standardised features, feature-major so that loops over rows vectorise:
/// values[f * stride + i] is feature f of row i. Finite everywhere.
struct FeatureRows {
  /// Rows are padded with zeros to a multiple of this.
  static constexpr int kLane = 16;

  int rows = 0;
  int features = 0;
  int stride = 0;
  std::vector<float> values;

  FeatureRows() = default;
  FeatureRows(int row_count, int feature_count)
      : rows(row_count),
        features(feature_count),
        stride((row_count + kLane - 1) / kLane * kLane),
        values(static_cast<std::size_t>(stride) *
               static_cast<std::size_t>(feature_count)) {}

  float* Feature(int f) {
    return values.data() + static_cast<std::ptrdiff_t>(f) * stride;
  }
  const float* Feature(int f) const {
    return values.data() + static_cast<std::ptrdiff_t>(f) * stride;
  }
};

/// The given rows of `from`, in that order.
FeatureRows SelectRows(const FeatureRows& from, const std::vector<int>& rows);

}  // namespace selfheal::assess
