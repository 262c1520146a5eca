#include "guard/calm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace selfheal::guard {
namespace {

constexpr seconds kHour{3600};

MetricWindow Flat(std::string name, double value, std::optional<double> limit) {
  MetricWindow metric;
  metric.name = std::move(name);
  metric.unit = "percent";
  metric.bad = BadDirection::kRises;
  metric.window.values.assign(60, value);
  metric.limit = limit;
  return metric;
}

/// Throttled 2 % of 25, a CPU of 40 %.
EvidenceWindow CalmHour() {
  EvidenceWindow evidence;
  evidence.metrics = {Flat("throttled_percent", 2, 25),
                      Flat("cpu_usage_percent", 40, std::nullopt)};
  evidence.metrics[1].optional = true;
  return evidence;
}

TEST(Calm, AnHourWithinItsLimitsAndWithRoom) {
  EXPECT_EQ(CalmProblem(CalmHour(), kHour, 1.9), "");
  // 40 % of a CPU would be 84 %.
  EXPECT_EQ(CalmProblem(CalmHour(), kHour, 2.1),
            "cpu_usage_percent was at 40 %, which would be 84 % where 80 % is "
            "the limit");
}

TEST(Calm, OnePointOutsideIsNotCalm) {
  EvidenceWindow evidence = CalmHour();
  evidence.metrics[0].window.values[3] = 26;
  EXPECT_NE(CalmProblem(evidence, kHour, 1), "");
  // Before the span it does not count.
  EXPECT_EQ(CalmProblem(evidence, seconds(3000), 1), "");
}

TEST(Calm, AMetricThatMustNotFall) {
  EvidenceWindow evidence = CalmHour();
  evidence.metrics.push_back(Flat("free", 30, 20));
  evidence.metrics.back().bad = BadDirection::kFalls;
  EXPECT_EQ(CalmProblem(evidence, kHour, 1), "");
  evidence.metrics.back().window.values[30] = 19;
  EXPECT_NE(CalmProblem(evidence, kHour, 1), "");
}

TEST(Calm, WhatIsMissingIsNeverCalm) {
  EvidenceWindow problem = CalmHour();
  problem.problems = {"warning of Prometheus"};
  EXPECT_EQ(CalmProblem(problem, kHour, 1), "warning of Prometheus");

  EvidenceWindow stale = CalmHour();
  stale.metrics[0].window.values.back() =
      std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(CalmProblem(stale, kHour, 1), "");

  EvidenceWindow holes = CalmHour();
  for (std::size_t i = 10; i < 17; ++i) {
    holes.metrics[0].window.values[i] = std::nan("");
  }
  EXPECT_NE(CalmProblem(holes, kHour, 1), "");

  EvidenceWindow shorter = CalmHour();
  shorter.metrics[0].window.values.resize(59);
  EXPECT_NE(CalmProblem(shorter, kHour, 1), "");

  EvidenceWindow absent = CalmHour();
  absent.metrics[0].problem = "no series";
  EXPECT_NE(CalmProblem(absent, kHour, 1), "");

  EXPECT_NE(CalmProblem({}, kHour, 1), "");
}

TEST(Calm, WithoutACpuThePercentagesThatMustBeThereTellTheRoom) {
  EvidenceWindow evidence = CalmHour();
  evidence.metrics[1].problem = "no series";
  EXPECT_EQ(CalmProblem(evidence, kHour, 12), "");
  EXPECT_NE(CalmProblem(evidence, kHour, 13), "");
  evidence.metrics[0].unit = "restarts";
  EXPECT_EQ(CalmProblem(evidence, kHour, 1),
            "nothing tells how much room is left");
}

TEST(Calm, EachPodGetsWhatTheOthersHad) {
  PlannedChange change;
  change.from = 5;
  change.to = 2;
  EXPECT_EQ(CrowdingOf(change), 2.5);
  change.from_max = change.to_max = 9;
  EXPECT_EQ(CrowdingOf(change), 1);
}

}  // namespace
}  // namespace selfheal::guard
