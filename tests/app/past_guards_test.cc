#include "app/past_guards.h"

#include <gtest/gtest.h>

namespace selfheal::testing {
namespace {

const Time kNoon = *ParseTime("2026-11-01T12:00:00Z");
constexpr std::chrono::minutes kMinute{1};

/// A rule, its runbook and episodes of it.
class PastGuardsTest : public ::testing::Test {
 protected:
  PastGuardsTest() {
    config_.kubernetes.namespaces = {"shop", "monitoring"};
    rule_.name = runbook_.name = "leak";
    runbook_.steps = {{.action = RollingRestart{}}};
  }

  PastEpisode Of(const std::string& ns, const std::string& name) {
    PastEpisode episode;
    episode.rule = &rule_;
    episode.runbook = &runbook_;
    episode.step = &runbook_.steps.front();
    episode.target = {ObjectKind::kDeployment, ns, name};
    return episode;
  }

  /// The guard that denies or asks, "" where all allow.
  static std::string Objector(const Verdict& verdict) {
    for (const Finding& finding : verdict.findings) {
      if (finding.outcome != FindingOutcome::kAllow) return finding.guard;
    }
    return "";
  }

  Config config_;
  Rule rule_;
  Runbook runbook_;
};

TEST_F(PastGuardsTest, WhatIsOptedInIsAllowed) {
  PastGuards guards(config_);
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "cart"), kNoon)), "");
  EXPECT_EQ(Objector(guards.Ask(Of("bank", "cart"), kNoon)), "namespaces");
  EXPECT_EQ(Objector(guards.Ask(Of("monitoring", "cart"), kNoon)), "protected");
}

TEST_F(PastGuardsTest, AnActionIsInFlightThenCoolsDown) {
  PastGuards guards(config_);
  guards.Acted(Of("shop", "cart"), kNoon);
  const Verdict busy = guards.Ask(Of("shop", "cart"), kNoon + kMinute);
  EXPECT_EQ(Objector(busy), "in_flight");
  EXPECT_TRUE(busy.retry_at);
  const Time verified = VerifiedBy(runbook_.steps.front(), kNoon);
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "cart"), verified)), "cooldown");
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "other"), verified)), "");
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "cart"),
                                verified + config_.guards.cooldown)),
            "");
}

TEST_F(PastGuardsTest, TheRestartsOfAnHourAreCounted) {
  PastGuards guards(config_);
  for (int i = 0; i < 3; ++i) {
    guards.Acted(Of("shop", "cart"), kNoon + i * 15 * kMinute);
  }
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "cart"), kNoon + 50 * kMinute)),
            "restarts");
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "cart"), kNoon + 180 * kMinute)),
            "");
}

TEST_F(PastGuardsTest, AStormOpensTheBreakerForAWhile) {
  PastGuards guards(config_);
  for (int i = 0; i < config_.guards.storm.targets; ++i) {
    const PastEpisode one = Of("shop", "app-" + std::to_string(i));
    guards.Troubled(one.target, kNoon);
  }
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "app-0"), kNoon)), "storm");
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "app-0"), kNoon + 5 * kMinute)),
            "breaker");
  EXPECT_EQ(Objector(guards.Ask(Of("shop", "app-0"),
                                kNoon + config_.guards.storm.quiet)),
            "");
}

TEST_F(PastGuardsTest, APersonIsAskedAsTheRiskSays) {
  runbook_.risk = Risk::kHigh;
  PastGuards guards(config_);
  const Verdict verdict = guards.Ask(Of("shop", "cart"), kNoon);
  EXPECT_EQ(verdict.outcome, FindingOutcome::kNeedsApproval);
  EXPECT_EQ(Objector(verdict), "approval");
}

TEST_F(PastGuardsTest, ANodeNeedsTheSwitchForNodes) {
  runbook_.steps = {{.action = Cordon{}}};
  PastEpisode node = Of("", "");
  node.target = {ObjectKind::kNode, "", "n1"};
  EXPECT_EQ(Objector(PastGuards(config_).Ask(node, kNoon)), "namespaces");
  config_.guards.nodes = true;
  EXPECT_EQ(Objector(PastGuards(config_).Ask(node, kNoon)), "");
}

}  // namespace
}  // namespace selfheal::testing
