#include "assess/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "tests/assess/series.h"

namespace selfheal {
namespace {

using testing::kNaN;
using testing::OrdinaryWindow;
using testing::Raise;

constexpr std::uint64_t kSeed = 42;

Judgement OutcomeOf(const EvidenceWindow& window) {
  return Judge(window, ConfirmSpec{}, kSeed).outcome;
}

EvidenceWindow Incident(int metrics = 3) {
  EvidenceWindow window = OrdinaryWindow(metrics);
  Raise(window.metrics[0], 20, 80);
  return window;
}

bool Mentions(const Assessment& assessment, const std::string& text) {
  return std::any_of(assessment.reasons.begin(), assessment.reasons.end(),
                     [&](const std::string& reason) {
                       return reason.find(text) != std::string::npos;
                     });
}

TEST(Judge, OrdinaryWindowIsNotConfirmed) {
  const Assessment found = Judge(OrdinaryWindow(3), ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kNotConfirmed);
  EXPECT_LT(found.score, 0.6);
  EXPECT_FALSE(found.reasons.empty());
}

TEST(Judge, RiseOfSixteenDeviationsIsConfirmedAndNamed) {
  const Assessment found = Judge(Incident(), ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kConfirmed);
  EXPECT_GE(found.score, 0.8);
  ASSERT_FALSE(found.factors.empty());
  EXPECT_EQ(found.factors.front().metric, "m0");
  EXPECT_TRUE(Mentions(found, "m0 "));
  EXPECT_TRUE(Mentions(found, "above its last 3 days"));
  EXPECT_GT(found.confidence, 0);
  EXPECT_LE(found.confidence, 1);
}

TEST(Judge, HistoryThatBeganADayAgoIsShortAndNotHoled) {
  const auto shorten = [](EvidenceWindow window) {
    for (MetricWindow& metric : window.metrics) {
      std::fill_n(metric.baseline.values.begin(), 664, kNaN);
    }
    return window;
  };
  EXPECT_EQ(OutcomeOf(shorten(OrdinaryWindow(3))), Judgement::kNotConfirmed);
  const Assessment found = Judge(shorten(Incident()), ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kConfirmed);
  EXPECT_LT(found.confidence,
            Judge(Incident(), ConfirmSpec{}, kSeed).confidence);
}

/// The incident happened once before: `rows` rows of the baseline.
EvidenceWindow Repeated(int first, int rows) {
  EvidenceWindow window = Incident();
  for (int i = first; i < first + rows; ++i) {
    window.metrics[0].baseline.values[static_cast<std::size_t>(i)] += 80;
  }
  return window;
}

TEST(Judge, ARepeatOfAnEarlierIncidentIsConfirmed) {
  for (const int first : {300, 700, 840}) {
    const Assessment found = Judge(Repeated(first, 6), ConfirmSpec{}, kSeed);
    EXPECT_EQ(found.outcome, Judgement::kConfirmed) << first;
  }
}

TEST(Judge, ARepeatOfADailyJobIsNotConfirmed) {
  EvidenceWindow window = Incident();
  for (std::size_t i = 0; i < 864; ++i) {
    if (i % 288 < 6) window.metrics[0].baseline.values[i] += 80;
  }
  EXPECT_EQ(OutcomeOf(window), Judgement::kNotConfirmed);
}

TEST(Judge, SameInputSameBits) {
  const Assessment a = Judge(Incident(), ConfirmSpec{}, kSeed);
  const Assessment b = Judge(Incident(), ConfirmSpec{}, kSeed);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(a.statistic),
            std::bit_cast<std::uint64_t>(b.statistic));
  EXPECT_EQ(a.reasons, b.reasons);
}

TEST(Judge, OrderOfTheMetricsDoesNotMatter) {
  const EvidenceWindow window = Incident();
  EvidenceWindow reversed = window;
  std::reverse(reversed.metrics.begin(), reversed.metrics.end());
  const Assessment a = Judge(window, ConfirmSpec{}, kSeed);
  const Assessment b = Judge(reversed, ConfirmSpec{}, kSeed);
  EXPECT_EQ(a.statistic, b.statistic);
  EXPECT_EQ(a.score, b.score);
}

TEST(Judge, AMetricThatFallsWhereRisingIsBadDoesNotConfirm) {
  EvidenceWindow window = OrdinaryWindow(3);
  Raise(window.metrics[0], 20, -80);
  const Assessment found = Judge(window, ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kNotConfirmed);
  EXPECT_TRUE(Mentions(found, "good direction"));
}

TEST(Judge, EitherDirectionConfirmsWhereBothAreBad) {
  EvidenceWindow window = OrdinaryWindow(3);
  window.metrics[0].bad = BadDirection::kEither;
  Raise(window.metrics[0], 20, -80);
  EXPECT_EQ(OutcomeOf(window), Judgement::kConfirmed);
}

TEST(Judge, ProblemsOfTheWholeAreInconclusive) {
  EvidenceWindow window = Incident();
  window.problems = {"prometheus: warning: partial response"};
  const Assessment found = Judge(window, ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kInconclusive);
  EXPECT_EQ(found.reasons.front(), "prometheus: warning: partial response");
  EXPECT_EQ(found.score, 0);
}

TEST(Judge, ProblemOfARequiredMetricIsInconclusive) {
  EvidenceWindow window = Incident();
  window.metrics[1].problem = "no series";
  const Assessment found = Judge(window, ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kInconclusive);
  EXPECT_TRUE(Mentions(found, "m1: no series"));
}

TEST(Judge, ProblemOfAnOptionalMetricLeavesItOut) {
  EvidenceWindow window = Incident();
  window.metrics[1].optional = true;
  window.metrics[1].problem = "no series";
  const Assessment found = Judge(window, ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kConfirmed);
  EXPECT_TRUE(Mentions(found, "m1 is left out: no series"));
}

TEST(Judge, EmptyEvidenceIsInconclusive) {
  EXPECT_EQ(OutcomeOf(EvidenceWindow{}), Judgement::kInconclusive);
  EvidenceWindow window;
  window.metrics.resize(2);
  EXPECT_EQ(OutcomeOf(window), Judgement::kInconclusive);
}

TEST(Judge, MissingNewestPointIsInconclusive) {
  EvidenceWindow window = Incident();
  window.metrics[1].window.values.back() = kNaN;
  EXPECT_EQ(OutcomeOf(window), Judgement::kInconclusive);
}

TEST(Judge, AStaleMetricIsInconclusive) {
  EvidenceWindow window = Incident();
  window.metrics[1].window.values.resize(55);
  const Assessment found = Judge(window, ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kInconclusive);
  EXPECT_TRUE(Mentions(found, "2 steps old"));
}

TEST(Judge, GapsInfinityAndShortBaselinesAreInconclusive) {
  EvidenceWindow gappy = Incident();
  for (std::size_t i = 10; i < 30; ++i) {
    gappy.metrics[1].window.values[i] = kNaN;
  }
  EXPECT_EQ(OutcomeOf(gappy), Judgement::kInconclusive);

  EvidenceWindow infinite = Incident();
  infinite.metrics[1].window.values[3] = HUGE_VAL;
  EXPECT_EQ(OutcomeOf(infinite), Judgement::kInconclusive);

  EvidenceWindow brief = Incident();
  brief.metrics[1].baseline.values.resize(59);
  EXPECT_EQ(OutcomeOf(brief), Judgement::kInconclusive);

  EvidenceWindow holes = Incident();
  for (std::size_t i = 1; i < 500; ++i) {
    holes.metrics[1].baseline.values[i] = kNaN;
  }
  EXPECT_EQ(OutcomeOf(holes), Judgement::kInconclusive);
}

TEST(Judge, AllConstantIsInconclusive) {
  EvidenceWindow window = OrdinaryWindow(2);
  for (MetricWindow& metric : window.metrics) {
    std::fill(metric.baseline.values.begin(), metric.baseline.values.end(), 3);
    std::fill(metric.window.values.begin(), metric.window.values.end(), 3);
  }
  const Assessment found = Judge(window, ConfirmSpec{}, kSeed);
  EXPECT_EQ(found.outcome, Judgement::kInconclusive);
  EXPECT_TRUE(Mentions(found, "constant"));
}

TEST(Judge, ZeroThroughoutIsCalmWhereARiseIsBad) {
  EvidenceWindow window = OrdinaryWindow(2);
  for (MetricWindow& metric : window.metrics) {
    metric.bad = BadDirection::kRises;
    std::fill(metric.baseline.values.begin(), metric.baseline.values.end(), 0);
    std::fill(metric.window.values.begin(), metric.window.values.end(), 0);
  }
  const Assessment calm = Judge(window, ConfirmSpec{}, kSeed);
  EXPECT_EQ(calm.outcome, Judgement::kNotConfirmed);
  EXPECT_TRUE(Mentions(calm, "zero"));
  window.metrics[1].bad = BadDirection::kFalls;
  EXPECT_EQ(OutcomeOf(window), Judgement::kInconclusive);
  window.metrics[1].bad = BadDirection::kRises;
  window.metrics[1].window.values[10] = 1;
  EXPECT_EQ(OutcomeOf(window), Judgement::kInconclusive);
}

TEST(Judge, LeavingAConstantBaselineTheBadWayIsConfirmed) {
  EvidenceWindow window = OrdinaryWindow(1);
  std::fill(window.metrics[0].baseline.values.begin(),
            window.metrics[0].baseline.values.end(), 0);
  std::fill(window.metrics[0].window.values.begin(),
            window.metrics[0].window.values.end(), 0);
  Raise(window.metrics[0], 3, 5);
  EXPECT_EQ(OutcomeOf(window), Judgement::kConfirmed);
  window.metrics[0].bad = BadDirection::kFalls;
  EXPECT_EQ(OutcomeOf(window), Judgement::kInconclusive);
}

ConfirmSpec LeakSpec(ConfirmSpec::Need need) {
  ConfirmSpec spec;
  spec.forecast_of = "m0";
  spec.need = need;
  return spec;
}

/// m0 climbs by one a minute to 160 of a limit of 170.
EvidenceWindow Leak() {
  EvidenceWindow window = OrdinaryWindow(2);
  auto& values = window.metrics[0].window.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = 100 + static_cast<double>(i) + (i % 2 == 0 ? 0.3 : -0.3);
  }
  window.metrics[0].limit = 170;
  return window;
}

TEST(Judge, ALeakIsForecastWithItsArrival) {
  const Assessment found =
      Judge(Leak(), LeakSpec(ConfirmSpec::Need::kAll), kSeed);
  EXPECT_EQ(found.outcome, Judgement::kConfirmed);
  ASSERT_TRUE(found.forecast.has_value());
  EXPECT_GE(found.forecast->probability, 0.7);
  ASSERT_TRUE(found.forecast->eta.has_value());
  EXPECT_NEAR(static_cast<double>(found.forecast->eta->count()), 11 * 60, 120);
  EXPECT_LE(*found.forecast->eta_low, *found.forecast->eta);
  EXPECT_LE(*found.forecast->eta, *found.forecast->eta_high);
  EXPECT_TRUE(Mentions(found, "reaches its limit in"));
}

TEST(Judge, ALevelAtItsLimitIsPastIt) {
  for (const double middle : {170.0, 190.0}) {
    EvidenceWindow window = Leak();
    auto& values = window.metrics[0].window.values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = middle + (i / 3 % 2 == 0 ? 4 : -4);
    }
    const Assessment found =
        Judge(window, LeakSpec(ConfirmSpec::Need::kAny), kSeed);
    EXPECT_EQ(found.forecast->probability, 1) << middle;
    EXPECT_TRUE(Mentions(found, "past its limit")) << middle;
  }
}

TEST(Judge, WithoutALimitTheForecastIsInconclusive) {
  EvidenceWindow window = OrdinaryWindow(2);
  const Assessment found =
      Judge(window, LeakSpec(ConfirmSpec::Need::kAny), kSeed);
  ASSERT_TRUE(found.forecast.has_value());
  EXPECT_EQ(found.forecast->outcome, Judgement::kInconclusive);
  EXPECT_EQ(found.outcome, Judgement::kInconclusive);
}

TEST(Judge, AForecastMayReachWhatItsHistoryNeverPassed) {
  EvidenceWindow window = Leak();
  window.metrics[0].limit.reset();
  std::vector<double>& baseline = window.metrics[0].baseline.values;
  for (std::size_t i = 400; i < 403; ++i) baseline[i] = 170;
  baseline[500] = 300;  // Once is noise.
  ConfirmSpec spec = LeakSpec(ConfirmSpec::Need::kAny);
  spec.reaches = ConfirmSpec::Reaches::kHistory;
  Assessment found = Judge(window, spec, kSeed);
  EXPECT_EQ(found.forecast->outcome, Judgement::kConfirmed);
  ASSERT_TRUE(found.forecast->eta.has_value());
  EXPECT_NEAR(static_cast<double>(found.forecast->eta->count()), 11 * 60, 120);
  EXPECT_TRUE(Mentions(found, "what its history never passed"));
  window.metrics[0].optional = true;
  std::fill(baseline.begin(), baseline.end() - 59, kNaN);
  found = Judge(window, spec, kSeed);
  EXPECT_EQ(found.forecast->outcome, Judgement::kInconclusive);
  EXPECT_TRUE(Mentions(found, "its history is too short"));
}

TEST(Judge, NeedAllIsRefusedByOneThatSaysNo) {
  EvidenceWindow window = Incident();
  window.metrics[1].limit = 1000;
  ConfirmSpec spec = LeakSpec(ConfirmSpec::Need::kAll);
  spec.forecast_of = "m1";
  EXPECT_EQ(Judge(window, spec, kSeed).outcome, Judgement::kNotConfirmed);
  spec.need = ConfirmSpec::Need::kAny;
  EXPECT_EQ(Judge(window, spec, kSeed).outcome, Judgement::kConfirmed);
}

}  // namespace
}  // namespace selfheal
