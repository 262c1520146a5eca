#pragma once

#include <deque>
#include <span>
#include <vector>

#include "collect/metric_source.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "guard/surroundings.h"

namespace selfheal {

/// Counts how the queries of a source end, and passes them on unchanged.
/// Thread-safe where the source is.
///
/// An error and a warning (the answer may be partial) count as failed; a query
/// that is wrong by itself says nothing about the source and counts as neither.
class QueryTally final : public MetricSource {
 public:
  /// Both outlive the tally.
  QueryTally(MetricSource& source, const Clock& clock)
      : source_(source), clock_(clock) {}

  std::vector<Result<QueryAnswer>> QueryRange(
      std::span<const RangeQuery> queries, Duration deadline) override;
  std::vector<Result<QueryAnswer>> Query(std::span<const InstantQuery> queries,
                                         Duration deadline) override;

  /// The last 5 min.
  guard::QueryShare Recent() const;

 private:
  struct Slot {
    SteadyTime began;
    guard::QueryShare share;
  };

  void Count(const std::vector<Result<QueryAnswer>>& answers);

  MetricSource& source_;
  const Clock& clock_;
  mutable Mutex mutex_;
  /// Oldest first.
  std::deque<Slot> slots_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
