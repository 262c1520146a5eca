#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/labels.h"
#include "core/result.h"

namespace selfheal {

/// One PromQL range query. `start` and `end` are multiples of `step`.
struct RangeQuery {
  std::string expr;
  Time start;
  Time end;
  seconds step{60};
};

/// One PromQL instant query.
struct InstantQuery {
  std::string expr;
  Time at;
};

/// One sample of a float series; the value may be NaN or infinite.
struct Sample {
  Time at;
  double value = 0;
};

/// One series of an answer, samples oldest first.
struct Series {
  Labels labels;
  std::vector<Sample> samples;
};

/// A whole answer. Warnings mean that the data may be partial.
struct QueryAnswer {
  std::vector<Series> series;
  std::vector<std::string> warnings;
};

/// Port: where metrics come from. Thread-safe.
///
/// The queries of one call run concurrently and share `deadline`; answer i
/// belongs to query i. No data is a success with zero series.
/// @error kInvalidArgument  the query is wrong (400, 422): do not repeat it.
/// @error kUnavailable, kDeadlineExceeded  no answer; kInternal  nonsense;
///        kResourceExhausted  the answer is over its size cap.
class MetricSource {
 public:
  virtual ~MetricSource() = default;
  virtual std::vector<Result<QueryAnswer>> QueryRange(
      std::span<const RangeQuery> queries, Duration deadline) = 0;
  virtual std::vector<Result<QueryAnswer>> Query(
      std::span<const InstantQuery> queries, Duration deadline) = 0;
};

}  // namespace selfheal
