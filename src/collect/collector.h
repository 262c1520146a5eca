#pragma once

#include <vector>

#include "collect/metric_source.h"
#include "collect/promql.h"
#include "core/change.h"
#include "core/evidence.h"
#include "core/result.h"
#include "core/rule.h"

namespace selfheal {

/// Back-fills the metric windows of one target by PromQL.
///
/// A fault of the source is an error; whatever is merely missing, stale,
/// ambiguous or not finite is a problem inside the window, so that nothing is
/// ever done on it. Thread-safe where the source is.
class Collector {
 public:
  Collector(MetricSource& source, Duration deadline)
      : source_(source), deadline_(deadline) {}

  /// The fine window that ends at `now` (rounded down to the step) and the
  /// coarse baseline before it, one series each, for every query of `rule`.
  ///
  /// @error kUnavailable, kDeadlineExceeded  the source did not answer: ask
  ///        again later. kInternal  it answered nonsense.
  Result<EvidenceWindow> Collect(const Rule& rule, const TargetScope& scope,
                                 Time now) const;

  /// Only the fine part, at `step`, from `start` to `end`: for comparing a
  /// canary with its siblings.
  Result<EvidenceWindow> CollectSpan(const Rule& rule, const TargetScope& scope,
                                     Time start, Time end, seconds step) const;

  /// Window and baseline of each of `pods` alone, for the queries of `rule`
  /// that tell of pods; fills in their metrics. All share one deadline.
  ///
  /// @error as Collect.
  Result<std::vector<PodEvidence>> CollectPods(const Rule& rule,
                                               const ObjectRef& target,
                                               std::vector<PodEvidence> pods,
                                               Time now) const;

 private:
  /// The evidence of each of `scopes`.
  Result<std::vector<EvidenceWindow>> Ask(
      const Rule& rule, const std::vector<TargetScope>& scopes,
      const std::vector<RangeQuery>& frames, Time at) const;

  MetricSource& source_;
  Duration deadline_;
};

/// Puts the samples of one answer on the grid of `query`; NaN = missing.
///
/// @param problem  set to why the answer can't be used, or left empty.
SampleGrid ToGrid(const QueryAnswer& answer, const RangeQuery& query,
                  std::string* problem);

}  // namespace selfheal
