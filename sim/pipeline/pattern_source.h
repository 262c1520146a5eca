#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collect/metric_source.h"
#include "core/clock.h"
#include "sim/pipeline/gate.h"

namespace selfheal::testing {

/// The course of the series that every query with `match` in it answers with.
struct Pattern {
  std::string match;
  double base = 0;
  double noise = 0;             ///< Largest deviation, deterministic.
  double slope_per_minute = 0;  ///< From `since` on.
  std::optional<double> value;  ///< From `since` on, instead of the slope.
  Duration since{};             ///< Before the start of the story.
  /// A saw's: it rises by the slope all the time and falls back to `base` each
  /// period, as memory under a garbage collector. Zero = none.
  Duration period{};
  /// The first accepted action brings it back to `base`.
  bool heals = true;
  /// The last sample is this old; zero = none is missing.
  Duration stale{};
  /// Only these pods show the course, and the workload that has them; a query
  /// of other pods alone answers with `base`. Empty = whoever is asked.
  std::vector<std::string> pods;
};

/// Answers queries from patterns; the first that matches counts. Not
/// thread-safe.
class PatternSource final : public MetricSource {
 public:
  PatternSource(const Clock& clock, Gate& gate)
      : clock_(clock), gate_(gate), start_(clock.Now()) {}

  std::vector<Result<QueryAnswer>> QueryRange(
      std::span<const RangeQuery> queries, Duration deadline) override;
  std::vector<Result<QueryAnswer>> Query(std::span<const InstantQuery> queries,
                                         Duration deadline) override;

  std::vector<Pattern> patterns;
  std::vector<std::string> warnings;
  bool down = false;
  /// When the trouble was cured.
  std::optional<Time> healed_at;

 private:
  double ValueAt(const Pattern& pattern, Time at, bool calm_always) const;
  Series SeriesOf(const Pattern& pattern, const std::string& expr, Time start,
                  Time end, seconds step) const;
  Result<QueryAnswer> Answer(const std::optional<Error>& fault,
                             const RangeQuery& query) const;
  const Pattern* Find(const std::string& expr) const;

  const Clock& clock_;
  Gate& gate_;
  const Time start_;
};

}  // namespace selfheal::testing
