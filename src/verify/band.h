#pragma once

#include <optional>
#include <vector>

namespace selfheal {

/// Where a metric's values lay in its history: what counts as "back inside".
struct Band {
  double low = 0;
  double high = 0;
};

/// From the 1st and 99th percentile, widened to median +- 4 robust deviations.
///
/// @param baseline  values in the query's unit; NaN = missing.
/// @return nullopt with fewer than 20 finite values. Pure.
std::optional<Band> BandOf(const std::vector<double>& baseline);

/// Moves both edges outwards by a twentieth of how far `incident` went past
/// them: what is nineteen twentieths of the way back counts as back. An
/// infinite or missing value moves nothing. Pure.
Band WidenedBy(Band band, const std::vector<double>& incident);

}  // namespace selfheal
