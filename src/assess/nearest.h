#pragma once

#include <vector>

#include "assess/table.h"

namespace selfheal::assess {

/// Distance to the k-th nearest of a sample of the baseline's rows.
///
/// Thread-safe once built. Cost: O(queries * kept rows * features).
class NearestRows {
 public:
  /// Keeps at most `limit` of `rows`, evenly spread.
  NearestRows(const FeatureRows& rows, int limit, int neighbour);

  /// Distance of each row of `queries` to its k-th nearest kept row.
  ///
  /// @param skip_first, skip_last  Kept rows that came from baseline rows
  ///        [skip_first, skip_last) do not count (empty range: all count).
  std::vector<double> Score(const FeatureRows& queries, int skip_first = 0,
                            int skip_last = 0) const;

 private:
  FeatureRows kept_;
  std::vector<int> origin_;  ///< Baseline row of each kept one, ascending.
  int neighbour_;
};

}  // namespace selfheal::assess
