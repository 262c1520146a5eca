#include "assess/sentence.h"

#include <gtest/gtest.h>

#include "tests/assess/series.h"

namespace selfheal::assess {
namespace {

/// A metric whose baseline of 3 days has median `middle` and a robust
/// deviation of `deviation`, and whose window goes from `first` to `last`.
MetricWindow Metric(const std::string& name, const std::string& unit,
                    double middle, double deviation, double first,
                    double last) {
  MetricWindow metric;
  metric.name = name;
  metric.unit = unit;
  metric.baseline.step = seconds(300);
  for (int i = 0; i < 864; ++i) {
    // Two thirds of a normal's mass lie as far out as its MAD or farther.
    const double side = (i % 4) - 1.5;
    metric.baseline.values.push_back(middle + side * deviation / 1.4826);
  }
  metric.window.step = seconds(60);
  for (int i = 0; i < 60; ++i) {
    const double wobble = (i % 2 == 0 ? 1e-9 : -1e-9) * deviation;
    metric.window.values.push_back(first + (last - first) * i / 59 + wobble);
  }
  return metric;
}

Assessment Named(const std::vector<std::string>& metrics) {
  Assessment assessment;
  assessment.outcome = Judgement::kConfirmed;
  for (const std::string& name : metrics) {
    assessment.factors.push_back({name, 12});
  }
  return assessment;
}

EvidenceWindow Seeing(const std::vector<MetricWindow>& metrics) {
  EvidenceWindow window;
  window.metrics = metrics;
  return window;
}

std::string Of(const MetricWindow& metric) {
  return Sentence(Seeing({metric}), Named({metric.name}));
}

constexpr double kMiB = 1048576;

TEST(Sentence, SaysWhatAnEngineerWould) {
  struct Case {
    MetricWindow metric;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {Metric("memory", "bytes", 400 * kMiB, 100 * kMiB, 184 * kMiB,
              1010 * kMiB),
       "memory 6.1 robust deviations above its last 3 days and rising 14 MiB a "
       "minute"},
      {Metric("cpu_usage_percent", "percent", 40, 5, 60, 60),
       "CPU usage 4 robust deviations above its last 3 days"},
      {Metric("cpu_usage_percent", "percent", 40, 5, 1, 60),
       "CPU usage 4 robust deviations above its last 3 days and rising 1 "
       "percentage points a minute"},
      {Metric("memory_usage_percent", "percent", 60, 2, 30, 30),
       "memory usage 15 robust deviations below its last 3 days"},
      {Metric("latency_p99_ms", "ms", 200, 20, 100, 218),
       "p99 latency back inside its last 3 days and rising 2 ms a minute"},
      {Metric("error_rate_per_second", "per second", 1, 0.1, 41, 100),
       "error rate more than 50 robust deviations above its last 3 days and "
       "rising 1/s a minute"},
      {Metric("restarts", "restarts", 0, 0, 3, 3),
       "restarts at 3, constant at 0 over its last 3 days"},
      {Metric("waiting", "", 0, 0, 1, 1),
       "waiting at 1, constant at 0 over its last 3 days"},
      {Metric("not_ready", "", 0.5, 0.1, 0.5, 0.5),
       "not ready back inside its last 3 days"},
      {Metric("gc_seconds", "seconds", 0.2, 0.1, 1.2, 1.2),
       "gc 10 robust deviations above its last 3 days"},
      {Metric("seconds", "seconds", 0.2, 0.1, 1.2, 1.2),
       "seconds 10 robust deviations above its last 3 days"}};
  for (const Case& one : cases) {
    EXPECT_EQ(Of(one.metric), one.expected);
  }
}

TEST(Sentence, ALogarithmicMetricIsMeasuredAsTheJudgeDoes) {
  MetricWindow metric = Metric("latency_p99_ms", "ms", 200, 20, 400, 400);
  EXPECT_EQ(Of(metric),
            "p99 latency 10 robust deviations above its last 3 days");
  metric.log_transform = true;
  EXPECT_EQ(Of(metric),
            "p99 latency 7.2 robust deviations above its last 3 days");
}

TEST(Sentence, ABaselineThatBeganADayAgoIsADayLong) {
  MetricWindow metric = Metric("memory", "bytes", 100, 10, 200, 200);
  std::fill_n(metric.baseline.values.begin(), 576, testing::kNaN);
  EXPECT_EQ(Of(metric), "memory 10 robust deviations above its last 24 hours");
}

TEST(Sentence, WithoutARecentValueSaysSo) {
  MetricWindow metric = Metric("memory", "bytes", 100, 10, 200, 200);
  std::fill(metric.window.values.begin(), metric.window.values.end(),
            testing::kNaN);
  EXPECT_EQ(Of(metric), "memory without a recent value");
}

TEST(Sentence, AMovementBelowOneDeviationIsNotNamed) {
  EXPECT_EQ(Of(Metric("memory", "", 100, 10, 195, 200)),
            "memory 10 robust deviations above its last 3 days");
}

TEST(Sentence, WhatMovedTheGoodWayComesLast) {
  EvidenceWindow window = Seeing({Metric("load", "", 100, 10, 50, 50),
                                  Metric("memory", "", 100, 10, 200, 200)});
  for (MetricWindow& metric : window.metrics) metric.bad = BadDirection::kRises;
  EXPECT_EQ(Sentence(window, Named({"load", "memory"})),
            "memory 10 robust deviations above its last 3 days; load 5 robust "
            "deviations below its last 3 days");
  window.metrics[0].bad = BadDirection::kFalls;
  EXPECT_EQ(Sentence(window, Named({"load", "memory"})).find("load"), 0u);
}

TEST(Sentence, NamesThreeAtMostAndOnlyWhatContributes) {
  EvidenceWindow window;
  Assessment assessment = Named({"a", "b", "gone", "c", "d"});
  for (const char* name : {"a", "b", "c", "d"}) {
    window.metrics.push_back(Metric(name, "", 1, 0.1, 2, 2));
  }
  const std::string above = " 10 robust deviations above its last 3 days";
  EXPECT_EQ(Sentence(window, assessment),
            "a" + above + "; b" + above + "; c" + above);
  assessment.factors[1].contribution = 1.9;
  EXPECT_EQ(Sentence(window, assessment), "a" + above);
  assessment.factors.clear();
  EXPECT_EQ(Sentence(window, assessment),
            "no metric stands out from its baseline");
}

Forecast Without(Judgement outcome, double probability) {
  Forecast forecast;
  forecast.outcome = outcome;
  forecast.component = "memory";
  forecast.probability = probability;
  return forecast;
}

Forecast Reaching(double probability, int low, int eta, int high) {
  Forecast forecast = Without(Judgement::kConfirmed, probability);
  forecast.eta = seconds(eta);
  forecast.eta_low = seconds(low);
  forecast.eta_high = seconds(high);
  return forecast;
}

TEST(Sentence, SaysWhenTheLimitIsReachedWhereThatIsKnown) {
  struct Case {
    Forecast forecast;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {Reaching(0.9, 540, 720, 960), "; reaches its limit in 12 min (9-16)"},
      {Reaching(0.9, 20, 45, 70), "; reaches its limit in 45 s (20-70)"},
      {Reaching(0.9, 5, 20, 480),
       "; reaches its limit in less than 1 min (0-8)"},
      {Reaching(1, 0, 0, 0), "; past its limit"},
      {Without(Judgement::kNotConfirmed, 0.02),
       "; not expected to reach its limit (probability 2 %)"},
      {Without(Judgement::kConfirmed, 0.73),
       "; may reach its limit (probability 73 %)"},
      {Without(Judgement::kInconclusive, 0), ""}};
  const EvidenceWindow window =
      Seeing({Metric("memory", "bytes", 100, 10, 200, 200)});
  for (const Case& one : cases) {
    Assessment assessment = Named({"memory"});
    assessment.forecast = one.forecast;
    EXPECT_EQ(
        Sentence(window, assessment),
        "memory 10 robust deviations above its last 3 days" + one.expected);
  }
}

TEST(Sentence, NamesWhatReachesItsLimitWhereAnotherMetricStandsOut) {
  EvidenceWindow window;
  window.metrics = {Metric("memory", "bytes", 100, 10, 100, 100),
                    Metric("latency_p95_ms", "ms", 100, 10, 200, 200)};
  Assessment assessment = Named({"latency_p95_ms"});
  assessment.forecast = Reaching(0.9, 540, 720, 960);
  EXPECT_EQ(Sentence(window, assessment),
            "p95 latency 10 robust deviations above its last 3 days; memory "
            "reaches its limit in 12 min (9-16)");
  assessment.factors.clear();
  EXPECT_EQ(Sentence(window, assessment),
            "no metric stands out from its baseline; memory reaches its limit "
            "in 12 min (9-16)");
  assessment.forecast = Reaching(1, 0, 0, 0);
  EXPECT_EQ(Sentence(window, assessment),
            "no metric stands out from its baseline; memory is past its limit");
}

TEST(Sentence, OfWhatCannotBeJudgedSaysWhy) {
  Assessment assessment;
  assessment.reasons = {"memory: no series"};
  EXPECT_EQ(Sentence({}, assessment), "cannot be judged: memory: no series");
  assessment.reasons = {"a: stale", "b: stale", "c: stale", "d: stale",
                        "e: stale"};
  EXPECT_EQ(Sentence({}, assessment),
            "cannot be judged: a: stale; b: stale; c: stale; and 2 more");
}

}  // namespace
}  // namespace selfheal::assess
