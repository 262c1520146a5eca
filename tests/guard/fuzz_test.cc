// Generated worlds: whatever is permitted leaves the floors standing.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  int From(int low, int high) {
    return low + static_cast<int>(random_() %
                                  static_cast<std::uint64_t>(high - low + 1));
  }
  bool OneIn(int n) { return From(1, n) == 1; }

 private:
  std::mt19937_64 random_;
};

TEST(Fuzz, ReplicasNeverLeaveTheirBounds) {
  Dice dice(7);
  int permitted = 0;
  for (int round = 0; round < 20000; ++round) {
    GuardWorld world(dice.OneIn(2) ? Scene::kScale : Scene::kUndoScale);
    const int live = dice.From(0, 12);
    const int to = dice.From(-2, 25);
    auto& scale = world.policy.guards.scale;
    scale.percent = dice.From(-10, 300);
    scale.max_replicas = dice.From(0, 15);
    world.plan.steps[0].action = ScaleOut{dice.From(1, 300), dice.From(1, 30)};
    world.EditWorkload([&](ClusterObject& o) {
      WorkloadState& state = std::get<WorkloadState>(o.state);
      state.replicas = state.updated = state.current_replicas = live;
    });
    if (world.scene == Scene::kScale) {
      world.plan.change.from = live;
      world.plan.change.to = to;
    } else {
      world.plan.change.to = live;
      world.plan.change.from = to;
    }
    world.As<SetReplicas>().replicas = to;
    if (!world.Check().permit) continue;
    ++permitted;
    EXPECT_GE(live, 1);
    EXPECT_GE(to, 1);
    if (world.scene == Scene::kScale) {
      EXPECT_GT(to, live);
      EXPECT_LE(to, 2 * live);
      EXPECT_LE(to, scale.max_replicas);
      EXPECT_LE((to - live) * 100, std::max(100, live * scale.percent + 99));
    }
  }
  EXPECT_GT(permitted, 500) << "the generator must reach what is allowed";
}

TEST(Fuzz, HpaBoundsNeverLeaveTheirs) {
  Dice dice(8);
  int permitted = 0;
  for (int round = 0; round < 20000; ++round) {
    GuardWorld world(Scene::kScaleHpa);
    const int min = dice.From(1, 6);
    const int max = dice.From(min, 10);
    const int low = dice.From(-1, 14);
    const int high = dice.From(-1, 14);
    world.policy.guards.scale.max_replicas = dice.From(1, 14);
    world.cluster.Put(MakeHpa(min, max));
    world.plan.change.from = min;
    world.plan.change.from_max = max;
    world.plan.change.to = world.As<SetHpaBounds>().min_replicas = low;
    world.plan.change.to_max = world.As<SetHpaBounds>().max_replicas = high;
    if (!world.Check().permit) continue;
    ++permitted;
    EXPECT_GE(low, min);
    EXPECT_GE(high, max);
    EXPECT_LE(low, high);
    EXPECT_LE(high, world.policy.guards.scale.max_replicas);
    EXPECT_LE(high, 2 * max);
    EXPECT_LE(low, 2 * std::max(min, 4));
  }
  EXPECT_GT(permitted, 200);
}

/// Taking a pod away, or rolling, never goes below the floor.
TEST(Fuzz, PodsThatServeNeverFallBelowTheFloor) {
  Dice dice(9);
  int permitted = 0;
  for (int round = 0; round < 20000; ++round) {
    const Scene scenes[] = {Scene::kRestartPod, Scene::kCanary, Scene::kWhole};
    GuardWorld world(scenes[dice.From(0, 2)]);
    const int desired = dice.From(1, 8);
    world.EditWorkload([&](ClusterObject& o) {
      WorkloadState& state = std::get<WorkloadState>(o.state);
      state.replicas = state.updated = state.current_replicas = desired;
    });
    for (const ObjectRef& ref : world.pods) {
      world.cluster.Edit(ref, [&](ClusterObject& o) {
        std::get<PodState>(o.state).ready = !dice.OneIn(3);
        o.deleting = dice.OneIn(10);
      });
    }
    std::optional<int> allowed;
    if (dice.OneIn(2)) {
      allowed = dice.From(0, 2);
      world.cluster.Put(MakePdb(*allowed));
    }
    if (!world.Check().permit) continue;
    ++permitted;
    int serving = 0;
    for (const ObjectRef& ref : world.pods) {
      const ClusterObject pod = *world.cluster.Get(ref);
      serving += std::get<PodState>(pod.state).ready && !pod.deleting ? 1 : 0;
    }
    const bool rolls = world.scene == Scene::kWhole;
    if (serving == 0) continue;
    bool takes_away = false;
    if (!rolls) {
      const ClusterObject pod = *world.cluster.Get(ObjectOf(world.mutation));
      takes_away = std::get<PodState>(pod.state).ready;
    }
    if (takes_away || rolls) {
      const int left = takes_away ? serving - 1 : serving;
      EXPECT_GE(left, std::max(1, (desired + 1) / 2));
      EXPECT_NE(allowed, 0);
    }
  }
  EXPECT_GT(permitted, 500);
}

/// Deleting evidence must never turn a denial into an allowance.
TEST(Fuzz, LessEvidenceNeverAllowsMore) {
  Dice dice(10);
  GuardWorld world(Scene::kCanary);
  for (int round = 0; round < 20000; ++round) {
    world.evidence.metrics.clear();
    const int count = dice.From(1, 5);
    for (int i = 0; i < count; ++i) {
      MetricWindow metric;
      metric.name = "m" + std::to_string(i);
      metric.optional = dice.OneIn(2);
      if (dice.OneIn(3)) metric.problem = "no series";
      world.evidence.metrics.push_back(metric);
    }
    const GuardRequest request = world.Request();
    const Facts facts;
    const GuardInput input{world.policy, request, facts, world.now()};
    if (GuardFreshness(input).outcome == FindingOutcome::kAllow) continue;
    for (MetricWindow& metric : world.evidence.metrics) {
      const std::string before = std::exchange(metric.problem, "absent");
      EXPECT_EQ(GuardFreshness(input).outcome, FindingOutcome::kDeny);
      metric.problem = before;
    }
  }
}

/// The state changes between an approval and the action: never on what moved.
TEST(Fuzz, NothingIsDoneOnWhatMovedAfterAnApproval) {
  Dice dice(11);
  for (int round = 0; round < 10000; ++round) {
    const Scene scene = kAllScenes[dice.From(0, 5)];
    GuardWorld world(scene);
    world.runbook.guards.require_approval = true;
    Approval approval;
    approval.plan_hash = world.plan.hash;
    approval.target_uid = world.plan.target_uid;
    approval.generation = world.plan.change.generation;
    approval.expires_at = world.now() + seconds(600);
    approval.state = scene == Scene::kRest ? ApprovalState::kConsumed
                                           : ApprovalState::kGranted;
    approval.decided_by = "ann";
    approval.grants = {{"ann", approval.asked_at, ""}};
    world.incident.approval = approval;
    ASSERT_TRUE(world.Check().permit.has_value());
    const ObjectRef object = ObjectOf(world.mutation);
    switch (dice.From(0, 4)) {
      case 0:
        world.cluster.Edit(object,
                           [](ClusterObject& o) { o.resource_version = "2"; });
        break;
      case 1:
        world.cluster.Edit(object, [](ClusterObject& o) { o.uid = "other"; });
        break;
      case 2:
        world.cluster.Remove(world.deployment);
        break;
      case 3:
        world.EditWorkload([](ClusterObject& o) { o.uid = "other"; });
        break;
      default:
        world.clock.Advance(seconds(dice.From(301, 5000)));
    }
    EXPECT_FALSE(world.Check().permit.has_value()) << round;
  }
}

}  // namespace
}  // namespace selfheal::guard
