#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/evidence.h"

namespace selfheal::assess {

/// Fewer values than this say nothing.
inline constexpr std::size_t kFewestValues = 3;
/// Where a metric is now: its median over this many last points.
inline constexpr std::size_t kNewestPoints = 5;
/// From so many deviations on, something is worse than what it is held
/// against.
inline constexpr double kWorseDeviations = 4;

/// The finite ones of the last `count` values.
std::vector<double> Newest(const std::vector<double>& values,
                           std::size_t count);

/// How many robust deviations `now` lies from the middle of `sample`, positive
/// where that is the bad way for `metric`. A deviation is at least 5 % of that
/// middle, for what varies by factors (latency, errors, rates) 25 %, and at
/// least a tenth of the metric's limit: nobody acts on less.
double BadDeviation(double now, const std::vector<double>& sample,
                    const MetricWindow& metric);

/// With one digit behind the point.
std::string Rounded(double value);

}  // namespace selfheal::assess
