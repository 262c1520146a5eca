// Clocks that are set and storms, in the middle of real stories: nothing new
// is done meanwhile, and what was begun is finished or taken back.
#include <gtest/gtest.h>

#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST(ClockSet, NoActionAtAllWhileItIsOff) {
  for (const Duration skew :
       {Duration(seconds(1)), Duration(seconds(31)), Duration(minutes(5)),
        Duration(hours(1)), Duration(hours(24))}) {
    for (const Duration set : {skew, -skew}) {
      Pipeline pipeline(QuickConfig());
      Begin(pipeline, Story::kCpu);
      pipeline.surroundings.state.clock.wall = set;
      EXPECT_TRUE(pipeline.Run(hours(2)));
      const Incident incident = pipeline.Only();
      if (skew == seconds(1)) {
        EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
        continue;
      }
      EXPECT_TRUE(pipeline.cluster.seen().empty()) << set.count();
      EXPECT_EQ(incident.phase, Phase::kEscalated);
      EXPECT_NE(incident.reason.find("clock"), std::string::npos)
          << incident.reason;
    }
  }
}

TEST(ClockSet, AStepWaitsUntilTheClocksAgreeAgain) {
  Pipeline pipeline(QuickConfig());
  Begin(pipeline, Story::kLeak);
  std::optional<Time> set_at;
  std::size_t while_off = 0;
  pipeline.on_round = [&] {
    auto& skew = pipeline.surroundings.state.clock.wall;
    if (!set_at && pipeline.cluster.accepted().size() == 1) {
      set_at = pipeline.clock.Now();
      skew = minutes(5);
    }
    if (!set_at) return;
    if (pipeline.clock.Now() < *set_at + minutes(10)) {
      while_off = pipeline.cluster.accepted().size();
    } else {
      skew = {};
    }
  };
  EXPECT_TRUE(pipeline.Run(hours(2)));
  EXPECT_EQ(while_off, 1u) << "the rest followed the canary all the same";
  EXPECT_EQ(pipeline.cluster.accepted().size(), 2u);
  EXPECT_EQ(pipeline.Only().phase, Phase::kMitigated) << pipeline.Only().reason;
}

TEST(StormAround, NoActionAndABreakerThatStays) {
  Pipeline pipeline(QuickConfig());
  Begin(pipeline, Story::kCpu);
  pipeline.surroundings.state.upgrade = "node n1 went from v1 to v2";
  EXPECT_TRUE(pipeline.Run(hours(2)));
  EXPECT_TRUE(pipeline.cluster.seen().empty());
  EXPECT_EQ(pipeline.Only().phase, Phase::kEscalated);
  const auto& breakers = pipeline.store.state().breakers;
  ASSERT_TRUE(breakers.contains("global"));
  EXPECT_NE(breakers.at("global").reason.find("upgraded"), std::string::npos);
}

/// Two actions fail one after the other: the global breaker, and on the same
/// day once more: a person must look.
TEST(StormAround, TwoFailedActionsInARow) {
  for (const bool second_of_day : {false, true}) {
    Config config = QuickConfig();
    config.guards.cooldown = seconds(1);
    config.guards.scale.cooldown = seconds(1);
    Pipeline pipeline(config);
    if (second_of_day) {
      const Time now = pipeline.clock.Now();
      ASSERT_TRUE(
          pipeline.store
              .SetBreaker({"global",
                           BreakerRow{"global", now, "x", now + seconds(1)},
                           "storm"})
              .ok());
      pipeline.Advance(seconds(2));
    }
    Begin(pipeline, Story::kLeak);
    pipeline.cluster.troubles = {SimCluster::Trouble::kNone,
                                 SimCluster::Trouble::kRefuse};
    EXPECT_TRUE(pipeline.Run(hours(2)));
    EXPECT_EQ(pipeline.store.state().breakers.count("memory-leak"), 1u);
    EXPECT_EQ(pipeline.store.state().actions.size(), 1u);
    EXPECT_EQ(pipeline.store.state().actions[0].result, ActionResult::kFailed);
    // The same workload, another trouble.
    const std::size_t incidents = pipeline.All().size();
    pipeline.cluster.troubles = {SimCluster::Trouble::kNone,
                                 SimCluster::Trouble::kRefuse};
    ASSERT_TRUE(pipeline.store
                    .SetBreaker({"memory-leak", std::nullopt, "admin:a", "go"})
                    .ok());
    pipeline.metrics.healed_at.reset();
    pipeline.PostFiring("KubeMemoryLeak", pipeline.PodsOf("cart").front());
    EXPECT_TRUE(pipeline.Run(hours(2)));
    ASSERT_GT(pipeline.All().size(), incidents);
    const auto breakers = pipeline.store.state().breakers;
    ASSERT_TRUE(breakers.contains("global")) << pipeline.All().back().reason;
    EXPECT_NE(breakers.at("global").reason.find("in a row"), std::string::npos);
    EXPECT_EQ(breakers.at("global").closes_at.has_value(), !second_of_day);
  }
}

}  // namespace
}  // namespace selfheal::testing
