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

/// True for what every pod is measured by before anything is said of where a
/// trouble is.
inline bool TellsPods(BadDirection bad, bool optional) {
  return bad != BadDirection::kEither && !optional;
}

/// What one pod of the target shows alone: the metrics that tell of pods.
struct PodEvidence {
  std::string name;
  std::string uid;
  std::string node;
  std::vector<MetricWindow> metrics;
};

/// What the world looked like around one target at one moment.
struct EvidenceWindow {
  Time at;
  std::vector<MetricWindow> metrics;
  /// Each pod of a workload, where a cause is asked for that they decide.
  std::vector<PodEvidence> pods = {};
  std::string pods_problem = {};    ///< Why `pods` are not all of them, or "".
  std::vector<SpecChange> changes;  ///< Near the target, newest first.
  /// Problems of the whole ("prometheus: warning: ..."); non-empty means that
  /// the evidence is insufficient and nothing may be done on it.
  std::vector<std::string> problems;
};

}  // namespace selfheal
