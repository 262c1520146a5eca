// What must be left standing: availability, rollout.
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

void SetReady(GuardWorld& world, std::size_t first, bool ready) {
  for (std::size_t i = first; i < world.pods.size(); ++i) {
    world.cluster.Edit(world.pods[i], [&](ClusterObject& o) {
      std::get<PodState>(o.state).ready = ready;
    });
  }
}

TEST(Availability, HalfOfTheOthersMustServe) {
  const struct {
    int replicas;       // Desired.
    std::size_t ready;  // Of the four pods, from the first on.
    FindingOutcome outcome;
  } cases[] = {{4, 4, kAllow}, {4, 3, kAllow}, {4, 2, kDeny}, {2, 2, kAllow},
               {6, 4, kAllow}, {8, 4, kDeny},  {7, 4, kDeny}, {1, 2, kAllow}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    world.EditWorkload([&](ClusterObject& o) {
      StateOf(o).replicas = c.replicas;
      StateOf(o).max_unavailable = c.replicas / 4;
    });
    SetReady(world, c.ready, false);
    const Finding finding = world.Of("availability");
    EXPECT_EQ(finding.outcome, c.outcome) << c.replicas << " " << c.ready;
    EXPECT_EQ(finding.retry_at.has_value(), c.outcome == kDeny)
        << "others may become ready";
  }
}

TEST(Availability, NeverTheOnlyPodThatServes) {
  GuardWorld world(Scene::kCanary);
  world.EditWorkload([](ClusterObject& o) { StateOf(o).replicas = 1; });
  for (const std::size_t i : {0u, 2u, 3u}) world.cluster.Remove(world.pods[i]);
  EXPECT_EQ(world.Of("availability").outcome, kDeny);
  EXPECT_FALSE(world.Of("availability").retry_at.has_value());
}

TEST(Availability, TheOnlyPodIsRestartedBetweenTwoCrashes) {
  GuardWorld world(Scene::kRestartPod);
  world.EditWorkload([](ClusterObject& o) { StateOf(o).replicas = 1; });
  for (const std::size_t i : {1u, 2u, 3u}) world.cluster.Remove(world.pods[i]);
  EXPECT_EQ(world.Of("availability").outcome, kAllow);
  world.cluster.Edit(world.pods[0], [](ClusterObject& o) {
    std::get<PodState>(o.state).ready = true;
  });
  EXPECT_EQ(world.Of("availability").outcome, kDeny);
  EXPECT_TRUE(world.Of("availability").retry_at.has_value());
}

TEST(Availability, APodThatDoesNotServeMayGo) {
  GuardWorld world(Scene::kRestartPod);
  SetReady(world, 1, false);
  world.cluster.Put(MakePdb(0));
  EXPECT_EQ(world.Of("availability").outcome, kAllow);
}

TEST(Availability, PodsOnTheirWayOutDoNotCount) {
  GuardWorld world(Scene::kCanary);
  for (const std::size_t i : {2u, 3u}) {
    world.cluster.Edit(world.pods[i],
                       [](ClusterObject& o) { o.deleting = true; });
  }
  EXPECT_EQ(world.Of("availability").outcome, kDeny);
}

TEST(Availability, PodsOfAnotherWorkloadWithTheSameLabelsDoNotCount) {
  GuardWorld world(Scene::kCanary);
  for (const std::size_t i : {2u, 3u}) {
    world.cluster.Edit(world.pods[i], [](ClusterObject& o) {
      o.owners = {{"ReplicaSet", "cache-xyz", "uid-rs-9", true}};
    });
  }
  EXPECT_EQ(world.Of("availability").outcome, kDeny);
}

TEST(Availability, DisruptionBudgets) {
  const struct {
    std::function<void(ClusterObject&)> edit;
    FindingOutcome outcome;
  } cases[] = {
      {[](ClusterObject&) {}, kAllow},
      {[](ClusterObject& o) {
         std::get<PdbState>(o.state).disruptions_allowed = 0;
       },
       kDeny},
      {[](ClusterObject& o) { o.generation = 4; }, kDeny},  // Not counted yet.
      {[](ClusterObject& o) {
         std::get<PdbState>(o.state).selector_has_expressions = true;
       },
       kDeny},
      {[](ClusterObject& o) {
         PdbState& pdb = std::get<PdbState>(o.state);
         pdb.selector = {{"app", "other"}};
         pdb.disruptions_allowed = 0;
       },
       kAllow},
      {[](ClusterObject& o) {
         PdbState& pdb = std::get<PdbState>(o.state);
         pdb.selector = {};
         pdb.selects_all = true;
         pdb.disruptions_allowed = 0;
       },
       kDeny},
      {[](ClusterObject& o) {
         PdbState& pdb = std::get<PdbState>(o.state);
         pdb.selector = {};
         pdb.selector_has_expressions = true;
       },
       kDeny},
      {[](ClusterObject& o) { o.state = std::monostate{}; }, kDeny},
  };
  int index = 0;
  for (const auto& c : cases) {
    for (const Scene scene : {Scene::kCanary, Scene::kWhole}) {
      GuardWorld world(scene);
      ClusterObject pdb = MakePdb(1);
      c.edit(pdb);
      world.cluster.Put(pdb);
      EXPECT_EQ(world.Of("availability").outcome, c.outcome) << index;
    }
    ++index;
  }
}

TEST(Availability, EveryBudgetMustAgree) {
  GuardWorld world(Scene::kCanary);
  world.cluster.Put(MakePdb(1));
  ClusterObject second = MakePdb(0);
  second.ref.name = "cart-2";
  world.cluster.Put(second);
  EXPECT_EQ(world.Of("availability").outcome, kDeny);
}

TEST(Availability, SelectorsByExpressionsAreNotGuessed) {
  GuardWorld world(Scene::kCanary);
  world.EditWorkload(
      [](ClusterObject& o) { StateOf(o).selector_has_expressions = true; });
  EXPECT_EQ(world.Of("availability").outcome, kDeny);
  GuardWorld empty(Scene::kCanary);
  empty.EditWorkload([](ClusterObject& o) { StateOf(o).selector.clear(); });
  EXPECT_EQ(empty.Of("availability").outcome, kDeny);
}

TEST(Availability, ASingleReplicaOnlyRollsWhereItSurges) {
  GuardWorld world(Scene::kWhole);
  world.EditWorkload([](ClusterObject& o) {
    StateOf(o).replicas = 1;
    StateOf(o).max_unavailable = 0;
  });
  for (const std::size_t i : {1u, 2u, 3u}) world.cluster.Remove(world.pods[i]);
  EXPECT_EQ(world.Of("availability").outcome, kAllow);

  for (const ObjectKind kind :
       {ObjectKind::kDeployment, ObjectKind::kStatefulSet,
        ObjectKind::kDaemonSet}) {
    GuardWorld set(Scene::kWhole);
    ClusterObject workload = *set.cluster.Get(set.deployment);
    workload.ref.kind = kind;
    StateOf(workload).replicas = 1;
    set.cluster.Put(workload);
    set.As<SetRestartedAt>().workload.kind = kind;
    for (const std::size_t i : {1u, 2u, 3u}) set.cluster.Remove(set.pods[i]);
    set.cluster.Edit(set.pods[0], [&](ClusterObject& o) {
      if (kind != ObjectKind::kDeployment) {
        o.owners = {{"StatefulSet", "cart", "uid-dep", true}};
      }
    });
    EXPECT_EQ(set.Of("availability").outcome, kDeny);
    EXPECT_FALSE(set.Of("availability").retry_at.has_value())
        << "waiting brings no second pod";
  }
}

TEST(Availability, ARolloutMustLeaveTheFloorWhereAllPodsServe) {
  for (const Scene scene : {Scene::kCanary, Scene::kRest, Scene::kWhole}) {
    for (const int away : {0, 1, 2, 3, 4}) {
      GuardWorld world(scene);
      world.EditWorkload(
          [&](ClusterObject& o) { StateOf(o).max_unavailable = away; });
      const Finding finding = world.Of("availability");
      EXPECT_EQ(finding.outcome, away > 2 ? kDeny : kAllow) << away;
      EXPECT_FALSE(finding.retry_at.has_value()) << "no waiting helps";
    }
  }
  GuardWorld pod(Scene::kRestartPod);
  pod.EditWorkload([](ClusterObject& o) { StateOf(o).max_unavailable = 4; });
  EXPECT_EQ(pod.Of("availability").outcome, kAllow) << "a pod is no rollout";
}

TEST(Availability, ARolloutMustFitIntoTheBudget) {
  const struct {
    int away;
    int desired;  // Of the four pods.
    int allowed;  // Now.
    FindingOutcome canary;
    FindingOutcome whole;
    bool waits;
  } cases[] = {{1, 3, 1, kAllow, kAllow, false},
               {2, 3, 1, kDeny, kDeny, false},
               {2, 2, 2, kAllow, kAllow, false},
               {2, 2, 1, kAllow, kDeny, true},
               {0, 4, 0, kDeny, kDeny, true}};
  for (const auto& c : cases) {
    for (const Scene scene : {Scene::kCanary, Scene::kWhole}) {
      GuardWorld world(scene);
      world.EditWorkload(
          [&](ClusterObject& o) { StateOf(o).max_unavailable = c.away; });
      ClusterObject pdb = MakePdb(c.allowed);
      std::get<PdbState>(pdb.state).expected = 4;
      std::get<PdbState>(pdb.state).desired_healthy = c.desired;
      world.cluster.Put(pdb);
      const Finding finding = world.Of("availability");
      const FindingOutcome wanted =
          scene == Scene::kCanary ? c.canary : c.whole;
      EXPECT_EQ(finding.outcome, wanted) << c.away << " " << c.desired;
      EXPECT_EQ(finding.retry_at.has_value(), wanted == kDeny && c.waits);
    }
  }
}

TEST(Availability, AWayBackIsNotHeldUpByPodsThatDoNotServe) {
  GuardWorld world(Scene::kUndoRestart);
  SetReady(world, 1, false);
  world.cluster.Put(MakePdb(0));
  EXPECT_EQ(world.Of("availability").outcome, kAllow);
  GuardWorld forth(Scene::kWhole);
  SetReady(forth, 1, false);
  EXPECT_EQ(forth.Of("availability").outcome, kDeny) << "which a way forth is";
}

TEST(Availability, WhatHasNoStateIsNotTakenAway) {
  for (const Scene scene : {Scene::kCanary, Scene::kWhole}) {
    GuardWorld world(scene);
    world.EditWorkload([](ClusterObject& o) { o.state = std::monostate(); });
    EXPECT_EQ(world.Of("availability").outcome, kDeny);
  }
  GuardWorld pod(Scene::kCanary);
  pod.cluster.Edit(ObjectOf(pod.mutation),
                   [](ClusterObject& o) { o.state = std::monostate(); });
  EXPECT_EQ(pod.Of("availability").outcome, kDeny);
}

TEST(Availability, ARolloutNeedsHalfOrHasNothingToLose) {
  GuardWorld world(Scene::kWhole);
  SetReady(world, 2, false);
  EXPECT_EQ(world.Of("availability").outcome, kAllow);
  SetReady(world, 1, false);
  EXPECT_EQ(world.Of("availability").outcome, kDeny);
  SetReady(world, 0, false);
  EXPECT_EQ(world.Of("availability").outcome, kAllow);
}

TEST(Rollout, StrategyMustRoll) {
  for (const char* strategy : {"Recreate", "OnDelete", "", "Something"}) {
    for (const Scene scene :
         {Scene::kCanary, Scene::kRest, Scene::kWhole, Scene::kUndoRestart}) {
      GuardWorld world(scene);
      world.EditWorkload(
          [&](ClusterObject& o) { StateOf(o).update_strategy = strategy; });
      EXPECT_EQ(world.Of("rollout").outcome, kDeny) << strategy;
    }
    GuardWorld pod(Scene::kRestartPod);
    pod.EditWorkload(
        [&](ClusterObject& o) { StateOf(o).update_strategy = strategy; });
    EXPECT_EQ(pod.Of("rollout").outcome, kAllow) << "a pod needs no rollout";
  }
}

TEST(Rollout, OneUnderWayWaits) {
  const std::function<void(ClusterObject&)> edits[] = {
      [](ClusterObject& o) { StateOf(o).observed_generation = 2; },
      [](ClusterObject& o) { StateOf(o).updated = 3; },
      [](ClusterObject& o) { StateOf(o).current_replicas = 5; },
  };
  for (const auto& edit : edits) {
    for (const Scene scene : {Scene::kRestartPod, Scene::kCanary, Scene::kRest,
                              Scene::kWhole, Scene::kScale}) {
      GuardWorld world(scene);
      world.EditWorkload(edit);
      const Finding finding = world.Of("rollout");
      EXPECT_EQ(finding.outcome, kDeny);
      EXPECT_EQ(finding.retry_at, world.now() + seconds(10));
    }
    GuardWorld undo(Scene::kUndoRestart);
    undo.EditWorkload(edit);
    EXPECT_EQ(undo.Of("rollout").outcome, kAllow);
  }
}

TEST(Rollout, TooFewNewPodsAreARolloutToo) {
  GuardWorld world(Scene::kCanary);
  world.EditWorkload([](ClusterObject& o) {
    StateOf(o).updated = 2;
    StateOf(o).current_replicas = 2;
  });
  EXPECT_EQ(world.Of("rollout").outcome, kDeny);
  EXPECT_TRUE(world.Of("rollout").retry_at.has_value());
  world.EditWorkload([](ClusterObject& o) { o.state = std::monostate(); });
  EXPECT_EQ(world.Of("rollout").outcome, kDeny);
}

TEST(Rollout, OneThatFailedNeedsAPerson) {
  GuardWorld world(Scene::kRestartPod);
  world.EditWorkload(
      [](ClusterObject& o) { StateOf(o).progress_deadline_exceeded = true; });
  EXPECT_EQ(world.Of("rollout").outcome, kDeny);
  EXPECT_FALSE(world.Of("rollout").retry_at.has_value());
}

TEST(Rollout, PausedDoesNothing) {
  GuardWorld world(Scene::kUndoRestart);
  world.EditWorkload([](ClusterObject& o) { StateOf(o).paused = true; });
  EXPECT_EQ(world.Of("rollout").outcome, kDeny);
}

}  // namespace
}  // namespace selfheal::guard
