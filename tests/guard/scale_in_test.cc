// A scale-in: guarded as any action, but calm takes the place of trouble.

#include <gtest/gtest.h>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr FindingOutcome kAllow = FindingOutcome::kAllow;
constexpr FindingOutcome kDeny = FindingOutcome::kDeny;

MetricWindow Percent(std::string name, double value) {
  MetricWindow metric;
  metric.name = std::move(name);
  metric.unit = "percent";
  metric.bad = BadDirection::kRises;
  metric.limit = 90;
  metric.window.values.assign(60, value);
  return metric;
}

/// Deployment shop/cart 4 -> 3, calm for an hour.
struct ScaleInWorld : GuardWorld {
  ScaleInWorld() : GuardWorld(Scene::kScale) {
    plan.steps[0].action = ScaleIn{.replicas = 3};
    plan.change.to = 3;
    purpose.kind = ActionKind::kScaleIn;
    As<SetReplicas>().replicas = 3;
    incident.takes_back = "01JDHTA000000000000000000B";
    incident.from_watch = true;
    incident.alerts.clear();
    incident.assessment->outcome = Judgement::kNotConfirmed;
    evidence.metrics = {Percent("throttled_percent", 2)};
  }
  void StandAt(int replicas) {
    plan.change.from = replicas;
    EditWorkload([&](ClusterObject& o) {
      std::get<WorkloadState>(o.state).replicas = replicas;
    });
  }
};

TEST(ScaleIn, OfACalmWorkloadPassesEveryGuard) {
  EXPECT_EQ(ScaleInWorld().Objections(), std::vector<std::string>());
}

TEST(ScaleIn, NeedsCalmAndASureJudge) {
  ScaleInWorld busy;
  busy.evidence.metrics[0].window.values[20] = 95;
  EXPECT_EQ(busy.Of("confirmation").outcome, kDeny);
  for (const Judgement other :
       {Judgement::kConfirmed, Judgement::kInconclusive}) {
    ScaleInWorld world;
    world.incident.assessment->outcome = other;
    EXPECT_EQ(world.Of("confirmation").outcome, kDeny);
  }
  ScaleInWorld older;
  older.assessed_at = *older.assessed_at - seconds(60);
  EXPECT_EQ(older.Of("confirmation").outcome, kDeny);
}

TEST(ScaleIn, NeedsAScaleOutOfOursAndNoAlert) {
  ScaleInWorld nobodys;
  nobodys.incident.takes_back.clear();
  EXPECT_EQ(nobodys.Of("confirmation").outcome, kDeny);
  ScaleInWorld alerted;
  alerted.incident.alerts = {{"0123456789abcdef", "Busy", alerted.now(), true}};
  EXPECT_EQ(alerted.Of("confirmation").outcome, kDeny);
  ScaleInWorld other;
  other.plan.steps[0].action = ScaleOut{};
  EXPECT_EQ(other.Of("plan").outcome, kDeny);
  EXPECT_EQ(other.Of("confirmation").outcome, kDeny);
}

TEST(ScaleIn, TakesAtMostHalfAndNeverAll) {
  const struct {
    int from, to;
    FindingOutcome outcome;
  } cases[] = {{4, 3, kAllow}, {4, 2, kAllow}, {4, 1, kDeny}, {4, 4, kDeny},
               {4, 5, kDeny},  {4, 0, kDeny},  {2, 1, kAllow}};
  for (const auto& c : cases) {
    ScaleInWorld world;
    world.StandAt(c.from);
    world.As<SetReplicas>().replicas = c.to;
    EXPECT_EQ(world.Of("scale_limits").outcome, c.outcome)
        << c.from << " -> " << c.to;
  }
}

TEST(ScaleIn, LeavesWhatADisruptionBudgetWants) {
  ScaleInWorld enough;
  ClusterObject pdb = MakePdb(1);
  std::get<PdbState>(pdb.state).desired_healthy = 3;
  enough.cluster.Put(pdb);
  EXPECT_EQ(enough.Of("scale_limits").outcome, kAllow);
  ScaleInWorld few;
  std::get<PdbState>(pdb.state).desired_healthy = 4;
  few.cluster.Put(pdb);
  EXPECT_EQ(few.Of("scale_limits").outcome, kDeny);
}

TEST(ScaleIn, OfAnHpaLowersItsBounds) {
  ScaleInWorld world;
  world.cluster.Put(MakeHpa(6, 10));
  world.plan.change.object = world.hpa;
  world.plan.change.uid = "uid-hpa";
  world.plan.change.generation = 0;
  world.plan.change.from = 6;
  world.plan.change.from_max = 10;
  world.plan.change.to = 3;
  world.plan.change.to_max = 8;
  world.plan.steps[0].action = ScaleIn{.replicas = 3, .max_replicas = 8};
  world.mutation = SetHpaBounds{world.hpa, "uid-hpa", "1001", 3, 8, "action"};
  EXPECT_EQ(world.Objections(), std::vector<std::string>());
  world.As<SetHpaBounds>().max_replicas = 11;
  EXPECT_EQ(world.Of("scale_limits").outcome, kDeny);
  EXPECT_EQ(world.Of("plan").outcome, kDeny);
}

TEST(ScaleIn, ItsUndoGoesBackToWhatStood) {
  ScaleInWorld world;
  world.plan.change.from = 5;
  world.plan.change.to = 4;
  world.purpose.kind = ActionKind::kUndoScaleIn;
  world.purpose.first_of_action = false;
  world.As<SetReplicas>().replicas = 5;
  EXPECT_EQ(world.Objections(), std::vector<std::string>());
  world.As<SetReplicas>().replicas = 6;
  EXPECT_EQ(world.Of("plan").outcome, kDeny);
}

}  // namespace
}  // namespace selfheal::guard
