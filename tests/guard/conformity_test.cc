#include <gtest/gtest.h>

#include <functional>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr FindingOutcome kAllow = FindingOutcome::kAllow;
constexpr FindingOutcome kDeny = FindingOutcome::kDeny;

TEST(GuardPlan, EveryNameMustAgree) {
  const std::function<void(GuardWorld&)> spoils[] = {
      [](GuardWorld& w) { w.purpose.plan_hash = "x"; },
      [](GuardWorld& w) { w.plan.hash = w.purpose.plan_hash = ""; },
      [](GuardWorld& w) { w.purpose.incident_id = "x"; },
      [](GuardWorld& w) { w.incident.target.name = "x"; },
      [](GuardWorld& w) { w.purpose.target.name = "x"; },
      [](GuardWorld& w) { w.purpose.action_id = ""; },
      [](GuardWorld& w) { w.purpose.intent_id = ""; },
      [](GuardWorld& w) { w.purpose.runbook = "x"; },
      [](GuardWorld& w) { w.purpose.step = 1; },
      [](GuardWorld& w) { w.plan.step = 1; },
      [](GuardWorld& w) { w.plan.step = w.purpose.step = -1; },
      [](GuardWorld& w) { w.plan.steps.clear(); },
      [](GuardWorld& w) { w.purpose.attempt = 4; },
      [](GuardWorld& w) { w.purpose.attempt = 0; },
      [](GuardWorld& w) { w.purpose.kind = ActionKind::kNotify; },
  };
  int index = 0;
  for (const auto& spoil : spoils) {
    for (const Scene scene : kAllScenes) {
      GuardWorld world(scene);
      spoil(world);
      EXPECT_EQ(world.Of("plan").outcome, kDeny)
          << index << " in scene " << static_cast<int>(scene);
    }
    ++index;
  }
}

TEST(GuardPlan, AChangedRunbookEndsAPlanButNotAnUndo) {
  for (const Scene scene : kAllScenes) {
    GuardWorld world(scene);
    world.runbook.digest = "edited";
    EXPECT_EQ(world.Of("plan").outcome, IsUndoScene(scene) ? kAllow : kDeny);
  }
}

TEST(GuardPlan, ExpiresAtItsMoment) {
  GuardWorld world(Scene::kCanary);
  world.clock.SetWall(world.plan.expires_at - Duration(1));
  EXPECT_EQ(world.Of("plan").outcome, kAllow);
  world.clock.SetWall(world.plan.expires_at);
  EXPECT_EQ(world.Of("plan").outcome, kDeny);
  world.purpose.first_of_action = false;
  EXPECT_EQ(world.Of("plan").outcome, kAllow) << "its action has begun";
  GuardWorld back(Scene::kCanary);
  back.clock.SetWall(back.plan.created_at - seconds(31));
  EXPECT_EQ(back.Of("plan").outcome, kDeny);
}

TEST(GuardPlan, TheMutationIsExactlyThePlannedChange) {
  const struct {
    Scene scene;
    std::function<void(GuardWorld&)> spoil;
  } cases[] = {
      {Scene::kRestartPod,
       [](GuardWorld& w) { w.As<DeletePod>().pod = w.pods[1]; }},
      {Scene::kRestartPod,
       [](GuardWorld& w) { w.As<DeletePod>().uid = "uid-x"; }},
      {Scene::kCanary, [](GuardWorld& w) { w.As<EvictPod>().pod = w.pods[2]; }},
      {Scene::kCanary, [](GuardWorld& w) { w.As<EvictPod>().uid = "uid-x"; }},
      {Scene::kCanary, [](GuardWorld& w) { w.plan.change.canaries.clear(); }},
      {Scene::kRest,
       [](GuardWorld& w) { w.As<SetRestartedAt>().restarted_at = "now"; }},
      {Scene::kRest,
       [](GuardWorld& w) { w.As<SetRestartedAt>().restarted_at = ""; }},
      {Scene::kRest,
       [](GuardWorld& w) { w.As<SetRestartedAt>().action_id = "other"; }},
      {Scene::kRest,
       [](GuardWorld& w) { w.As<SetRestartedAt>().workload.name = "x"; }},
      {Scene::kScale, [](GuardWorld& w) { w.As<SetReplicas>().replicas = 5; }},
      {Scene::kScale, [](GuardWorld& w) { w.As<SetReplicas>().replicas = 7; }},
      {Scene::kScaleHpa,
       [](GuardWorld& w) { w.As<SetHpaBounds>().max_replicas = 11; }},
      {Scene::kScaleHpa,
       [](GuardWorld& w) { w.As<SetHpaBounds>().min_replicas = 7; }},
      {Scene::kUndoRestart,
       [](GuardWorld& w) { w.As<SetRestartedAt>().restarted_at = ""; }},
      {Scene::kUndoScale,
       [](GuardWorld& w) { w.As<SetReplicas>().replicas = 1; }},
      {Scene::kUndoHpa,
       [](GuardWorld& w) { w.As<SetHpaBounds>().min_replicas = 1; }},
      {Scene::kUndoHpa,
       [](GuardWorld& w) { w.As<SetHpaBounds>().max_replicas = 9; }},
  };
  int index = 0;
  for (const auto& c : cases) {
    GuardWorld world(c.scene);
    c.spoil(world);
    EXPECT_EQ(world.Of("plan").outcome, kDeny) << index++;
    EXPECT_FALSE(world.Check().permit.has_value());
  }
}

TEST(GuardPlan, AStepDoesOnlyItsOwnAction) {
  GuardWorld world(Scene::kWhole);
  ASSERT_EQ(world.Of("plan").outcome, FindingOutcome::kAllow);
  world.plan.steps[0].action = ScaleOut{};
  EXPECT_EQ(world.Of("plan").outcome, FindingOutcome::kDeny);
  world.plan.steps[0].action = Notify{};
  EXPECT_EQ(world.Of("plan").outcome, FindingOutcome::kDeny);
}

TEST(GuardPlan, AnActionDoesOnlyItsOwnKindOfMutation) {
  for (const Scene scene : kAllScenes) {
    for (const Scene other : kAllScenes) {
      GuardWorld world(scene);
      GuardWorld donor(other);
      if (world.mutation.index() == donor.mutation.index()) continue;
      // Of the same action: the planned canary, while the rest is to come.
      if (scene == Scene::kRest && other == Scene::kCanary) continue;
      world.mutation = donor.mutation;
      EXPECT_FALSE(world.Check().permit.has_value())
          << static_cast<int>(scene) << " " << static_cast<int>(other);
    }
  }
}

}  // namespace
}  // namespace selfheal::guard
