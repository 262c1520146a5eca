#pragma once

#include <string>
#include <vector>

#include "assess/table.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// What is asked of a metric's grids before they are judged.
struct GridNeeds {
  int min_baseline = 60;           ///< Present baseline values.
  double max_baseline_gaps = 0.5;  ///< Missing share since its first value.
  double max_window_gaps = 0.2;    ///< Missing share of the window.
};

/// Why `metric` cannot be judged, "" where it can: its own problem, a grid
/// that is empty, too short or too gappy, a newest value that is missing or
/// older than those of others, values that are not finite.
///
/// @param newest  The latest end of any metric's window.
std::string GridProblem(const MetricWindow& metric, Time newest,
                        const GridNeeds& needs);

/// True where every present value of the baseline is the same.
bool ConstantBaseline(const MetricWindow& metric);

/// The latest end of the windows that have one, else `fallback`.
Time NewestEnd(const std::vector<MetricWindow>& metrics, Time fallback);

/// Baseline and window of several metrics on one step.
struct AlignedEvidence {
  seconds step{0};
  Table baseline;
  Table window;
  int fine_points = 0;  ///< Of the longest window before thinning.
  int stride = 1;       ///< Fine points a row of `window`.
};

/// Thins the finer of both grids to the step of the coarser one: every k-th
/// point, ending at the newest. log1p where a metric asks for it.
///
/// Precondition: `metrics` is not empty and no grid of it is.
AlignedEvidence Align(const std::vector<const MetricWindow*>& metrics);

}  // namespace selfheal::assess
