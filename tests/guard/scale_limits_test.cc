#include <gtest/gtest.h>

#include <functional>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr FindingOutcome kAllow = FindingOutcome::kAllow;
constexpr FindingOutcome kDeny = FindingOutcome::kDeny;

WorkloadState& StateOf(ClusterObject& object) {
  return std::get<WorkloadState>(object.state);
}

TEST(ScaleLimits, Replicas) {
  const struct {
    int from, to, percent, max;
    FindingOutcome outcome;
  } cases[] = {
      {4, 6, 50, 10, kAllow},  {4, 7, 50, 10, kDeny},   {4, 5, 50, 10, kAllow},
      {4, 4, 50, 10, kDeny},   {4, 3, 50, 10, kDeny},   {4, 0, 50, 10, kDeny},
      {4, -1, 50, 10, kDeny},  {1, 2, 50, 10, kAllow},  {1, 2, 1, 10, kAllow},
      {1, 3, 50, 10, kDeny},   {3, 5, 50, 10, kAllow},  {3, 6, 50, 10, kDeny},
      {4, 8, 100, 10, kAllow}, {4, 9, 100, 10, kDeny},  {4, 9, 400, 10, kDeny},
      {4, 8, 400, 10, kAllow}, {9, 10, 50, 10, kAllow}, {9, 11, 50, 10, kDeny},
      {10, 11, 50, 10, kDeny}, {4, 5, 0, 10, kDeny},    {4, 5, -50, 10, kDeny},
      {0, 1, 50, 10, kDeny},   {4, 6, 50, 5, kDeny},    {4, 5, 50, 0, kDeny},
  };
  for (const auto& c : cases) {
    GuardWorld world(Scene::kScale);
    world.policy.guards.scale.percent = c.percent;
    world.policy.guards.scale.max_replicas = c.max;
    world.plan.steps[0].action = ScaleOut{1000, 1000};
    world.EditWorkload([&](ClusterObject& o) { StateOf(o).replicas = c.from; });
    world.As<SetReplicas>().replicas = c.to;
    EXPECT_EQ(world.Of("scale_limits").outcome, c.outcome)
        << c.from << " -> " << c.to << " at " << c.percent << "%, max "
        << c.max;
  }
}

TEST(ScaleLimits, TheRunbookMayTighten) {
  GuardWorld percent(Scene::kScale);
  percent.plan.steps[0].action = ScaleOut{25, 10};
  EXPECT_EQ(percent.Of("scale_limits").outcome, kDeny);
  GuardWorld max(Scene::kScale);
  max.plan.steps[0].action = ScaleOut{50, 5};
  EXPECT_EQ(max.Of("scale_limits").outcome, kDeny);
  // 4 -> 6 replicas of 10 connections each.
  GuardWorld connections(Scene::kScale);
  connections.plan.steps[0].action =
      ScaleOut{.connections = 60, .connections_per_pod = 10};
  EXPECT_EQ(connections.Of("scale_limits").outcome, kAllow);
  connections.plan.steps[0].action =
      ScaleOut{.connections = 59, .connections_per_pod = 10};
  EXPECT_EQ(connections.Of("scale_limits").outcome, kDeny);
}

TEST(ScaleLimits, WhereAnHpaStandsOnlyItsBoundsMove) {
  GuardWorld world(Scene::kScale);
  world.cluster.Put(MakeHpa(2, 8));
  EXPECT_EQ(world.Of("scale_limits").outcome, kDeny);
}

TEST(ScaleLimits, HpaBounds) {
  const struct {
    int low, high;
    FindingOutcome outcome;
  } cases[] = {
      // From 2..8 with 4 replicas, 50 %, at most 10.
      {6, 10, kAllow}, {2, 9, kAllow}, {6, 8, kAllow}, {7, 10, kDeny},
      {6, 11, kDeny},  {2, 8, kDeny},  {1, 9, kDeny},  {6, 7, kDeny},
      {0, 10, kDeny},  {9, 8, kDeny},  {-1, 9, kDeny}, {3, 10, kAllow},
  };
  for (const auto& c : cases) {
    GuardWorld world(Scene::kScaleHpa);
    world.As<SetHpaBounds>().min_replicas = c.low;
    world.As<SetHpaBounds>().max_replicas = c.high;
    EXPECT_EQ(world.Of("scale_limits").outcome, c.outcome)
        << c.low << ".." << c.high;
  }
}

TEST(ScaleLimits, HpasThatSomeoneElseRulesAreLeftAlone) {
  const std::function<void(ClusterObject&)> edits[] = {
      [](ClusterObject& o) {
        o.owners = {{"ScaledObject", "cart", "uid-so", true}};
      },
      [](ClusterObject& o) {
        o.labels["app.kubernetes.io/managed-by"] = "keda-operator";
      },
      [](ClusterObject& o) {
        std::get<HpaState>(o.state).scaling_active = false;
      },
  };
  for (const auto& edit : edits) {
    GuardWorld world(Scene::kScaleHpa);
    world.cluster.Edit(world.hpa, edit);
    EXPECT_EQ(world.Of("scale_limits").outcome, kDeny);
  }
  GuardWorld two(Scene::kScaleHpa);
  ClusterObject second = MakeHpa(1, 3);
  second.ref.name = "cart-2";
  second.uid = "uid-hpa-2";
  two.cluster.Put(second);
  EXPECT_EQ(two.Of("scale_limits").outcome, kDeny);
}

TEST(ScaleLimits, AnUndoReturnsToItsFormButNeverToNone) {
  GuardWorld scale(Scene::kUndoScale);
  EXPECT_EQ(scale.Of("scale_limits").outcome, kAllow);
  scale.As<SetReplicas>().replicas = 0;
  EXPECT_EQ(scale.Of("scale_limits").outcome, kDeny);
  GuardWorld hpa(Scene::kUndoHpa);
  hpa.As<SetHpaBounds>().min_replicas = 0;
  EXPECT_EQ(hpa.Of("scale_limits").outcome, kDeny);
}

TEST(ScaleLimits, AnUndoKeepsTheBudgetsFloor) {
  for (const Scene scene : {Scene::kUndoScale, Scene::kUndoHpa}) {
    GuardWorld world(scene);
    ClusterObject pdb = MakePdb(1);
    std::get<PdbState>(pdb.state).desired_healthy = 1;
    world.cluster.Put(pdb);
    EXPECT_EQ(world.Of("scale_limits").outcome, kAllow);
    std::get<PdbState>(pdb.state).desired_healthy = 50;
    world.cluster.Put(pdb);
    EXPECT_EQ(world.Of("scale_limits").outcome, kDeny);
  }
}

TEST(ScaleLimits, WithoutAPlanTheKnobsAloneLimit) {
  GuardWorld world(Scene::kScale);
  world.plan.steps[0].action = ScaleOut{25, 10};
  GuardRequest request = world.Request();
  const Facts facts = world.Gathered();
  EXPECT_EQ(
      GuardScaleLimits({world.policy, request, facts, world.now()}).outcome,
      kDeny);
  request.plan = nullptr;
  EXPECT_EQ(
      GuardScaleLimits({world.policy, request, facts, world.now()}).outcome,
      kAllow)
      << "that there must be a plan is another guard's";
}

TEST(ScaleLimits, AnHpaThatWasReadWithoutItsStateIsLeftAlone) {
  GuardWorld world(Scene::kScaleHpa);
  const GuardRequest request = world.Request();
  Facts facts = world.Gathered();
  const auto ask = [&] {
    return GuardScaleLimits({world.policy, request, facts, world.now()});
  };
  EXPECT_EQ(ask().outcome, kAllow);
  facts.object->state = std::monostate();
  EXPECT_EQ(ask().outcome, kDeny);
}

TEST(ScaleLimits, DaemonSetsHaveNoReplicas) {
  GuardWorld world(Scene::kScale);
  ClusterObject set = *world.cluster.Get(world.deployment);
  set.ref.kind = ObjectKind::kDaemonSet;
  world.cluster.Put(set);
  world.As<SetReplicas>().workload.kind = ObjectKind::kDaemonSet;
  EXPECT_EQ(world.Of("scale_limits").outcome, kDeny);
}

TEST(ScaleLimits, WhatHasNoStateIsNotScaled) {
  GuardWorld hpa(Scene::kScaleHpa);
  hpa.cluster.Edit(hpa.hpa,
                   [](ClusterObject& o) { o.state = std::monostate(); });
  EXPECT_EQ(hpa.Of("scale_limits").outcome, kDeny);
  GuardWorld none(Scene::kScaleHpa);
  none.EditWorkload([](ClusterObject& o) { StateOf(o).replicas = 0; });
  EXPECT_EQ(none.Of("scale_limits").outcome, kDeny);
  none.EditWorkload([](ClusterObject& o) { o.state = std::monostate(); });
  EXPECT_EQ(none.Of("scale_limits").outcome, kDeny);
}

}  // namespace
}  // namespace selfheal::guard
