#pragma once

#include <vector>

namespace selfheal::assess {

/// What is known of a baseline when earlier incidents are looked for in it.
struct EpisodeOptions {
  double share = 0.1;    ///< At most this share of all rows is held as such.
  int rows_per_day = 0;  ///< 0: the step is not known.
  int shoulder = 0;  ///< Rows after an incident that still see it behind them.
};

/// For each row, whether it belongs to an earlier incident.
///
/// An episode is a run of rows far above the usual value, with its shoulders.
/// What comes back at the same time of other days is a job, and what comes
/// back many times is how the metric lives: neither is an incident. Where the
/// episodes together exceed the share, the highest are taken first.
///
/// @param values  One finite value a row, higher = stranger.
std::vector<bool> EarlierIncidents(const std::vector<double>& values,
                                   const EpisodeOptions& options);

}  // namespace selfheal::assess
