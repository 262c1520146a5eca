#include "verify/verifier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "verify/band.h"

namespace selfheal {
namespace {

const Time kNow = *ParseTime("2026-11-25T12:00:00Z");

ClusterObject Cart(int ready = 3) {
  ClusterObject object;
  object.ref = {ObjectKind::kDeployment, "shop", "cart"};
  WorkloadState state;
  state.replicas = 3;
  state.ready = ready;
  object.state = state;
  return object;
}

MetricWindow Metric(std::string name, std::vector<double> values,
                    BadDirection bad = BadDirection::kRises) {
  MetricWindow metric;
  metric.name = std::move(name);
  metric.bad = bad;
  metric.window.values = std::move(values);
  for (int i = 0; i < 100; ++i) metric.baseline.values.push_back(100 + i % 10);
  return metric;
}

EvidenceWindow Window(std::vector<MetricWindow> metrics) {
  EvidenceWindow evidence;
  evidence.at = kNow;
  evidence.metrics = std::move(metrics);
  return evidence;
}

Look At(MetricWindow metric, int ready = 3) {
  const EvidenceWindow evidence = Window({std::move(metric)});
  Look look = LookAgain(evidence, evidence, Cart(ready));
  EXPECT_EQ(StateOf(look.compared), look.state) << look.reason;
  return look;
}

TEST(VerifierTest, BackInsideItsBaseline) {
  EXPECT_EQ(At(Metric("memory", {400, 105, 104, 103})).state,
            LookState::kBackInside);
}

TEST(VerifierTest, OneOfTheLastThreeOutsideIsOutside) {
  EXPECT_EQ(At(Metric("memory", {100, 400, 103, 104})).state,
            LookState::kOutside);
}

Look After(double incident, double now, std::optional<double> limit = {}) {
  MetricWindow before = Metric("throttled", {incident, incident, incident});
  before.limit = limit;
  Look look = LookAgain(Window({before}),
                        Window({Metric("throttled", {now, now, now})}), Cart());
  EXPECT_EQ(StateOf(look.compared), look.state) << look.reason;
  return look;
}

TEST(VerifierTest, ATwentiethOfTheRiseMayBeLeft) {
  EXPECT_EQ(After(500, 125).state, LookState::kBackInside);
  EXPECT_EQ(After(500, 160).state, LookState::kOutside);
  EXPECT_EQ(After(130, 125).state, LookState::kOutside);
}

TEST(VerifierTest, PastTheLimitIsOutsideWhateverTheRise) {
  EXPECT_EQ(After(500, 125, 126).state, LookState::kBackInside);
  EXPECT_EQ(After(500, 125, 125).state, LookState::kOutside);
}

TEST(VerifierTest, TheGoodSideIsInside) {
  EXPECT_EQ(At(Metric("memory", {1, 1, 1})).state, LookState::kBackInside);
  EXPECT_EQ(At(Metric("rate", {1, 1, 1}, BadDirection::kFalls)).state,
            LookState::kOutside);
  EXPECT_EQ(At(Metric("x", {1, 1, 1}, BadDirection::kEither)).state,
            LookState::kOutside);
}

TEST(VerifierTest, MissingIsNeverGood) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(At(Metric("memory", {nan, 100, 100})).state,
            LookState::kUnmeasured);
  MetricWindow problem = Metric("memory", {100, 100, 100});
  problem.problem = "no series";
  EXPECT_EQ(At(problem).state, LookState::kUnmeasured);
  MetricWindow young = Metric("memory", {100, 100, 100});
  young.baseline.values.resize(19);
  EXPECT_EQ(At(young).state, LookState::kUnmeasured);
  EXPECT_EQ(LookAgain(Window({}), Window({}), Cart()).state,
            LookState::kUnmeasured);
}

TEST(VerifierTest, PartialEvidenceIsUnmeasured) {
  EvidenceWindow evidence = Window({Metric("memory", {100, 100, 100})});
  evidence.problems = {"a warning"};
  EXPECT_EQ(LookAgain(evidence, evidence, Cart()).state,
            LookState::kUnmeasured);
}

TEST(VerifierTest, UnreadyPodsAreOutside) {
  EXPECT_EQ(At(Metric("memory", {100, 100, 100}), 2).state,
            LookState::kOutside);
}

TEST(VerifierTest, OptionalMetricsDoNotDecideWhereOthersDo) {
  MetricWindow optional = Metric("errors", {900, 900, 900});
  optional.optional = true;
  const EvidenceWindow both =
      Window({Metric("memory", {100, 100, 100}), optional});
  EXPECT_EQ(LookAgain(both, both, Cart()).state, LookState::kBackInside);
  const EvidenceWindow alone = Window({optional});
  EXPECT_EQ(LookAgain(alone, alone, Cart()).state, LookState::kOutside);
}

TEST(VerifierTest, OnlyBackInsideEndsBeforeTheDeadline) {
  const Time later = kNow + seconds(10);
  EXPECT_EQ(Conclude({LookState::kBackInside, "", {}}, kNow, later)->outcome,
            VerificationOutcome::kMitigated);
  EXPECT_FALSE(
      Conclude({LookState::kOutside, "", {}}, kNow, later).has_value());
  EXPECT_EQ(Conclude({LookState::kOutside, "", {}}, later, later)->outcome,
            VerificationOutcome::kNotMitigated);
  EXPECT_FALSE(
      Conclude({LookState::kUnmeasured, "", {}}, kNow, later).has_value());
  EXPECT_EQ(Conclude({LookState::kUnmeasured, "", {}}, later, later)->outcome,
            VerificationOutcome::kInconclusive);
}

TEST(BandTest, AConstantBaselineHasAnExactBand) {
  const auto band = BandOf(std::vector<double>(30, 0.0));
  ASSERT_TRUE(band.has_value());
  EXPECT_EQ(band->low, 0);
  EXPECT_EQ(band->high, 0);
}

}  // namespace
}  // namespace selfheal
