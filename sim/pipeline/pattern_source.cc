#include "sim/pipeline/pattern_source.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/ids.h"

namespace selfheal::testing {
namespace {

/// True where `expr` asks for named pods, none of which shows the course.
bool AsksOthers(const Pattern& pattern, const std::string& expr) {
  constexpr std::string_view kPodsOfAWorkload = "[a-z0-9]";
  if (pattern.pods.empty() ||
      expr.find(kPodsOfAWorkload) != std::string::npos) {
    return false;
  }
  return std::none_of(pattern.pods.begin(), pattern.pods.end(),
                      [&](const std::string& pod) {
                        return expr.find(pod) != std::string::npos;
                      });
}

}  // namespace

double PatternSource::ValueAt(const Pattern& pattern, Time at,
                              bool calm_always) const {
  const auto ticks =
      std::chrono::duration_cast<seconds>(at.time_since_epoch()).count();
  const std::uint64_t hash = StableHash(pattern.match + std::to_string(ticks));
  const double unit = static_cast<double>(hash % 20001) / 10000.0 - 1.0;
  const double calm = pattern.base + pattern.noise * unit;
  if (pattern.period > Duration::zero()) {
    const Duration into = at.time_since_epoch() % pattern.period;
    return calm +
           pattern.slope_per_minute *
               std::chrono::duration<double, std::ratio<60>>(into).count();
  }
  const Time since = start_ - pattern.since;
  const bool cured = pattern.heals && healed_at && at >= *healed_at;
  if (at < since || cured || calm_always) return calm;
  if (pattern.value) return *pattern.value + pattern.noise * unit;
  const double minutes =
      std::chrono::duration<double, std::ratio<60>>(at - since).count();
  return calm + pattern.slope_per_minute * minutes;
}

Series PatternSource::SeriesOf(const Pattern& pattern, const std::string& expr,
                               Time start, Time end, seconds step) const {
  const bool calm = AsksOthers(pattern, expr);
  Series series;
  for (Time at = start; at <= end; at += step) {
    if (at > clock_.Now() - pattern.stale) break;
    series.samples.push_back({at, ValueAt(pattern, at, calm)});
  }
  return series;
}

const Pattern* PatternSource::Find(const std::string& expr) const {
  for (const Pattern& pattern : patterns) {
    if (expr.find(pattern.match) != std::string::npos) return &pattern;
  }
  return nullptr;
}

Result<QueryAnswer> PatternSource::Answer(const std::optional<Error>& fault,
                                          const RangeQuery& query) const {
  if (fault) return *fault;
  if (down) {
    return Error{Code::kUnavailable, "prometheus: connection refused"};
  }
  QueryAnswer answer;
  answer.warnings = warnings;
  if (const Pattern* pattern = Find(query.expr)) {
    answer.series.push_back(
        SeriesOf(*pattern, query.expr, query.start, query.end, query.step));
  }
  return answer;
}

std::vector<Result<QueryAnswer>> PatternSource::QueryRange(
    std::span<const RangeQuery> queries, Duration) {
  const auto fault = gate_.Enter();
  std::vector<Result<QueryAnswer>> answers;
  for (const RangeQuery& query : queries) {
    answers.push_back(Answer(fault, query));
  }
  return answers;
}

std::vector<Result<QueryAnswer>> PatternSource::Query(
    std::span<const InstantQuery> queries, Duration) {
  const auto fault = gate_.Enter();
  std::vector<Result<QueryAnswer>> answers;
  for (const InstantQuery& query : queries) {
    answers.push_back(
        Answer(fault, {query.expr, query.at, query.at, seconds(1)}));
  }
  return answers;
}

}  // namespace selfheal::testing
