// What the actions do with a Rollout of Argo Rollouts.
#include <gtest/gtest.h>

#include "execute/observe.h"
#include "execute/steps.h"
#include "execute/template_check.h"
#include "execute/workload.h"
#include "tests/execute/cart_object.h"
#include "tests/fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

using testing::Named;

const ObjectRef kCart{ObjectKind::kRollout, "shop", "cart"};
constexpr seconds kHour{3600};

Time At(seconds after) {
  return Time(std::chrono::hours(24 * 365 * 50)) + after;
}

/// As a ReplicaSet keeps it: the API server has put its defaults in.
std::string Kept(const std::string& image) {
  return R"({"spec":{"containers":[{"image":")" + image +
         R"(","name":"app"}],"securityContext":{},"serviceAccount":"a",)" +
         R"("serviceAccountName":"a"}})";
}

/// As a Rollout has it.
std::string Bare(const std::string& image) {
  return R"({"spec":{"containers":[{"image":")" + image +
         R"(","name":"app"}],"serviceAccountName":"a"}})";
}

class RolloutKindTest : public ::testing::Test {
 protected:
  RolloutKindTest() {
    ClusterObject object = Named(kCart, "uid-r");
    WorkloadState state;
    state.replicas = 2;
    state.observed_generation = 4;
    state.selector = {{"app", "cart"}};
    state.pod_template = Bare("cart:2");
    state.rollout = RolloutState{};
    state.rollout->phase = "Healthy";
    state.rollout->stable_hash = state.rollout->current_hash = "two";
    object.state = state;
    view_.Put(object);
    PutSet(1, "one", "cart:1", kHour);
    PutSet(2, "two", "cart:2", 9 * kHour);
    PutPod("a", "one", true);
    PutPod("b", "one", true);
    PutPod("c", "two", false);
  }

  void PutSet(int number, const std::string& hash, const std::string& image,
              seconds created) {
    ClusterObject set =
        Named({ObjectKind::kReplicaSet, "shop", "cart-" + hash}, "uid-" + hash);
    set.owners = {{"Rollout", "cart", "uid-r", true}};
    set.labels["rollouts-pod-template-hash"] = hash;
    set.created_at = At(created);
    WorkloadState state;
    state.revision = std::to_string(number);
    state.pod_template = Kept(image);
    set.state = state;
    view_.Put(set);
  }
  void PutPod(const std::string& name, const std::string& hash, bool ready) {
    ClusterObject pod = Named({ObjectKind::kPod, "shop", name}, "uid-" + name);
    pod.owners = {{"ReplicaSet", "cart-" + hash, "uid-" + hash, true}};
    pod.labels["rollouts-pod-template-hash"] = hash;
    pod.created_at = At(kHour);
    PodState state;
    state.phase = "Running";
    state.ready = ready;
    state.containers = {{}};
    pod.state = state;
    view_.Put(pod);
  }
  void Edit(const std::function<void(RolloutState&)>& change) {
    view_.Edit(kCart, [&](ClusterObject& o) {
      change(*std::get<WorkloadState>(o.state).rollout);
    });
  }
  Result<PlannedChange> Plan(const Action& action) {
    return Freeze(action, kCart, {view_, At(10 * kHour), seconds(2)});
  }
  Incident Planned(const Action& action) {
    Incident incident;
    incident.target = kCart;
    incident.progress.action_id = "act";
    incident.progress.started_at = At(10 * kHour);
    MakePlan(incident, action);
    return incident;
  }
  void MakePlan(Incident& incident, const Action& action) {
    auto change = Plan(action);
    ASSERT_TRUE(change.ok()) << change.error().message;
    selfheal::Plan plan;
    plan.steps = {{action, seconds(300), seconds(60), UndoMode::kAutomatic}};
    plan.target = kCart;
    plan.change = *change;
    incident.plan = plan;
  }
  Move Next(const Incident& incident, seconds later = seconds(0)) {
    auto move = NextMove(incident, {view_, At(10 * kHour) + later, seconds(2)});
    EXPECT_TRUE(move.ok());
    return *move;
  }
  static void Applied(Incident& incident, const std::string& phase) {
    Execution execution;
    execution.phase = phase;
    execution.outcome = ExecutionOutcome::kApplied;
    execution.at = At(10 * kHour);
    incident.executions.push_back(execution);
  }

  testing::FakeClusterView view_;
};

/// The template is found by the hash that the controller tells: as texts the
/// two never are the same.
TEST_F(RolloutKindTest, APromotedRevisionGoesBackByItsTemplate) {
  Incident incident = Planned(Rollback{});
  EXPECT_EQ(incident.plan->change.from_value, Kept("cart:2"));
  EXPECT_EQ(incident.plan->change.to_value, Kept("cart:1"));
  Move move = Next(incident);
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  const auto* mutation = std::get_if<SetTemplate>(&*move.mutation);
  ASSERT_NE(mutation, nullptr);
  EXPECT_EQ(mutation->pod_template, Kept("cart:1"));
  auto live = view_.Get(kCart);
  EXPECT_TRUE(CheckTemplate(view_, *mutation, *live).ok());
  Edit([](RolloutState& r) { r.current_hash = "none"; });
  EXPECT_FALSE(CheckTemplate(view_, *mutation, *view_.Get(kCart)).ok());
  Edit([](RolloutState& r) { r.current_hash = "two"; });
  view_.Edit(kCart, [](ClusterObject& o) { o.generation = 5; });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kFailed) << "its spec changed";
  Applied(incident, "apply");
  EXPECT_EQ(Next(incident).kind, Move::Kind::kFailed) << "another template";
  view_.Edit(kCart, [](ClusterObject& o) {
    std::get<WorkloadState>(o.state).pod_template = Kept("cart:1");
  });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kWait) << "not seen yet";
  view_.Edit(kCart, [](ClusterObject& o) {
    std::get<WorkloadState>(o.state).observed_generation = 5;
  });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kDone);
}

TEST_F(RolloutKindTest, AnUpdateIsAbortedAndGoesOnAgain) {
  Edit([](RolloutState& r) {
    r.stable_hash = "one";
    r.phase = "Progressing";
  });
  Incident incident = Planned(Rollback{});
  EXPECT_EQ(incident.plan->change.from, 2);
  EXPECT_EQ(incident.plan->change.to, 1);
  Move move = Next(incident);
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  const auto* abort = std::get_if<SetAborted>(&*move.mutation);
  ASSERT_NE(abort, nullptr);
  EXPECT_TRUE(abort->aborted);
  Applied(incident, "apply");
  EXPECT_EQ(Next(incident).kind, Move::Kind::kFailed) << "it was let go on";
  Edit([](RolloutState& r) { r.aborted = true; });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kFailed) << "a person's abort";
  Edit([](RolloutState& r) { r.aborted_by = "selfheal"; });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kDone) << "two pods serve";
  PutPod("b", "one", false);
  EXPECT_EQ(Next(incident).kind, Move::Kind::kWait);
  EXPECT_EQ(Next(incident, kHour).kind, Move::Kind::kFailed);
  ASSERT_TRUE(CanUndo(incident));
  incident.progress.undoing = true;
  move = Next(incident);
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  EXPECT_FALSE(std::get<SetAborted>(*move.mutation).aborted);
  Edit([](RolloutState& r) { r.aborted_by = "kubectl"; });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kFailed) << "a person's abort";
  Edit([](RolloutState& r) { r.aborted_by = "selfheal"; });
  Edit([](RolloutState& r) { r.current_hash = "three"; });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kFailed) << "another template";
}

TEST_F(RolloutKindTest, WhatCanNotBeAborted) {
  Edit([](RolloutState& r) { r.stable_hash = "one"; });
  ASSERT_TRUE(Plan(Rollback{}).ok());
  Edit([](RolloutState& r) { r.aborted = true; });
  EXPECT_FALSE(Plan(Rollback{}).ok()) << "it is already";
  Edit([](RolloutState& r) {
    r.aborted = false;
    r.stable_hash = "";
  });
  EXPECT_FALSE(Plan(Rollback{}).ok()) << "never promoted";
  Edit([](RolloutState& r) { r.stable_hash = "gone"; });
  EXPECT_FALSE(Plan(Rollback{}).ok()) << "not in its history";
}

TEST_F(RolloutKindTest, ARestartIsOverWhenItsControllerSaysSo) {
  Incident incident = Planned(RollingRestart{});
  const PlannedChange& change = incident.plan->change;
  EXPECT_EQ(change.canaries.size(), 1u);
  EXPECT_NE(change.summary.find("spec.restartAt"), std::string::npos);
  Applied(incident, "canary-1");
  incident.progress.canary = Judgement::kNotConfirmed;
  Move move = Next(incident);
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  const auto restart = std::get<SetRestartedAt>(*move.mutation);
  EXPECT_EQ(restart.restarted_at, change.restarted_at);
  EXPECT_EQ(restart.workload, kCart);
  Applied(incident, "rest");
  Edit([&](RolloutState& r) { r.restart_at = change.restarted_at; });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kWait);
  view_.Edit(kCart, [](ClusterObject& o) {
    o.resource_version = "8";
    o.annotations["selfheal.dev/last-action"] = "act";
  });
  std::string why;
  EXPECT_EQ(Observe(restart, *view_.Get(kCart), &why), Observed::kApplied);
  Edit([&](RolloutState& r) { r.restarted_at = change.restarted_at; });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kDone);
  Edit([](RolloutState& r) { r.phase = "Degraded"; });
  EXPECT_EQ(Next(incident).kind, Move::Kind::kFailed);
}

TEST_F(RolloutKindTest, ATemplateThatStandsElsewhereIsLeftAlone) {
  Edit([](RolloutState& r) { r.template_of = "Deployment/cart"; });
  for (const Action& action : {Action(RestartPod{}), Action(RollingRestart{}),
                               Action(Rollback{}), Action(SetResources{})}) {
    const auto change = Plan(action);
    ASSERT_FALSE(change.ok()) << ActionName(action);
    EXPECT_NE(change.error().message.find("Rollout/shop/cart"),
              std::string::npos);
  }
}

TEST_F(RolloutKindTest, APhaseIsReadAsArgoReadsIt) {
  const auto status = [&] {
    std::string why;
    return StatusOf(*view_.Get(kCart), &why);
  };
  EXPECT_EQ(status(), RolloutStatus::kDone);
  for (const char* phase : {"Progressing", "Paused", ""}) {
    Edit([&](RolloutState& r) { r.phase = phase; });
    EXPECT_EQ(status(), RolloutStatus::kProgressing) << phase;
  }
  Edit([](RolloutState& r) { r.phase = "Degraded"; });
  EXPECT_EQ(status(), RolloutStatus::kFailed);
  view_.Edit(kCart, [](ClusterObject& o) { o.generation = 5; });
  EXPECT_EQ(status(), RolloutStatus::kProgressing) << "of the spec before";
}

/// One moment, written in two ways.
TEST_F(RolloutKindTest, TimesAreComparedAsTimes) {
  RolloutState state;
  EXPECT_FALSE(state.Restarts());
  state.restart_at = "2026-11-25T14:00:00+02:00";
  EXPECT_TRUE(state.Restarts());
  state.restarted_at = "2026-11-25T12:00:00Z";
  EXPECT_FALSE(state.Restarts());
}

}  // namespace
}  // namespace selfheal
