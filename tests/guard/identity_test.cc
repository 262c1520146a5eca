#include <gtest/gtest.h>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr FindingOutcome kAllow = FindingOutcome::kAllow;
constexpr FindingOutcome kDeny = FindingOutcome::kDeny;

TEST(Identity, AnotherUidIsAnotherObject) {
  for (const Scene scene : kAllScenes) {
    GuardWorld target(scene);
    target.EditWorkload([](ClusterObject& o) { o.uid = "uid-new"; });
    EXPECT_FALSE(target.Check().permit.has_value());
    EXPECT_EQ(target.Of("identity").outcome, kDeny);
    GuardWorld object(scene);
    object.cluster.Edit(ObjectOf(object.mutation),
                        [](ClusterObject& o) { o.uid = "uid-new"; });
    EXPECT_EQ(object.Of("identity").outcome, kDeny);
  }
}

TEST(Identity, ThePlanIsForTheTargetThatWasRead) {
  GuardWorld world(Scene::kScale);
  world.plan.target.name = "pay";
  EXPECT_EQ(world.Of("identity").outcome, FindingOutcome::kDeny);
}

TEST(Identity, AnHpaOfAnUnknownKindLeadsNowhere) {
  GuardWorld world(Scene::kScaleHpa);
  world.cluster.Edit(world.hpa, [](ClusterObject& o) {
    std::get<HpaState>(o.state).target_kind = "Rollout";
  });
  EXPECT_FALSE(world.Check().permit.has_value());
}

TEST(Identity, GoneOrGoing) {
  for (const Scene scene : kAllScenes) {
    GuardWorld gone(scene);
    gone.cluster.Remove(ObjectOf(gone.mutation));
    EXPECT_EQ(gone.Of("identity").outcome, kDeny);
    EXPECT_FALSE(gone.Check().permit.has_value());
    GuardWorld going(scene);
    going.cluster.Edit(ObjectOf(going.mutation),
                       [](ClusterObject& o) { o.deleting = true; });
    EXPECT_EQ(going.Of("identity").outcome, kDeny);
  }
}

TEST(Identity, EmptyUidsNeverMatch) {
  GuardWorld world(Scene::kScale);
  world.EditWorkload([](ClusterObject& o) { o.uid = ""; });
  world.plan.target_uid = world.purpose.target_uid = "";
  world.As<SetReplicas>().uid = world.plan.change.uid = "";
  EXPECT_EQ(world.Of("identity").outcome, kDeny);
}

TEST(Identity, AChangedSpecEndsThePlanAMovedStatusWaits) {
  GuardWorld spec(Scene::kScale);
  spec.EditWorkload([](ClusterObject& o) { o.generation = 4; });
  EXPECT_EQ(spec.Of("identity").outcome, kDeny);
  EXPECT_FALSE(spec.Of("identity").retry_at.has_value());
  GuardWorld status(Scene::kScale);
  status.EditWorkload([](ClusterObject& o) { o.resource_version = "1002"; });
  EXPECT_EQ(status.Of("identity").outcome, kDeny);
  EXPECT_EQ(status.Of("identity").retry_at, status.now());
  GuardWorld none(Scene::kScale);
  none.As<SetReplicas>().resource_version = "";
  none.EditWorkload([](ClusterObject& o) { o.resource_version = ""; });
  EXPECT_EQ(none.Of("identity").outcome, kDeny);
}

TEST(Identity, OwnersAreFollowedByUid) {
  GuardWorld set(Scene::kRestartPod);
  set.cluster.Edit(set.replica_set,
                   [](ClusterObject& o) { o.uid = "uid-rs-2"; });
  EXPECT_EQ(set.Of("identity").outcome, kDeny);
  GuardWorld adopted(Scene::kRestartPod);
  adopted.cluster.Edit(adopted.replica_set, [](ClusterObject& o) {
    o.owners[0].uid = "uid-of-a-deployment-before";
  });
  EXPECT_EQ(adopted.Of("identity").outcome, kDeny);
}

TEST(Identity, BareAndForeignPodsAreLeftAlone) {
  GuardWorld bare(Scene::kRestartPod);
  bare.cluster.Edit(bare.pods[0], [](ClusterObject& o) { o.owners.clear(); });
  EXPECT_EQ(bare.Of("identity").outcome, kDeny);
  for (const char* kind : {"Rollout", "Job", "Node", "CustomThing"}) {
    GuardWorld world(Scene::kRestartPod);
    world.cluster.Edit(world.pods[0], [&](ClusterObject& o) {
      o.owners = {{kind, "x", "uid-x", true}};
    });
    EXPECT_EQ(world.Of("identity").outcome, kDeny) << kind;
  }
}

TEST(Identity, APodOfAnotherWorkloadIsNoPartOfTheTarget) {
  GuardWorld world(Scene::kRestartPod);
  ClusterObject other = *world.cluster.Get(world.deployment);
  other.ref.name = "other";
  other.uid = "uid-other";
  world.cluster.Put(other);
  world.cluster.Edit(world.replica_set, [](ClusterObject& o) {
    o.owners = {{"Deployment", "other", "uid-other", true}};
  });
  EXPECT_EQ(world.Of("identity").outcome, kDeny);
}

TEST(Identity, AnUndoOnlyTakesBackWhatStillStands) {
  GuardWorld restart(Scene::kUndoRestart);
  restart.EditWorkload([](ClusterObject& o) {
    std::get<WorkloadState>(o.state)
        .template_annotations["kubectl.kubernetes.io/restartedAt"] = "later";
  });
  EXPECT_EQ(restart.Of("identity").outcome, kDeny);
  GuardWorld scale(Scene::kUndoScale);
  scale.EditWorkload(
      [](ClusterObject& o) { std::get<WorkloadState>(o.state).replicas = 9; });
  EXPECT_EQ(scale.Of("identity").outcome, kDeny);
  GuardWorld hpa(Scene::kUndoHpa);
  hpa.cluster.Put(MakeHpa(6, 12));
  EXPECT_EQ(hpa.Of("identity").outcome, kDeny);
  GuardWorld moved(Scene::kUndoScale);
  moved.EditWorkload([](ClusterObject& o) { o.generation = 4; });
  EXPECT_EQ(moved.Of("identity").outcome, kAllow) << "our own change did that";
}

}  // namespace
}  // namespace selfheal::guard
