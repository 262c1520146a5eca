#pragma once

#include <array>

namespace selfheal::assess {

/// Intercept, then one weight a feature of kForecastFeatureNames.
inline constexpr std::array<double, 15> kForecastWeights = {
    0, 1.7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

}  // namespace selfheal::assess
