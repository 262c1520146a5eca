#include "assess/standing.h"

#include <gtest/gtest.h>

#include "assess/judge.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

using assess::StandsOut;
using testing::kNaN;
using testing::OrdinaryWindow;
using testing::Raise;

constexpr std::uint64_t kSeed = 42;

/// A metric about 100, with `newest` at its window's end.
MetricWindow Ending(std::vector<double> newest) {
  MetricWindow metric = OrdinaryWindow(1).metrics[0];
  metric.bad = BadDirection::kRises;
  std::copy(
      newest.begin(), newest.end(),
      metric.window.values.end() - static_cast<std::ptrdiff_t>(newest.size()));
  return metric;
}

TEST(StandsOut, OneOfTheThreeNewestValuesIsEnough) {
  EXPECT_FALSE(StandsOut(Ending({100, 100, 100})));
  EXPECT_TRUE(StandsOut(Ending({100, 100, 200})));
  EXPECT_TRUE(StandsOut(Ending({200, 100, 100})));
  EXPECT_TRUE(StandsOut(Ending({200, 100, 100, kNaN})));
  EXPECT_FALSE(StandsOut(Ending({200, 100, 100, 100})));
  EXPECT_FALSE(StandsOut(Ending({kNaN, kNaN, kNaN})) &&
               !StandsOut(OrdinaryWindow(1).metrics[0]));
}

TEST(StandsOut, OnlyOnTheBadSide) {
  MetricWindow metric = Ending({10, 10, 10});
  EXPECT_FALSE(StandsOut(metric));
  metric.bad = BadDirection::kFalls;
  EXPECT_TRUE(StandsOut(metric));
  metric.bad = BadDirection::kEither;
  EXPECT_TRUE(StandsOut(metric));
}

TEST(StandsOut, AConstantBaselineKnowsOneValue) {
  MetricWindow metric = Ending({0, 0, 0});
  std::fill(metric.baseline.values.begin(), metric.baseline.values.end(), 0.0);
  EXPECT_FALSE(StandsOut(metric));
  metric.window.values.back() = 1;
  EXPECT_TRUE(StandsOut(metric));
  metric.baseline.values.clear();
  EXPECT_FALSE(StandsOut(metric)) << "nothing is known";
}

TEST(StandsOut, EarlierIncidentsInTheBaselineHideNothing) {
  MetricWindow metric = Ending({200, 200, 200});
  for (std::size_t i = 100; i < 143; ++i) metric.baseline.values[i] = 210;
  EXPECT_TRUE(StandsOut(metric));
}

/// `metric` of `window` was far out until `back` points ago.
void RaiseUntil(MetricWindow& metric, int back) {
  Raise(metric, 40, 80);
  std::copy_n(metric.baseline.values.end() - back, back,
              metric.window.values.end() - back);
}

TEST(Standing, WhatIsOverIsNotConfirmed) {
  EvidenceWindow window = OrdinaryWindow(3);
  RaiseUntil(window.metrics[0], 0);
  EXPECT_EQ(Judge(window, ConfirmSpec{}, kSeed).outcome, Judgement::kConfirmed);
  for (const int back : {10, 22}) {
    window = OrdinaryWindow(3);
    RaiseUntil(window.metrics[0], back);
    const Assessment found = Judge(window, ConfirmSpec{}, kSeed);
    EXPECT_EQ(found.outcome, Judgement::kNotConfirmed) << back;
    EXPECT_LT(found.score, ConfirmSpec{}.anomaly_threshold) << back;
  }
}

TEST(Standing, AnOptionalMetricAloneConfirmsNothing) {
  EvidenceWindow window = OrdinaryWindow(3);
  Raise(window.metrics[0], 20, 80);
  EXPECT_EQ(Judge(window, ConfirmSpec{}, kSeed).outcome, Judgement::kConfirmed);
  window.metrics[0].optional = true;
  EXPECT_EQ(Judge(window, ConfirmSpec{}, kSeed).outcome,
            Judgement::kNotConfirmed);
  // Nor does one that never moved before.
  MetricWindow& still = window.metrics[0];
  std::fill(still.baseline.values.begin(), still.baseline.values.end(), 0.0);
  std::fill(still.window.values.begin(), still.window.values.end(), 5.0);
  still.bad = BadDirection::kRises;
  EXPECT_EQ(Judge(window, ConfirmSpec{}, kSeed).outcome,
            Judgement::kNotConfirmed);
  // Where a rule has no other, they are what it is about.
  window = OrdinaryWindow(3);
  Raise(window.metrics[0], 20, 80);
  for (MetricWindow& metric : window.metrics) metric.optional = true;
  EXPECT_EQ(Judge(window, ConfirmSpec{}, kSeed).outcome, Judgement::kConfirmed);
}

}  // namespace
}  // namespace selfheal
