#include "assess/cause_memory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <optional>
#include <random>

namespace selfheal::assess {
namespace {

/// An hour of memory in percent of its limit, and of requests.
EvidenceWindow Evidence(const std::function<double(int)>& memory,
                        const std::function<double(int)>& load) {
  EvidenceWindow evidence;
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, 1);
  for (const auto& [name, shape] :
       {std::pair<std::string, std::function<double(int)>>{
            "memory_usage_percent", memory},
        {"request_rate_per_second", load}}) {
    MetricWindow metric;
    metric.name = name;
    if (name == "memory_usage_percent") metric.limit = 100;
    for (int i = 0; i < 60; ++i) {
      metric.window.values.push_back(shape(i) + noise(random));
    }
    evidence.metrics.push_back(metric);
  }
  return evidence;
}

double Steady(int) { return 50; }

/// The one that holds; empty = none does.
std::optional<Cause> CauseOf(const EvidenceWindow& evidence) {
  const bool leak =
      MemoryView(evidence, Cause::kLeak).holds == Judgement::kConfirmed;
  const bool low =
      MemoryView(evidence, Cause::kLowLimit).holds == Judgement::kConfirmed;
  EXPECT_FALSE(leak && low);
  if (leak) return Cause::kLeak;
  return low ? std::optional(Cause::kLowLimit) : std::nullopt;
}

TEST(MemoryCause, ASteadyClimbIsALeak) {
  EXPECT_EQ(CauseOf(Evidence([](int i) { return 40 + i; }, Steady)),
            Cause::kLeak);
  // With OOM kills on the way.
  EXPECT_EQ(CauseOf(Evidence([](int i) { return 40 + 3 * (i % 20); }, Steady)),
            Cause::kLeak);
}

TEST(MemoryCause, ASlowOneShowsInTheHistory) {
  EvidenceWindow evidence = Evidence([](int) { return 60; }, Steady);
  for (int i = 0; i < 800; ++i) {
    evidence.metrics.front().baseline.values.push_back(30 + 0.2 * (i % 300));
  }
  EXPECT_EQ(CauseOf(evidence), Cause::kLeak);
}

TEST(MemoryCause, MemoryThatFollowsTheLoadHasTooLowALimit) {
  const auto wave = [](int i) { return 30 * std::sin(i / 6.0); };
  EXPECT_EQ(CauseOf(Evidence([&](int i) { return 68 + wave(i); },
                             [&](int i) { return 50 + wave(i); })),
            Cause::kLowLimit);
  // A ramp of the load is none of the leak's.
  EXPECT_EQ(CauseOf(Evidence([](int i) { return 40 + i; },
                             [](int i) { return 20 + i; })),
            Cause::kLowLimit);
}

TEST(MemoryCause, MemoryThatStandsNearTheLimitHasTooLowALimit) {
  EXPECT_EQ(CauseOf(Evidence([](int) { return 90; }, Steady)),
            Cause::kLowLimit);
}

TEST(MemoryCause, KilledAgainRightAfterEachStart) {
  EXPECT_EQ(
      CauseOf(Evidence([](int i) { return i % 3 == 0 ? 20.0 : i % 3 * 47.0; },
                       Steady)),
      Cause::kLowLimit);
}

TEST(MemoryCause, WhatIsCalmOrUnmeasuredHasNone) {
  EXPECT_EQ(CauseOf(Evidence(Steady, Steady)), std::nullopt);
  EXPECT_EQ(CauseOf(EvidenceWindow{}), std::nullopt);
  EvidenceWindow evidence = Evidence([](int i) { return 40 + i; }, Steady);
  evidence.metrics.front().limit.reset();
  EXPECT_EQ(MemoryView(evidence, Cause::kLeak).holds, Judgement::kInconclusive);
  evidence = Evidence([](int i) { return 40 + i; }, Steady);
  for (double& value : evidence.metrics.front().window.values) {
    value = std::nan("");
  }
  EXPECT_EQ(CauseOf(evidence), std::nullopt);
}

}  // namespace
}  // namespace selfheal::assess
