// What guards say of a Rollout of Argo Rollouts, where it differs from a
// Deployment.
#include <gtest/gtest.h>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr auto kAllow = FindingOutcome::kAllow;
constexpr auto kDeny = FindingOutcome::kDeny;

/// The world with Rollout shop/cart in place of the Deployment: revision 2 of
/// two was promoted, and its own template is written without defaults.
class RolloutWorld : public GuardWorld {
 public:
  explicit RolloutWorld(Scene scene) : GuardWorld(scene) {
    ClusterObject object = *cluster.Get(deployment);
    cluster.Remove(deployment);
    object.ref = rollout;
    auto& state = std::get<WorkloadState>(object.state);
    state.update_strategy = "Canary";
    state.rollout = RolloutState{};
    state.rollout->phase = "Healthy";
    state.rollout->stable_hash = state.rollout->current_hash = "new";
    state.rollout->restart_at = state.rollout->restarted_at = LabelOr(
        state.template_annotations, "kubectl.kubernetes.io/restartedAt");
    state.template_annotations.clear();
    if (scene == Scene::kRollback) state.pod_template = R"({"bare":true})";
    cluster.Put(object);
    Own(replica_set, "new");
    Own({ObjectKind::kReplicaSet, "shop", "cart-old"}, "old");
    incident.target = plan.target = purpose.target = rollout;
    if (plan.change.object == deployment) plan.change.object = rollout;
    Aim();
  }

  RolloutState& State(ClusterObject& object) {
    return *std::get<WorkloadState>(object.state).rollout;
  }
  void Edit(const std::function<void(RolloutState&)>& change) {
    cluster.Edit(rollout, [&](ClusterObject& o) { change(State(o)); });
  }

  ObjectRef rollout{ObjectKind::kRollout, "shop", "cart"};

 private:
  void Own(const ObjectRef& set, const std::string& hash) {
    cluster.Edit(set, [&](ClusterObject& o) {
      o.owners = {{"Rollout", "cart", "uid-dep", true}};
      o.labels["rollouts-pod-template-hash"] = hash;
    });
  }
  void Aim() {
    const auto& object = ObjectOf(mutation);
    if (object == deployment) const_cast<ObjectRef&>(object) = rollout;
  }
};

/// In the middle of an update from "old" to "new", about to be given up.
class AbortWorld : public RolloutWorld {
 public:
  explicit AbortWorld(bool undo)
      : RolloutWorld(undo ? Scene::kUndoRollback : Scene::kRollback) {
    plan.change.from_value = "new";
    plan.change.to_value = "old";
    mutation = SetAborted{rollout, "uid-dep", "1001", !undo};
    Edit([&](RolloutState& r) {
      r.stable_hash = "old";
      r.phase = undo ? "Degraded" : "Paused";
      r.aborted = undo;
      r.aborted_by = undo ? "selfheal" : "";
    });
  }
};

TEST(RolloutKind, IsGuardedAsADeploymentIs) {
  for (const Scene scene :
       {Scene::kRestartPod, Scene::kCanary, Scene::kRest, Scene::kWhole,
        Scene::kScale, Scene::kUndoRestart, Scene::kUndoScale, Scene::kRollback,
        Scene::kUndoRollback}) {
    RolloutWorld world(scene);
    EXPECT_EQ(world.Objections(), std::vector<std::string>())
        << static_cast<int>(scene);
  }
}

TEST(RolloutKind, NothingBeginsInTheMiddleOfAnUpdateOrARestart) {
  for (const Scene scene : {Scene::kRestartPod, Scene::kWhole, Scene::kScale}) {
    RolloutWorld update(scene);
    update.Edit([](RolloutState& r) { r.stable_hash = "old"; });
    EXPECT_EQ(update.Of("rollout").outcome, kDeny);
    EXPECT_TRUE(update.Of("rollout").retry_at.has_value()) << "it may end";
    RolloutWorld restart(scene);
    restart.Edit([](RolloutState& r) { r.restarted_at = ""; });
    EXPECT_EQ(restart.Of("rollout").outcome, kDeny);
    EXPECT_TRUE(restart.Of("rollout").retry_at.has_value());
    RolloutWorld aborted(scene);
    aborted.Edit([](RolloutState& r) {
      r.stable_hash = "old";
      r.aborted = true;
    });
    EXPECT_EQ(aborted.Of("rollout").outcome, kDeny);
    EXPECT_FALSE(aborted.Of("rollout").retry_at.has_value()) << "a person's";
  }
}

TEST(RolloutKind, AStrategyThatIsNotKnownDoesNotRoll) {
  RolloutWorld world(Scene::kWhole);
  world.cluster.Edit(world.rollout, [](ClusterObject& o) {
    std::get<WorkloadState>(o.state).update_strategy = "";
  });
  EXPECT_EQ(world.Of("rollout").outcome, kDeny);
}

/// Its restart evicts in place; another template surges.
TEST(RolloutKind, ASinglePodIsNotRestarted) {
  for (const Scene scene : {Scene::kWhole, Scene::kRollback}) {
    RolloutWorld world(scene);
    world.cluster.Edit(world.rollout, [](ClusterObject& o) {
      std::get<WorkloadState>(o.state).replicas = 1;
    });
    for (const std::size_t i : {1u, 2u, 3u}) {
      world.cluster.Remove(world.pods[i]);
    }
    EXPECT_EQ(world.Of("availability").outcome,
              scene == Scene::kWhole ? kDeny : kAllow);
  }
}

TEST(RolloutKind, WhatStandsIsWhatItsControllerTells) {
  RolloutWorld world(Scene::kRollback);
  EXPECT_EQ(world.Of("revisions").outcome, kAllow);
  world.Edit([](RolloutState& r) { r.current_hash = "old"; });
  EXPECT_EQ(world.Of("revisions").outcome, kDeny) << "no earlier one";
  world.Edit([](RolloutState& r) { r.current_hash = "none"; });
  EXPECT_EQ(world.Of("revisions").outcome, kDeny);
  world.Edit([](RolloutState& r) { r.current_hash = ""; });
  EXPECT_EQ(world.Of("revisions").outcome, kDeny);
}

TEST(RolloutKind, AnUpdateIsGivenUpAndTakenUpAgain) {
  for (const bool undo : {false, true}) {
    AbortWorld world(undo);
    EXPECT_EQ(world.Objections(), std::vector<std::string>()) << undo;
    AbortWorld other(undo);
    other.Edit([](RolloutState& r) { r.current_hash = "third"; });
    EXPECT_EQ(other.Of("revisions").outcome, kDeny) << "another template";
    AbortWorld promoted(undo);
    promoted.Edit([](RolloutState& r) { r.stable_hash = "new"; });
    EXPECT_EQ(promoted.Of("revisions").outcome, kDeny) << "no update";
    AbortWorld first(undo);
    first.Edit([](RolloutState& r) { r.stable_hash = ""; });
    EXPECT_EQ(first.Of("revisions").outcome, kDeny) << "nothing to go back to";
    AbortWorld done(undo);
    done.Edit([&](RolloutState& r) { r.aborted = !undo; });
    EXPECT_EQ(done.Of("revisions").outcome, kDeny) << "it stands like that";
  }
}

TEST(RolloutKind, AnAbortOfAPersonIsNotTakenBack) {
  AbortWorld world(true);
  world.Edit([](RolloutState& r) { r.aborted_by = "kubectl-argo-rollouts"; });
  EXPECT_EQ(world.Of("identity").outcome, kDeny);
}

/// Of four pods two must serve: of maxUnavailable 3 a restart takes too many.
TEST(RolloutKind, ARestartTakesWhatItsStrategyAllows) {
  for (const int most : {0, 1, 2, 3}) {
    for (const Scene scene : {Scene::kCanary, Scene::kWhole}) {
      RolloutWorld world(scene);
      world.cluster.Edit(world.rollout, [&](ClusterObject& o) {
        std::get<WorkloadState>(o.state).max_unavailable = most;
      });
      EXPECT_EQ(world.Of("availability").outcome, most < 3 ? kAllow : kDeny)
          << most;
    }
  }
}

TEST(RolloutKind, ARightOnRolloutsIsMissedByRolloutsAlone) {
  const MissingRight missing{
      ActionKind::kRollingRestart,
      {.verb = "patch", .group = "argoproj.io", .resource = "rollouts"}};
  RolloutWorld rollout(Scene::kWhole);
  rollout.surroundings.state.missing_rights = {missing};
  EXPECT_EQ(rollout.Of("rights").outcome, kDeny);
  GuardWorld deployment(Scene::kWhole);
  deployment.surroundings.state.missing_rights = {missing};
  EXPECT_EQ(deployment.Of("rights").outcome, kAllow);
}

TEST(RolloutKind, AnAbortIsNotATemplateAndNoUndoOfOne) {
  AbortWorld way(false);
  way.As<SetAborted>().aborted = false;
  EXPECT_EQ(way.Of("plan").outcome, kDeny);
  RolloutWorld world(Scene::kRollback);
  world.mutation = SetAborted{world.rollout, "uid-dep", "1001", true};
  EXPECT_EQ(world.Of("plan").outcome, kDeny);
}

}  // namespace
}  // namespace selfheal::guard
