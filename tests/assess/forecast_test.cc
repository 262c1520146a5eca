#include "assess/forecast.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assess/trend.h"
#include "tests/assess/series.h"

namespace selfheal::assess {
namespace {

using testing::kNaN;
using testing::OrdinarySeries;

MetricForecast Of(const std::vector<double>& window, double threshold,
                  bool above = true) {
  return ForecastMetric(
      {.window = window, .threshold = threshold, .above = above}, {});
}

std::vector<double> Climb(double from, double slope, double noise = 0.3) {
  return OrdinarySeries(60, from, noise, 5,
                        [slope](int i) { return slope * i; });
}

TEST(Forecast, AClimbThatArrivesInTimeIsConfirmed) {
  const MetricForecast found = Of(Climb(40, 0.5), 74);
  EXPECT_EQ(found.outcome, Judgement::kConfirmed);
  EXPECT_GE(found.probability, 0.7);
  ASSERT_TRUE(found.eta && found.eta_low && found.eta_high);
  EXPECT_NEAR(*found.eta, 9 * 60, 180);
  EXPECT_LE(*found.eta_low, *found.eta);
  EXPECT_LE(*found.eta, *found.eta_high);
}

TEST(Forecast, BelowIsTheMirrorOfAbove) {
  std::vector<double> falling = Climb(40, 0.5);
  for (double& value : falling) value = 200 - value;
  const MetricForecast up = Of(Climb(40, 0.5), 74);
  const MetricForecast down = Of(falling, 126, false);
  EXPECT_NEAR(up.probability, down.probability, 1e-6);
}

TEST(Forecast, ASteadyMetricIsNot) {
  const MetricForecast found = Of(OrdinarySeries(60, 50, 1, 3), 90);
  EXPECT_EQ(found.outcome, Judgement::kNotConfirmed);
  EXPECT_LT(found.probability, 0.1);
  EXPECT_FALSE(found.eta || found.eta_low || found.eta_high);
}

TEST(Forecast, HoldsForAnyWindowAndHorizon) {
  for (const int horizon_rows : {5, 30, 60, 120}) {
    const std::chrono::seconds horizon(60 * horizon_rows);
    // A third of the horizon away, and more than twice.
    const std::vector<double> window = Climb(40, 0.5);
    const double now = 40 + 0.5 * 59;
    const double near = now + 0.5 / 3 * horizon_rows;
    const double far = now + 1.0 * horizon_rows + 10;
    EXPECT_EQ(ForecastMetric(
                  {.window = window, .threshold = near, .horizon = horizon}, {})
                  .outcome,
              Judgement::kConfirmed)
        << horizon_rows;
    EXPECT_EQ(ForecastMetric(
                  {.window = window, .threshold = far, .horizon = horizon}, {})
                  .outcome,
              Judgement::kNotConfirmed)
        << horizon_rows;
    const std::vector<double> steady = OrdinarySeries(60, 50, 1, 3);
    EXPECT_EQ(ForecastMetric(
                  {.window = steady, .threshold = 90, .horizon = horizon}, {})
                  .outcome,
              Judgement::kNotConfirmed)
        << horizon_rows;
  }
}

TEST(Forecast, TheLevelGateHoldsBack) {
  const std::vector<double> window = Climb(1, 0.2, 0.01);
  const ForecastInput input{.window = window, .threshold = 14};
  EXPECT_EQ(ForecastMetric(input, {.probability = 0, .level = 0.95}).outcome,
            Judgement::kNotConfirmed);
  EXPECT_EQ(ForecastMetric(input, {.probability = 0, .level = 0.5}).outcome,
            Judgement::kConfirmed);
}

TEST(Forecast, AfterARestartTheTrendStartsAnew) {
  std::vector<double> window;
  for (int i = 0; i < 60; ++i) {
    window.push_back(i < 40 ? 50 + i
                            : 20 + 0.01 * (i - 40) + (i % 2 == 0 ? 0.4 : -0.4));
  }
  const MetricForecast found = Of(window, 95);
  EXPECT_EQ(found.outcome, Judgement::kNotConfirmed);
  EXPECT_FALSE(found.eta);
  EXPECT_GE(TrendStart(window), 38);
}

TEST(Forecast, UnusableWindowsAreInconclusive) {
  EXPECT_EQ(Of({}, 5).outcome, Judgement::kInconclusive);
  EXPECT_EQ(Of(std::vector<double>(kMinForecastPoints - 1, 1.0), 5).outcome,
            Judgement::kInconclusive);
  EXPECT_EQ(Of(std::vector<double>(60, kNaN), 5).outcome,
            Judgement::kInconclusive);
  std::vector<double> window = Climb(1, 1);
  window.back() = kNaN;
  EXPECT_EQ(Of(window, 5).outcome, Judgement::kInconclusive);
  EXPECT_EQ(Of(Climb(1, 1), kNaN).outcome, Judgement::kInconclusive);
}

/// Anything goes in; a probability or "inconclusive" comes out.
TEST(Forecast, FuzzedInputsStayFinite) {
  assess::Random random(17);
  for (int round = 0; round < 3000; ++round) {
    std::vector<double> history(random.Below(200));
    std::vector<double> window(random.Below(90));
    for (auto* values : {&history, &window}) {
      for (double& value : *values) {
        switch (random.Below(8)) {
          case 0:
            value = kNaN;
            break;
          case 1:
            value = 1e300 * (random.Uniform() - 0.5);
            break;
          case 2:
            value = HUGE_VAL;
            break;
          default:
            value = random.Below(3) * random.Uniform();
        }
      }
    }
    const MetricForecast found =
        ForecastMetric({.history = history,
                        .window = window,
                        .threshold = 10 * (random.Uniform() - 0.5),
                        .above = random.Below(2) == 0,
                        .horizon = seconds(60 * (1 + random.Below(40)))},
                       {});
    ASSERT_TRUE(std::isfinite(found.probability));
    ASSERT_GE(found.probability, 0);
    ASSERT_LE(found.probability, 1);
    ASSERT_EQ(found.eta.has_value(), found.eta_low.has_value());
    ASSERT_EQ(found.eta.has_value(), found.eta_high.has_value());
    if (found.eta) {
      ASSERT_LE(*found.eta_low, *found.eta);
      ASSERT_LE(*found.eta, *found.eta_high);
    }
  }
}

TEST(Trend, LeastSquaresFindsALine) {
  std::vector<double> values;
  for (int i = 0; i < 40; ++i) values.push_back(3 + 0.25 * i);
  const Outlook line = LeastSquares(values, 20, 10);
  EXPECT_NEAR(line.slope, 0.25, 1e-9);
  EXPECT_NEAR(line.mean, 3 + 0.25 * 49, 1e-6);
}

TEST(Trend, MannKendallKnowsTheDirection) {
  EXPECT_GT(MannKendall(Climb(0, 1), 60), 5);
  EXPECT_LT(MannKendall(Climb(0, -1), 60), -5);
  EXPECT_EQ(MannKendall(std::vector<double>(60, 1.0), 60), 0);
}

TEST(Trend, LocalTrendFollowsATurn) {
  const std::vector<double> values = OrdinarySeries(
      60, 10, 0.1, 5, [](int i) { return i < 40 ? 0.0 : (i - 40) * 1.0; });
  EXPECT_NEAR(FitLocalTrend(values).slope, 1, 0.2);
}

}  // namespace
}  // namespace selfheal::assess
