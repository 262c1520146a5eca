#pragma once

#include <vector>

#include "assess/table.h"

namespace selfheal::assess {

/// Distance from the baseline's mean that knows which features move together.
///
/// Thread-safe once built. Cost: fit O(rows * features^2 + features^3), score
/// O(rows * features^2).
class Mahalanobis {
 public:
  /// @param ridge  Share of the mean variance that is added to each variance,
  ///               so that few rows or copied columns leave it regular.
  Mahalanobis(const FeatureRows& rows, double ridge);

  /// Root of the squared distance a feature; about 1 for a normal row.
  std::vector<double> Score(const FeatureRows& rows) const;

  /// Part of each feature in the squared distance of one row; may be negative.
  std::vector<double> Contributions(const FeatureRows& rows, int row) const;

 private:
  int features_;
  std::vector<double> mean_;
  std::vector<double> factor_;  ///< Lower Cholesky factor, column-major.
};

}  // namespace selfheal::assess
