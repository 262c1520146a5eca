// A rollback of what Argo CD keeps goes by its Application.
#include <gtest/gtest.h>

#include "execute/steps.h"
#include "tests/fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};
const ObjectRef kShop{ObjectKind::kApplication, "argocd", "shop"};

Time At(int hours) { return Time(std::chrono::hours(24 * 365 * 50 + hours)); }

class SyncTest : public ::testing::Test {
 protected:
  SyncTest() {
    ClusterObject cart;
    cart.ref = kCart;
    cart.uid = "uid-cart";
    cart.annotations["argocd.argoproj.io/tracking-id"] =
        "shop:apps/Deployment:shop/cart";
    WorkloadState state;
    state.selector = {{"app", "cart"}};
    cart.state = state;
    view_.Put(cart);
    ClusterObject shop;
    shop.ref = kShop;
    shop.uid = "uid-shop";
    shop.resource_version = "9";
    view_.Put(shop);
    state_.sync_status = "Synced";
    state_.sync_revision = "c3";
    state_.history = {{"c1", At(1)}, {"c2", At(5)}, {"c3", At(9)}};
    MetricWindow metric;
    metric.bad = BadDirection::kRises;
    metric.limit = 0.5;
    metric.baseline.start = At(1);
    metric.baseline.step = seconds(600);
    for (int i = 0; i < 60; ++i) {
      metric.baseline.values.push_back(i < 48 ? 0 : 1);  // Ill since hour 9.
    }
    evidence_.metrics = {metric};
  }

  Result<PlannedChange> Plan(int most = 3) {
    view_.Edit(kShop, [&](ClusterObject& o) { o.state = state_; });
    return Freeze(Rollback{most}, kCart,
                  {view_, At(10), seconds(2), {}, &evidence_});
  }

  testing::FakeClusterView view_;
  ApplicationState state_;
  EvidenceWindow evidence_;
};

TEST_F(SyncTest, ToTheNewestSyncThatWasCalm) {
  const auto change = Plan();
  ASSERT_TRUE(change.ok()) << change.error().message;
  EXPECT_EQ(change->object, kShop);
  EXPECT_EQ(change->uid, "uid-shop");
  EXPECT_EQ(change->from_value, "c3");
  EXPECT_EQ(change->to_value, "c2");
  // c2 was ill for a while.
  evidence_.metrics.front().baseline.values[30] = 1;
  EXPECT_EQ(Plan()->to_value, "c1");
  EXPECT_FALSE(Plan(1).ok());
  evidence_.metrics.clear();
  EXPECT_FALSE(Plan().ok());
}

TEST_F(SyncTest, ToWhatGitSaysWhereTheClusterHasDrifted) {
  state_.sync_status = "OutOfSync";
  const auto change = Plan();
  ASSERT_TRUE(change.ok());
  EXPECT_EQ(change->to_value, "c3");
  EXPECT_EQ(change->from_value, "");
  // A newer commit that was not synced is no drift, nor is a rollback.
  state_.sync_revision = "c4";
  EXPECT_EQ(Plan()->to_value, "c2");
}

TEST_F(SyncTest, AutoSyncWouldUndoIt) {
  state_.automated = true;
  EXPECT_NE(Plan().error().message.find("revert c3 in Git"), std::string::npos);
  state_.sync_status = "OutOfSync";
  EXPECT_TRUE(Plan().ok()) << "to what Git says is what it does itself";
}

TEST_F(SyncTest, WhatStandsInTheWay) {
  state_.busy = true;
  EXPECT_FALSE(Plan().ok());
  state_.busy = false;
  state_.multiple_sources = true;
  EXPECT_FALSE(Plan().ok());
  state_.multiple_sources = false;
  state_.history.clear();
  EXPECT_FALSE(Plan().ok());
  view_.FailGet(kShop, {Code::kNotFound, "no such resource"});
  const auto gone = Plan();
  EXPECT_EQ(gone.error().code, Code::kFailedPrecondition);
  EXPECT_NE(gone.error().message.find("no such resource"), std::string::npos);
}

TEST_F(SyncTest, ALabelCountsWhereThereIsSuchAnApplication) {
  view_.Edit(kCart, [](ClusterObject& o) {
    o.annotations.clear();
    o.labels["app.kubernetes.io/instance"] = "shop";
  });
  ASSERT_TRUE(Plan().ok());
  EXPECT_EQ(Plan()->object, kShop);
  ClusterObject elsewhere = *view_.Get(kShop);
  elsewhere.ref.ns = "teams";
  view_.Put(elsewhere);
  const auto unclear = Plan();
  EXPECT_EQ(unclear.error().code, Code::kFailedPrecondition);
  EXPECT_NE(unclear.error().message.find("may both keep"), std::string::npos);
  view_.Edit(kCart, [](ClusterObject& o) {
    o.labels["app.kubernetes.io/instance"] = "teams_shop";
  });
  EXPECT_EQ(Plan()->object, elsewhere.ref);
  view_.FailList(ObjectKind::kApplication, {Code::kPermissionDenied, "no"});
  EXPECT_EQ(Plan().error().code, Code::kPermissionDenied);
  view_.FailList(ObjectKind::kApplication, {Code::kNotFound, "no CRD"});
  EXPECT_NE(Plan().error().message.find("not in its history"),
            std::string::npos)
      << "Helm's label alone";
}

TEST_F(SyncTest, FluxIsLeftToGit) {
  view_.Edit(kCart, [](ClusterObject& o) {
    o.annotations.clear();
    o.labels["kustomize.toolkit.fluxcd.io/name"] = "apps";
  });
  EXPECT_NE(Plan().error().message.find("Flux"), std::string::npos);
}

TEST_F(SyncTest, StepByStep) {
  Incident incident;
  incident.target = kCart;
  incident.plan.emplace();
  incident.plan->steps = {
      {Rollback{}, seconds(60), seconds(1), UndoMode::kAutomatic, {}}};
  incident.plan->change = *Plan();
  incident.progress.started_at = At(10);
  const auto next = [&] {
    view_.Edit(kShop, [&](ClusterObject& o) { o.state = state_; });
    return *NextMove(incident, {view_, At(10), seconds(2)});
  };
  ASSERT_EQ(next().kind, Move::Kind::kMutate);
  EXPECT_EQ(std::get<RequestSync>(*next().mutation).revision, "c2");
  Execution execution;
  execution.action = ActionKind::kRollback;
  execution.phase = "apply";
  execution.outcome = ExecutionOutcome::kApplied;
  incident.executions = {execution};
  state_.busy = true;
  EXPECT_EQ(next().kind, Move::Kind::kWait);
  state_.busy = false;
  EXPECT_EQ(next().kind, Move::Kind::kWait) << "an older operation's result";
  state_.operation_revision = "c2";
  state_.operation_phase = "Failed";
  EXPECT_EQ(next().kind, Move::Kind::kFailed);
  state_.operation_phase = "Succeeded";
  EXPECT_EQ(next().kind, Move::Kind::kWait) << "the rollout goes on";
  view_.Edit(kCart, [](ClusterObject& o) {
    auto& state = std::get<WorkloadState>(o.state);
    state.updated = state.available = state.current_replicas = 1;
  });
  EXPECT_EQ(next().kind, Move::Kind::kDone);
  EXPECT_TRUE(CanUndo(incident));
  incident.progress.undoing = true;
  EXPECT_EQ(std::get<RequestSync>(*next().mutation).revision, "c3");
}

}  // namespace
}  // namespace selfheal
