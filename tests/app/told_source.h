#pragma once

#include <functional>
#include <string>
#include <vector>

#include "collect/metric_source.h"

namespace selfheal::testing {

/// Answers each query by a function of the test's; remembers what was asked.
/// Safe for several threads where the function is.
class ToldSource final : public MetricSource {
 public:
  using Answer = std::function<Result<QueryAnswer>(const RangeQuery&)>;

  explicit ToldSource(Answer answer) : answer_(std::move(answer)) {}

  std::vector<Result<QueryAnswer>> QueryRange(
      std::span<const RangeQuery> queries, Duration) override {
    std::vector<Result<QueryAnswer>> answers;
    for (const RangeQuery& query : queries) answers.push_back(answer_(query));
    return answers;
  }
  std::vector<Result<QueryAnswer>> Query(std::span<const InstantQuery> queries,
                                         Duration) override {
    std::vector<Result<QueryAnswer>> answers;
    for (const InstantQuery& query : queries) {
      answers.push_back(answer_({query.expr, query.at, query.at}));
    }
    return answers;
  }

 private:
  const Answer answer_;
};

/// One sample of 1 a step of `query` between `from` and `to`, or none.
inline Series Ones(const RangeQuery& query, Labels labels, Time from, Time to) {
  Series series{std::move(labels), {}};
  for (Time at = query.start; at <= query.end; at += query.step) {
    if (at >= from && at < to) series.samples.push_back({at, 1});
  }
  return series;
}

inline bool Has(const RangeQuery& query, std::string_view text) {
  return query.expr.find(text) != std::string::npos;
}

}  // namespace selfheal::testing
