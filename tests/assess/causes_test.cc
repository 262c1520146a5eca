// Where in a workload a trouble is, told from what each pod shows alone.

#include "assess/causes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/assess/series.h"

namespace selfheal {
namespace {

using testing::kNaN;
using testing::OrdinaryMetric;
using testing::Raise;

constexpr Cause kAsked[] = {Cause::kOnePod, Cause::kSomePods, Cause::kOneNode,
                            Cause::kAllPods, Cause::kLoad};

/// Six calm pods, two on each of three nodes, and the rate of the whole.
EvidenceWindow SixPods() {
  EvidenceWindow evidence;
  evidence.metrics = {OrdinaryMetric("p99", 100, 5, 1),
                      OrdinaryMetric("request_rate_per_second", 50, 2, 2)};
  evidence.metrics[1].optional = true;
  evidence.metrics[1].bad = BadDirection::kEither;
  for (unsigned i = 0; i < 6; ++i) {
    PodEvidence pod;
    pod.name = "cart-" + std::to_string(i);
    pod.uid = "u" + std::to_string(i);
    pod.node = "n" + std::to_string(i / 2);
    pod.metrics = {OrdinaryMetric("p99", 100, 5, 10 + i)};
    evidence.pods.push_back(std::move(pod));
  }
  return evidence;
}

void MakeSick(EvidenceWindow& evidence, const std::vector<std::size_t>& pods,
              double by = 400) {
  for (const std::size_t i : pods) {
    Raise(evidence.pods[i].metrics[0], 15, by);
  }
  Raise(evidence.metrics[0], 15, by);
}

/// "one_pod(cart-2)", "" where none holds; fails where two do.
std::string Told(const EvidenceWindow& evidence) {
  const Causes causes = FindCauses(evidence, kAsked);
  EXPECT_LE(causes.holding.size(), 1u);
  EXPECT_FALSE(causes.holding.empty() && causes.others.empty());
  if (causes.holding.empty()) return "";
  const CauseFinding& finding = causes.holding.front();
  std::string names;
  for (const std::string& name : finding.names) {
    names += (names.empty() ? "" : ",") + name;
  }
  return std::string(CauseName(finding.cause)) + "(" + names + ")";
}

std::string WhyNone(const EvidenceWindow& evidence) {
  EXPECT_EQ(Told(evidence), "");
  std::string text;
  for (const std::string& why : FindCauses(evidence, kAsked).others) {
    text += why + "\n";
  }
  return text;
}

TEST(Spread, OnePodStandsOutFromSiblingsAndPast) {
  EvidenceWindow evidence = SixPods();
  MakeSick(evidence, {2});
  EXPECT_EQ(Told(evidence), "one_pod(cart-2)");
}

TEST(Spread, SeveralButNotAll) {
  EvidenceWindow evidence = SixPods();
  MakeSick(evidence, {0, 3, 4});
  EXPECT_EQ(Told(evidence), "some_pods(cart-0,cart-3,cart-4)");
}

TEST(Spread, AllPodsOfOneNodeAndNoOther) {
  EvidenceWindow evidence = SixPods();
  MakeSick(evidence, {2, 3});
  EXPECT_EQ(Told(evidence), "one_node(n1)");
  MakeSick(evidence, {4});
  EXPECT_EQ(Told(evidence), "some_pods(cart-2,cart-3,cart-4)");
}

TEST(Spread, APodAloneOnItsNodeIsThePod) {
  EvidenceWindow evidence = SixPods();
  evidence.pods[5].node = "n9";
  MakeSick(evidence, {5});
  EXPECT_EQ(Told(evidence), "one_pod(cart-5)");
}

TEST(Spread, EverybodyWithLoadAndWithout) {
  EvidenceWindow evidence = SixPods();
  MakeSick(evidence, {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(Told(evidence), "all_pods()");
  Raise(evidence.metrics[1], 15, 40);
  EXPECT_EQ(Told(evidence), "load()");
}

TEST(Spread, ALoadThatHardlyRoseOrIsNotMeasuredIsNotTold) {
  EvidenceWindow evidence = SixPods();
  MakeSick(evidence, {0, 1, 2, 3, 4, 5});
  EvidenceWindow hardly = evidence;
  Raise(hardly.metrics[1], 15, 9);
  EXPECT_NE(WhyNone(hardly).find("hardly more"), std::string::npos);
  EvidenceWindow unmeasured = evidence;
  unmeasured.metrics[1].problem = "no series";
  EXPECT_NE(WhyNone(unmeasured).find("no series"), std::string::npos);
  EvidenceWindow unasked = evidence;
  unasked.metrics.pop_back();
  EXPECT_NE(WhyNone(unasked).find("is not asked for"), std::string::npos);
}

TEST(Spread, CalmPodsAreNobodysTrouble) {
  EXPECT_NE(WhyNone(SixPods()).find("none of 6 pods"), std::string::npos);
}

/// Of a metric of 100 with a deviation of 5.
void MakeUnclear(PodEvidence& pod) {
  std::vector<double>& values = pod.metrics[0].window.values;
  std::fill(values.end() - 15, values.end(), 117.5);
}

TEST(Spread, APodBetweenSickAndWellLeavesAllOpen) {
  EvidenceWindow evidence = SixPods();
  MakeUnclear(evidence.pods[4]);
  EXPECT_NE(WhyNone(evidence).find("neither sick nor well"), std::string::npos);
  MakeSick(evidence, {2}, 100);
  EXPECT_NE(WhyNone(evidence).find("neither sick nor well"), std::string::npos);
}

TEST(Spread, BesideOneThatIsFarWorseItIsWell) {
  EvidenceWindow evidence = SixPods();
  MakeUnclear(evidence.pods[4]);
  MakeSick(evidence, {2}, 400);
  EXPECT_EQ(Told(evidence), "one_pod(cart-2)");
  // The least sick one counts: it may be no sicker than that.
  MakeSick(evidence, {3}, 100);
  EXPECT_NE(WhyNone(evidence).find("neither sick nor well"), std::string::npos);
}

TEST(Spread, APodThatRoseToWhereItsSiblingsAlwaysWereIsNotTold) {
  EvidenceWindow evidence = SixPods();
  for (const std::size_t i : {0u, 1u, 3u, 4u, 5u}) {
    evidence.pods[i].metrics = {OrdinaryMetric("p99", 500, 5, 20 + i)};
  }
  MakeSick(evidence, {2});
  EXPECT_NE(WhyNone(evidence).find("not from the others now"),
            std::string::npos);
}

TEST(Spread, APodThatAlwaysWasDifferentIsWell) {
  EvidenceWindow evidence = SixPods();
  evidence.pods[2].metrics = {OrdinaryMetric("p99", 500, 5, 20)};
  EXPECT_NE(WhyNone(evidence).find("none of 6 pods"), std::string::npos);
}

TEST(Spread, WithoutASiblingItIsNotTheProvenPod) {
  EvidenceWindow evidence = SixPods();
  evidence.pods.resize(1);
  MakeSick(evidence, {0});
  EXPECT_EQ(Told(evidence), "all_pods()");
}

TEST(Spread, AYoungPodIsHeldAgainstThePastOfTheWhole) {
  EvidenceWindow evidence = SixPods();
  for (PodEvidence& pod : evidence.pods) {
    pod.metrics[0].baseline.values.assign(864, kNaN);
  }
  MakeSick(evidence, {2});
  EXPECT_EQ(Told(evidence), "one_pod(cart-2)");
  // A whole that is the sum of its pods is no measure of one of them.
  for (double& value : evidence.metrics[0].window.values) value *= 6;
  EXPECT_NE(WhyNone(evidence).find("has no past"), std::string::npos);
}

TEST(Spread, TooManyPodsOrNoneAreNotTold) {
  EvidenceWindow evidence = SixPods();
  MakeSick(evidence, {2});
  evidence.pods_problem = "70 pods are more than 20";
  EXPECT_NE(WhyNone(evidence).find("70 pods"), std::string::npos);
  evidence = SixPods();
  evidence.pods.clear();
  EXPECT_NE(WhyNone(evidence).find("no pod was looked at"), std::string::npos);
}

/// Whatever one series of one pod, or the rate, loses: no cause holds that
/// did not hold before.
TEST(Spread, WhatIsMissingNeverMakesACauseHold) {
  const std::vector<std::vector<std::size_t>> stories = {
      {}, {2}, {2, 3}, {0, 3, 4}, {0, 1, 2, 3, 4, 5}};
  const std::vector<void (*)(MetricWindow&)> losses = {
      [](MetricWindow& m) { m.problem = "no series"; },
      [](MetricWindow& m) { m.window.values.clear(); },
      [](MetricWindow& m) { m.window.values.back() = kNaN; },
      [](MetricWindow& m) {
        for (std::size_t i = 55; i < 58; ++i) m.window.values[i] = kNaN;
      },
      [](MetricWindow& m) { m.baseline.values.clear(); },
      [](MetricWindow& m) { m.name = "another"; }};
  for (const auto& story : stories) {
    EvidenceWindow whole = SixPods();
    MakeSick(whole, story);
    const std::string before = Told(whole);
    for (std::size_t pod = 0; pod < whole.pods.size(); ++pod) {
      for (const auto& lose : losses) {
        EvidenceWindow less = whole;
        lose(less.pods[pod].metrics[0]);
        const std::string after = Told(less);
        EXPECT_TRUE(after.empty() || after == before) << after;
      }
    }
    for (const auto& lose : losses) {
      EvidenceWindow less = whole;
      lose(less.metrics[1]);
      const std::string after = Told(less);
      EXPECT_TRUE(after.empty() || after == before) << after;
    }
  }
}

/// The same for made-up workloads, sick here and there, each of which loses
/// one thing.
TEST(Spread, WhatIsMissingNeverMakesACauseHoldAnywhere) {
  constexpr int kWorkloads = 1500;
  assess::Random random(7);
  int told = 0;
  for (int i = 0; i < kWorkloads; ++i) {
    const auto seed = static_cast<std::uint64_t>(i) * 100;
    EvidenceWindow whole = SixPods();
    whole.pods.resize(1 + random.Below(6));
    const double share = random.Uniform();
    for (PodEvidence& pod : whole.pods) {
      MetricWindow& metric = pod.metrics[0];
      metric.baseline.values =
          testing::OrdinarySeries(60, 100, 5, seed + random.Below(90));
      if (random.Uniform() < share) Raise(metric, 15, 300 * random.Uniform());
      if (random.Uniform() < 0.1) metric.baseline.values.resize(5);
    }
    if (random.Uniform() < 0.5) Raise(whole.metrics[1], 15, 40);
    const std::string before = Told(whole);
    if (!before.empty()) ++told;
    EvidenceWindow less = whole;
    MetricWindow& metric =
        random.Uniform() < 0.2
            ? less.metrics[1]
            : less.pods[random.Below(
                            static_cast<std::uint32_t>(less.pods.size()))]
                  .metrics[0];
    switch (random.Below(4)) {
      case 0:
        metric.problem = "no series";
        break;
      case 1:
        metric.window.values.back() = kNaN;
        break;
      case 2:
        metric.window.values.clear();
        break;
      default:
        metric.name = "another";
    }
    const std::string after = Told(less);
    EXPECT_TRUE(after.empty() || after == before)
        << i << ": " << before << " became " << after;
  }
  EXPECT_GT(told, kWorkloads / 10);
}

TEST(Causes, OfOneReasonShareASentence) {
  const Causes causes = FindCauses(SixPods(), kAsked);
  ASSERT_EQ(causes.others.size(), 1u);
  EXPECT_TRUE(causes.others[0].starts_with(
      "not one_pod, some_pods, one_node, all_pods, load: none of 6"))
      << causes.others[0];
}

TEST(Causes, NobodyAskedIsNothingSaid) {
  EXPECT_TRUE(FindCauses(SixPods(), {}).others.empty());
  EXPECT_FALSE(NeedsPods({}));
  constexpr Cause kLeakOnly[] = {Cause::kLeak};
  EXPECT_FALSE(NeedsPods(kLeakOnly));
  EXPECT_TRUE(NeedsPods(kAsked));
}

}  // namespace
}  // namespace selfheal
