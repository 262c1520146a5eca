// The filter's answer for an alert is what serve's path, through the collector,
// decides on the same series.
#include <gtest/gtest.h>

#include <algorithm>

#include "assess/filter.h"
#include "assess/judge.h"
#include "collect/collector.h"
#include "tests/assess/series.h"
#include "tests/fakes/fake_metric_source.h"

namespace selfheal {
namespace {

using assess::FilterOptions;
using assess::NamedTable;
using testing::OrdinarySeries;

constexpr int kRows = 700;
constexpr int kWindow = 60;
constexpr int kBaseline = 400;
constexpr seconds kStep{300};

/// Calm, but for an incident at row 560 and a larger one at row 650.
NamedTable SeriesWithIncidents() {
  NamedTable series;
  for (const std::uint64_t m : {0, 1, 2}) {
    series.names.push_back("m" + std::to_string(m));
    series.table.columns.push_back(
        OrdinarySeries(kRows, 100, 5, m + 40, [m](int i) {
          if (m == 1 && i >= 560 && i < 566) return 25.0;
          return m == 0 && i >= 650 && i < 660 ? 60.0 : 0.0;
        }));
  }
  return series;
}

Rule RuleOf(const NamedTable& series) {
  Rule rule;
  for (const std::string& name : series.names) {
    EvidenceQuery query;
    query.name = name;
    query.query = name + "{$target}";
    rule.evidence.push_back(query);
  }
  rule.baseline = kStep * kBaseline;
  rule.baseline_step = rule.step = kStep;
  rule.window = kWindow;
  return rule;
}

/// Answers from `series`, whose row 0 is at time zero.
QueryAnswer Answer(const NamedTable& series, const RangeQuery& query) {
  const auto named = std::find_if(series.names.begin(), series.names.end(),
                                  [&](const std::string& name) {
                                    return query.expr.rfind(name + "{", 0) == 0;
                                  });
  const auto& column =
      series.table
          .columns[static_cast<std::size_t>(named - series.names.begin())];
  Series found;
  for (Time at = query.start; at <= query.end; at += query.step) {
    const auto row = static_cast<std::size_t>((at - Time{}) / kStep);
    found.samples.push_back({at, column[row]});
  }
  return {.series = {found}, .warnings = {}};
}

TEST(ServePath, DecidesAsTheFilterDoes) {
  const NamedTable series = SeriesWithIncidents();
  testing::FakeMetricSource source;
  source.range = [&series](const RangeQuery& query) {
    return Answer(series, query);
  };
  const Collector collector(source, seconds(5));
  FilterOptions options;
  options.step = kStep;
  options.window = kWindow;
  int confirmed = 0;
  for (int row = 520; row < kRows; row += 9) {
    const Result<EvidenceWindow> evidence = collector.Collect(
        RuleOf(series), {{ObjectKind::kDeployment, "shop", "cart"}, {}},
        Time{} + kStep * row);
    ASSERT_TRUE(evidence.ok());
    const Assessment served = Judge(*evidence, options.spec, options.seed);
    // The baseline of the service ends one step before its window.
    const assess::ScoredRow filtered =
        assess::ScoreAt(series, row, kBaseline, kWindow, options);
    EXPECT_EQ(served.outcome, filtered.outcome) << row;
    EXPECT_EQ(served.score, filtered.score) << row;
    EXPECT_EQ(served.statistic, filtered.statistic) << row;
    EXPECT_EQ(filtered.outcome == Judgement::kConfirmed,
              filtered.score >= options.spec.anomaly_threshold);
    confirmed += served.outcome == Judgement::kConfirmed ? 1 : 0;
  }
  EXPECT_GE(confirmed, 1);
  EXPECT_LE(confirmed, 6);
}

}  // namespace
}  // namespace selfheal
