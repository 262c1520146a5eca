#include "assess/canary.h"

#include <gtest/gtest.h>

#include "tests/assess/series.h"

namespace selfheal {
namespace {

using testing::kNaN;
using testing::OrdinaryMetric;
using testing::Raise;

std::vector<MetricWindow> Siblings() {
  return {OrdinaryMetric("errors", 10, 1, 11),
          OrdinaryMetric("errors", 10, 1, 12),
          OrdinaryMetric("errors", 10, 1, 13)};
}

TEST(Canary, LikeItsSiblingsIsNotWorse) {
  const std::vector<MetricWindow> canary = {OrdinaryMetric("errors", 10, 1, 5)};
  EXPECT_EQ(CompareCanary(canary, Siblings()).worse, Judgement::kNotConfirmed);
}

TEST(Canary, FarAboveSiblingsAndPastIsWorse) {
  std::vector<MetricWindow> canary = {OrdinaryMetric("errors", 10, 1, 5)};
  Raise(canary[0], 5, 20);
  const CanaryResult result = CompareCanary(canary, Siblings());
  EXPECT_EQ(result.worse, Judgement::kConfirmed);
  EXPECT_NE(result.reason.find("errors"), std::string::npos);
}

TEST(Canary, BetterIsNotWorse) {
  std::vector<MetricWindow> canary = {OrdinaryMetric("errors", 10, 1, 5)};
  Raise(canary[0], 5, -20);
  EXPECT_EQ(CompareCanary(canary, Siblings()).worse, Judgement::kNotConfirmed);
  canary[0].bad = BadDirection::kFalls;
  EXPECT_EQ(CompareCanary(canary, Siblings()).worse, Judgement::kConfirmed);
}

TEST(Canary, AllRisingTogetherIsNotTheCanary) {
  std::vector<MetricWindow> canary = {OrdinaryMetric("errors", 10, 1, 5)};
  std::vector<MetricWindow> siblings = Siblings();
  Raise(canary[0], 10, 20);
  for (MetricWindow& sibling : siblings) Raise(sibling, 10, 20);
  EXPECT_EQ(CompareCanary(canary, siblings).worse, Judgement::kNotConfirmed);
}

TEST(Canary, MissingDataIsInconclusive) {
  std::vector<MetricWindow> canary = {OrdinaryMetric("errors", 10, 1, 5)};
  EXPECT_EQ(CompareCanary(canary, {}).worse, Judgement::kInconclusive);
  EXPECT_EQ(CompareCanary({}, Siblings()).worse, Judgement::kInconclusive);

  std::vector<MetricWindow> siblings = Siblings();
  siblings[1].problem = "no series";
  EXPECT_EQ(CompareCanary(canary, siblings).worse, Judgement::kInconclusive);

  canary[0].window.values.back() = kNaN;
  EXPECT_EQ(CompareCanary(canary, Siblings()).worse, Judgement::kInconclusive);
  canary[0].problem = "no series";
  EXPECT_EQ(CompareCanary(canary, Siblings()).worse, Judgement::kInconclusive);
  canary[0].optional = true;
  EXPECT_EQ(CompareCanary(canary, Siblings()).worse, Judgement::kInconclusive);
}

TEST(Canary, OneWorseMetricDecidesBesideAMissingOne) {
  std::vector<MetricWindow> canary = {OrdinaryMetric("errors", 10, 1, 5),
                                      OrdinaryMetric("latency", 10, 1, 6)};
  canary[1].problem = "no series";
  Raise(canary[0], 5, 20);
  EXPECT_EQ(CompareCanary(canary, Siblings()).worse, Judgement::kConfirmed);
}

}  // namespace
}  // namespace selfheal
