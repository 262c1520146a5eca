#include "sim/pipeline/pattern_source.h"

#include <cstdint>

#include "core/ids.h"

namespace selfheal::testing {

double PatternSource::ValueAt(const Pattern& pattern, Time at) const {
  const auto ticks =
      std::chrono::duration_cast<seconds>(at.time_since_epoch()).count();
  const std::uint64_t hash = StableHash(pattern.match + std::to_string(ticks));
  const double unit = static_cast<double>(hash % 20001) / 10000.0 - 1.0;
  const double calm = pattern.base + pattern.noise * unit;
  const Time since = start_ - pattern.since;
  const bool cured = pattern.heals && healed_at && at >= *healed_at;
  if (at < since || cured) return calm;
  if (pattern.value) return *pattern.value + pattern.noise * unit;
  const double minutes =
      std::chrono::duration<double, std::ratio<60>>(at - since).count();
  return calm + pattern.slope_per_minute * minutes;
}

Series PatternSource::SeriesOf(const Pattern& pattern, Time start, Time end,
                               seconds step) const {
  Series series;
  for (Time at = start; at <= end; at += step) {
    if (at > clock_.Now() - pattern.stale) break;
    series.samples.push_back({at, ValueAt(pattern, at)});
  }
  return series;
}

const Pattern* PatternSource::Find(const std::string& expr) const {
  for (const Pattern& pattern : patterns) {
    if (expr.find(pattern.match) != std::string::npos) return &pattern;
  }
  return nullptr;
}

std::vector<Result<QueryAnswer>> PatternSource::QueryRange(
    std::span<const RangeQuery> queries, Duration) {
  const auto fault = gate_.Enter();
  std::vector<Result<QueryAnswer>> answers;
  for (const RangeQuery& query : queries) {
    if (fault || down) {
      answers.push_back(fault.value_or(
          Error{Code::kUnavailable, "prometheus: connection refused"}));
      continue;
    }
    QueryAnswer answer;
    answer.warnings = warnings;
    if (const Pattern* pattern = Find(query.expr)) {
      answer.series.push_back(
          SeriesOf(*pattern, query.start, query.end, query.step));
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

std::vector<Result<QueryAnswer>> PatternSource::Query(
    std::span<const InstantQuery> queries, Duration) {
  const auto fault = gate_.Enter();
  std::vector<Result<QueryAnswer>> answers;
  for (const InstantQuery& query : queries) {
    if (fault || down) {
      answers.push_back(fault.value_or(
          Error{Code::kUnavailable, "prometheus: connection refused"}));
      continue;
    }
    QueryAnswer answer;
    answer.warnings = warnings;
    if (const Pattern* pattern = Find(query.expr)) {
      answer.series.push_back(
          SeriesOf(*pattern, query.at, query.at, seconds(1)));
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace selfheal::testing
