// What surrounds all targets: clocks, shares, queries, upgrades.
#include <gtest/gtest.h>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr FindingOutcome kAllow = FindingOutcome::kAllow;
constexpr FindingOutcome kDeny = FindingOutcome::kDeny;

TEST(Clock, NothingNewWhileItIsOffByMoreThan30Seconds) {
  const struct {
    Duration skew;
    FindingOutcome outcome;
  } cases[] = {{seconds(1), kAllow},     {seconds(30), kAllow},
               {seconds(31), kDeny},     {minutes(5), kDeny},
               {hours(1), kDeny},        {hours(24), kDeny},
               {hours(24 * 4000), kDeny}};
  for (const auto& c : cases) {
    for (const Duration skew : {c.skew, -c.skew}) {
      for (const Scene scene : kAllScenes) {
        const bool denied = c.outcome == kDeny && !IsUndoScene(scene);
        GuardWorld wall(scene);
        wall.surroundings.state.clock.wall = skew;
        EXPECT_EQ(wall.Check().permit.has_value(), !denied) << skew.count();
        GuardWorld server(scene);
        server.surroundings.state.clock.server = skew;
        EXPECT_EQ(server.Check().permit.has_value(), !denied) << skew.count();
      }
    }
  }
}

TEST(Clock, SaysHowFarAndAsksAgain) {
  GuardWorld world(Scene::kCanary);
  world.surroundings.state.clock.wall = -minutes(5);
  const Finding finding = world.Of("clock");
  EXPECT_NE(finding.reason.find("5m behind"), std::string::npos)
      << finding.reason;
  EXPECT_TRUE(finding.retry_at.has_value());
}

TEST(Clock, WithoutASecondClockNothingIsDone) {
  GuardWorld world(Scene::kCanary);
  world.surroundings.state.clock.server.reset();
  EXPECT_EQ(world.Of("clock").outcome, kDeny);
  EXPECT_FALSE(world.Check().permit.has_value());
}

TEST(Rights, WhatIsMissingStopsItsActionInItsNamespace) {
  const auto right = [](ActionKind action, const std::string& ns) {
    return MissingRight{action,
                        {.verb = "patch",
                         .group = "apps",
                         .resource = "deployments",
                         .ns = ns}};
  };
  const struct {
    MissingRight missing;
    FindingOutcome outcome;
  } cases[] = {{right(ActionKind::kRollingRestart, "shop"), kDeny},
               {right(ActionKind::kRollingRestart, ""), kDeny},
               {right(ActionKind::kRollingRestart, "other"), kAllow},
               {right(ActionKind::kScaleOut, "shop"), kAllow}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    world.surroundings.state.missing_rights = {c.missing};
    const Finding finding = world.Of("rights");
    EXPECT_EQ(finding.outcome, c.outcome) << finding.reason;
    EXPECT_EQ(
        finding.reason.find("patch deployments.apps") != std::string::npos,
        c.outcome == kDeny)
        << finding.reason;
  }
}

TEST(Rights, AnUndoIsLeftToTheApiServer) {
  for (const Scene scene : kAllScenes) {
    if (!IsUndoScene(scene)) continue;
    GuardWorld world(scene);
    world.surroundings.state.missing_rights = {
        {world.purpose.kind,
         {.verb = "patch", .group = "apps", .resource = "deployments"}}};
    EXPECT_TRUE(world.Check().permit.has_value());
  }
}

void AddTrouble(GuardWorld& world, ObjectKind kind, int targets) {
  for (int i = 0; i < targets; ++i) {
    world.history.state.episodes.push_back(
        {{kind, kind == ObjectKind::kNode ? "" : "shop",
          "n" + std::to_string(i)},
         world.now() - seconds(60)});
  }
}

TEST(StormShare, ThirtyPercentOfAKindOfTen) {
  const struct {
    int population, targets;
    FindingOutcome outcome;
  } cases[] = {{9, 4, kAllow},  {10, 2, kAllow}, {10, 3, kDeny},
               {11, 3, kAllow}, {11, 4, kDeny},  {13, 4, kDeny},
               {14, 4, kAllow}, {0, 4, kAllow}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    world.surroundings.state.population = {
        {ObjectKind::kDeployment, c.population}};
    AddTrouble(world, ObjectKind::kDeployment, c.targets);
    EXPECT_EQ(world.Of("storm").outcome, c.outcome)
        << c.targets << " of " << c.population;
  }
}

TEST(StormShare, TroubleInOtherNamespacesIsNone) {
  GuardWorld world(Scene::kCanary);
  AddTrouble(world, ObjectKind::kDeployment, 5);
  world.surroundings.state.counted = {"other"};
  EXPECT_EQ(world.Of("storm").outcome, kAllow);
  world.surroundings.state.counted = {"shop"};
  EXPECT_EQ(world.Of("storm").outcome, kDeny);
}

TEST(StormShare, KindsAreCountedApartAndOldEpisodesNot) {
  GuardWorld world(Scene::kCanary);
  world.surroundings.state.population = {{ObjectKind::kDeployment, 10},
                                         {ObjectKind::kStatefulSet, 10}};
  AddTrouble(world, ObjectKind::kDeployment, 2);
  AddTrouble(world, ObjectKind::kStatefulSet, 2);
  EXPECT_EQ(world.Of("storm").outcome, kAllow);
  AddTrouble(world, ObjectKind::kStatefulSet, 3);
  EXPECT_EQ(world.Of("storm").outcome, kDeny);
  for (EpisodeRow& episode : world.history.state.episodes) {
    episode.starts_at = world.now() - seconds(121);
  }
  EXPECT_EQ(world.Of("storm").outcome, kAllow);
}

TEST(StormShare, ATargetElsewhereIsNoneOfThem) {
  GuardWorld world(Scene::kCanary);
  world.surroundings.state.population = {{ObjectKind::kDeployment, 10}};
  world.surroundings.state.counted = {"other"};
  AddTrouble(world, ObjectKind::kDeployment, 4);
  EXPECT_EQ(world.Of("storm").outcome, kAllow);
  world.surroundings.state.counted = {"other", "shop"};
  EXPECT_EQ(world.Of("storm").outcome, kDeny);
}

TEST(StormShare, FiftyFivePercentOfTheNodesOfAZone) {
  const struct {
    int nodes, not_ready, in_trouble;
    FindingOutcome outcome;
  } cases[] = {{2, 2, 0, kAllow},  {3, 1, 0, kAllow}, {3, 2, 0, kDeny},
               {3, 0, 2, kDeny},   {4, 2, 0, kAllow}, {4, 3, 0, kDeny},
               {9, 4, 0, kAllow},  {9, 5, 0, kDeny},  {20, 11, 0, kDeny},
               {20, 10, 0, kAllow}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    for (int i = 0; i < c.nodes; ++i) {
      world.surroundings.state.nodes.push_back(
          {"n" + std::to_string(i), "a", i >= c.not_ready});
    }
    for (int i = 0; i < 30; ++i) {  // Another zone, quite well.
      world.surroundings.state.nodes.push_back(
          {"b" + std::to_string(i), "b", true});
    }
    AddTrouble(world, ObjectKind::kNode, c.in_trouble);
    EXPECT_EQ(world.Of("storm").outcome, c.outcome)
        << c.not_ready << " of " << c.nodes;
  }
}

TEST(StormShare, HalfOfTheEvidenceQueriesFailed) {
  const struct {
    int failed, all;
    FindingOutcome outcome;
  } cases[] = {{9, 9, kAllow},    {5, 10, kDeny},   {4, 10, kAllow},
               {49, 100, kAllow}, {50, 100, kDeny}, {0, 0, kAllow}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    world.surroundings.state.queries = {c.failed, c.all};
    EXPECT_EQ(world.Of("storm").outcome, c.outcome) << c.failed;
  }
}

TEST(StormShare, EveryCauseOpensTheGlobalBreakerAndSaysWhy) {
  const struct {
    const char* word;
    void (*spoil)(GuardWorld&);
  } cases[] = {
      {"targets", [](GuardWorld& w) { AddTrouble(w, ObjectKind::kPod, 5); }},
      {"3 of 10 Pods",
       [](GuardWorld& w) {
         w.surroundings.state.population = {{ObjectKind::kPod, 10}};
         AddTrouble(w, ObjectKind::kPod, 3);
       }},
      {"zone",
       [](GuardWorld& w) {
         w.surroundings.state.nodes = {
             {"a", "z", false}, {"b", "z", false}, {"c", "z", true}};
       }},
      {"queries",
       [](GuardWorld& w) { w.surroundings.state.queries = {30, 40}; }},
      {"upgraded", [](GuardWorld& w) {
         w.surroundings.state.upgrade = "node n1 went from v1 to v2";
       }}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    c.spoil(world);
    EXPECT_FALSE(world.Check().permit.has_value()) << c.word;
    ASSERT_EQ(world.history.state.breakers.size(), 1u) << c.word;
    const BreakerRow& row = world.history.state.breakers[0];
    EXPECT_EQ(row.scope, "global");
    EXPECT_NE(row.reason.find(c.word), std::string::npos) << row.reason;
    EXPECT_EQ(row.closes_at, world.now() + minutes(30));
  }
}

TEST(StormShare, WhatWasNotLookedAtIsNotKnown) {
  GuardWorld never(Scene::kCanary);
  never.surroundings.looked = false;
  never.surroundings.state.problem = "forbidden";
  EXPECT_EQ(never.Of("storm").outcome, kDeny);
  EXPECT_NE(never.Of("storm").reason.find("forbidden"), std::string::npos);
  EXPECT_TRUE(never.Of("storm").retry_at.has_value());
  GuardWorld old(Scene::kCanary);
  old.surroundings.state.looked_at = old.now() - seconds(181);
  EXPECT_EQ(old.Of("storm").outcome, kDeny);
  old.surroundings.state.looked_at = old.now() - seconds(180);
  EXPECT_EQ(old.Of("storm").outcome, kAllow);
}

}  // namespace
}  // namespace selfheal::guard
