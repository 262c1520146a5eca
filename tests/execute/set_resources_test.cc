// How much more memory a container gets, and what stands in the way.
#include <gtest/gtest.h>

#include "execute/steps.h"
#include "tests/execute/cart_object.h"
#include "tests/fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};

ClusterObject Named(ObjectKind kind, const std::string& name) {
  const std::string ns = kind == ObjectKind::kNode ? "" : "shop";
  return testing::Named({kind, ns, name}, "uid-" + name);
}

class SetResourcesTest : public ::testing::Test {
 protected:
  SetResourcesTest() {
    ClusterObject cart = Named(ObjectKind::kDeployment, "cart");
    WorkloadState state;
    state.replicas = 3;
    state.selector = {{"app", "cart"}};
    state.memory = {{"app", "128Mi", "64Mi"}, {"side", "32Mi", ""}};
    cart.state = state;
    view_.Put(cart);
    ClusterObject node = Named(ObjectKind::kNode, "n1");
    NodeState host;
    host.allocatable.memory_bytes = 1LL << 30;
    host.conditions = {{"Ready", "True"}};
    node.state = host;
    view_.Put(node);
    PutPod("a", "app", "OOMKilled");
    PutPod("b", "side", "Error");
  }

  void PutPod(const std::string& name, const std::string& container,
              const std::string& reason) {
    ClusterObject pod = Named(ObjectKind::kPod, name);
    PodState state;
    state.phase = "Running";
    ContainerState one;
    one.name = container;
    one.last_terminated_reason = reason;
    state.containers = {one};
    pod.state = state;
    view_.Put(pod);
  }

  void SetMemoryOf(const std::string& limit, const std::string& request) {
    view_.Edit(kCart, [&](ClusterObject& o) {
      std::get<WorkloadState>(o.state).memory.front() = {"app", limit, request};
    });
  }

  void PutQuota(const std::string& name, const std::string& hard,
                const std::string& used) {
    ClusterObject quota = Named(ObjectKind::kResourceQuota, "quota");
    QuotaState state;
    state.hard[name] = hard;
    if (!used.empty()) state.used[name] = used;
    quota.state = state;
    view_.Put(quota);
  }

  Result<PlannedChange> Plan(int percent = 50) {
    return Freeze(SetResources{percent}, kCart, {view_, Time(), seconds(2)});
  }

  testing::FakeClusterView view_;
};

TEST_F(SetResourcesTest, TheKilledContainerGetsHalfAsMuchMore) {
  const auto change = Plan();
  ASSERT_TRUE(change.ok()) << change.error().message;
  EXPECT_EQ(change->container, "app");
  EXPECT_EQ(change->from_value, "128Mi");
  EXPECT_EQ(change->to_value, "192Mi");
  EXPECT_EQ(change->generation, 4);
  EXPECT_EQ(Plan(25)->to_value, "160Mi");
  EXPECT_EQ(Plan(500)->to_value, "192Mi") << "never more than 50 %";
}

TEST_F(SetResourcesTest, TheRequestFollowsOnlyWhereItIsTheLimit) {
  SetMemoryOf("128Mi", "128Mi");
  EXPECT_EQ(Plan()->to_value, "192Mi+request");
  EXPECT_EQ(Plan()->from_value, "128Mi+request");
  SetMemoryOf("128Mi", "");
  EXPECT_EQ(Plan()->to_value, "192Mi");
}

TEST_F(SetResourcesTest, WithoutAKillOrALimitThereIsNothingToDo) {
  SetMemoryOf("", "64Mi");
  EXPECT_FALSE(Plan().ok());
  SetMemoryOf("1.5Gi", "");
  EXPECT_FALSE(Plan().ok()) << "it could not be put back as it stood";
  SetMemoryOf("1Mi", "");
  EXPECT_FALSE(Plan().ok()) << "half of it is no MiB";
  SetMemoryOf("128Mi", "");
  PutPod("a", "app", "Error");
  EXPECT_EQ(Plan().error().code, Code::kFailedPrecondition);
}

TEST_F(SetResourcesTest, AQuotaInTheWay) {
  // 64 MiB more for three pods, and one that surges.
  PutQuota("limits.memory", "1Gi", "768Mi");
  EXPECT_TRUE(Plan().ok());
  PutQuota("limits.memory", "1Gi", "769Mi");
  EXPECT_NE(Plan().error().message.find("leaves no room"), std::string::npos);
  PutQuota("limits.memory", "1Gi", "");
  EXPECT_FALSE(Plan().ok()) << "what is used is not known";
  PutQuota("requests.memory", "1Gi", "1Gi");
  EXPECT_TRUE(Plan().ok()) << "the request stays";
  SetMemoryOf("128Mi", "128Mi");
  EXPECT_FALSE(Plan().ok());
}

TEST_F(SetResourcesTest, ALimitRangeInTheWay) {
  ClusterObject range = Named(ObjectKind::kLimitRange, "range");
  range.state = LimitRangeState{.container_max = "192Mi", .pod_max = ""};
  view_.Put(range);
  EXPECT_TRUE(Plan().ok());
  range.state = LimitRangeState{.container_max = "191Mi", .pod_max = ""};
  view_.Put(range);
  EXPECT_FALSE(Plan().ok());
  range.state = LimitRangeState{.container_max = "", .pod_max = "223Mi"};
  view_.Put(range);
  EXPECT_FALSE(Plan().ok()) << "192 and 32 MiB";
}

TEST_F(SetResourcesTest, ANodeThatTakesNoPodsDoesNotCount) {
  const ObjectRef node{ObjectKind::kNode, "", "n1"};
  const auto edit = [&](auto change) {
    view_.Edit(node, [&](ClusterObject& o) {
      NodeState& state = std::get<NodeState>(o.state);
      state.unschedulable = state.tainted = false;
      state.conditions = {{"Ready", "True"}};
      change(state);
    });
  };
  edit([](NodeState& state) { state.unschedulable = true; });
  EXPECT_FALSE(Plan().ok());
  edit([](NodeState& state) { state.conditions["Ready"] = "Unknown"; });
  EXPECT_FALSE(Plan().ok());
  edit([](NodeState& state) { state.conditions.clear(); });
  EXPECT_FALSE(Plan().ok());
  edit([](NodeState& state) { state.tainted = true; });
  EXPECT_FALSE(Plan().ok());
  view_.Edit({ObjectKind::kPod, "shop", "b"},
             [](ClusterObject& o) { std::get<PodState>(o.state).node = "n1"; });
  EXPECT_TRUE(Plan().ok()) << "one of its pods tolerates the taint";
  edit([](NodeState&) {});
  EXPECT_TRUE(Plan().ok());
}

TEST_F(SetResourcesTest, NoNodeIsLargeEnough) {
  view_.Edit({ObjectKind::kNode, "", "n1"}, [](ClusterObject& o) {
    std::get<NodeState>(o.state).allocatable.memory_bytes = 223LL << 20;
  });
  EXPECT_FALSE(Plan().ok());
}

TEST_F(SetResourcesTest, WhatCannotBeReadIsNoRoom) {
  view_.FailList(ObjectKind::kResourceQuota, {Code::kUnavailable, "no answer"});
  EXPECT_EQ(Plan().error().code, Code::kUnavailable);
}

/// A step that was planned, and what it does.
class SetResourcesStepTest : public SetResourcesTest {
 protected:
  SetResourcesStepTest() {
    SetMemoryOf("128Mi", "128Mi");
    incident_.target = kCart;
    incident_.plan.emplace();
    incident_.plan->steps = {
        {SetResources{}, seconds(60), seconds(1), UndoMode::kAutomatic, {}}};
    incident_.plan->change = *Plan();
    incident_.progress.action_id = "act";
  }

  Move Next() {
    auto move = NextMove(incident_, {view_, Time(), seconds(2)});
    EXPECT_TRUE(move.ok());
    return *move;
  }

  void Applied(ActionKind kind, const std::string& phase) {
    Execution execution;
    execution.action = kind;
    execution.phase = phase;
    execution.outcome = ExecutionOutcome::kApplied;
    incident_.executions.push_back(execution);
  }

  Incident incident_;
};

TEST_F(SetResourcesStepTest, SetsTheLimitAndRestoresIt) {
  Move move = Next();
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  const auto& more = std::get<SetMemory>(*move.mutation);
  EXPECT_EQ(more.limit, "192Mi");
  EXPECT_EQ(more.request, "192Mi");
  EXPECT_EQ(more.container, "app");
  EXPECT_FALSE(CanUndo(incident_));
  Applied(ActionKind::kSetResources, "apply");
  SetMemoryOf("192Mi", "192Mi");
  EXPECT_EQ(Next().kind, Move::Kind::kWait);
  EXPECT_TRUE(CanUndo(incident_));
  incident_.progress.undoing = true;
  move = Next();
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  EXPECT_EQ(move.action, ActionKind::kUndoSetResources);
  EXPECT_EQ(std::get<SetMemory>(*move.mutation).limit, "128Mi");
  EXPECT_EQ(std::get<SetMemory>(*move.mutation).request, "128Mi");
}

TEST_F(SetResourcesStepTest, ALimitOfSomebodyElseEndsIt) {
  SetMemoryOf("256Mi", "");
  EXPECT_EQ(Next().kind, Move::Kind::kFailed);
  Applied(ActionKind::kSetResources, "apply");
  EXPECT_EQ(Next().kind, Move::Kind::kFailed);
  incident_.progress.undoing = true;
  EXPECT_EQ(Next().kind, Move::Kind::kFailed);
}

}  // namespace
}  // namespace selfheal
