#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/change.h"
#include "core/clock.h"

namespace selfheal {

/// Which movement of a metric is a bad sign.
enum class BadDirection { kRises, kFalls, kEither };

/// A regular grid of samples: values[i] belongs to start + i * step, oldest
/// first; NaN = missing. Unit: that of the query.
struct SampleGrid {
  Time start;
  seconds step{60};
  std::vector<double> values;

  /// The time of the last value; precondition: not empty.
  Time End() const {
    return start + step * static_cast<long long>(values.size() - 1);
  }
};

/// One evidence query's answer around one moment.
struct MetricWindow {
  std::string name;   ///< As the rule calls it, e.g. "memory".
  std::string query;  ///< The PromQL that was sent.
  std::string unit;
  BadDirection bad = BadDirection::kEither;
  bool log_transform = false;  ///< Judge log1p of it (latency, errors, rates).
  bool optional = false;  ///< Absence does not make the whole insufficient.
  SampleGrid window;      ///< The last fine points, up to the moment.
  SampleGrid baseline;    ///< The coarse history, a gap before the window.
  std::optional<double> limit;  ///< Capacity or SLO in the same unit.
  /// Empty = usable; else why not ("no series", "older than 2 steps", ...).
  std::string problem;
};

/// What the world looked like around one target at one moment.
struct EvidenceWindow {
  Time at;
  std::vector<MetricWindow> metrics;
  std::vector<SpecChange> changes;  ///< Near the target, newest first.
  /// Problems of the whole ("prometheus: warning: ..."); non-empty means that
  /// the evidence is insufficient and nothing may be done on it.
  std::vector<std::string> problems;
};

}  // namespace selfheal
