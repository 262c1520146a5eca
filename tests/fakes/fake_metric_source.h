#pragma once

#include <functional>
#include <string>
#include <vector>

#include "collect/metric_source.h"

namespace selfheal::testing {

/// Answers every query with what a function makes of it; no series where there
/// is none. Not thread-safe.
class FakeMetricSource final : public MetricSource {
 public:
  std::vector<Result<QueryAnswer>> QueryRange(
      std::span<const RangeQuery> queries, Duration) override {
    std::vector<Result<QueryAnswer>> answers;
    for (const RangeQuery& query : queries) {
      asked.push_back(query.expr);
      answers.push_back(range ? range(query) : QueryAnswer{});
    }
    return answers;
  }
  std::vector<Result<QueryAnswer>> Query(std::span<const InstantQuery> queries,
                                         Duration) override {
    std::vector<Result<QueryAnswer>> answers;
    for (const InstantQuery& query : queries) {
      asked.push_back(query.expr);
      answers.push_back(instant ? instant(query) : QueryAnswer{});
    }
    return answers;
  }

  std::function<Result<QueryAnswer>(const RangeQuery&)> range;
  std::function<Result<QueryAnswer>(const InstantQuery&)> instant;
  std::vector<std::string> asked;
};

}  // namespace selfheal::testing
