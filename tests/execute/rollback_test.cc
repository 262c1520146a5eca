// Which revision is gone back to, and what a rollback does step by step.
#include <gtest/gtest.h>

#include "execute/revisions.h"
#include "execute/steps.h"
#include "tests/execute/cart_object.h"
#include "tests/fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

using testing::Named;

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};
const ObjectRef kOrders{ObjectKind::kStatefulSet, "shop", "orders"};
constexpr seconds kHour{3600};

Time At(seconds after) {
  return Time(std::chrono::hours(24 * 365 * 50)) + after;
}

std::string TemplateOf(const std::string& image) {
  return R"({"metadata":{"labels":{"app":"cart"}},"spec":{"containers":)"
         R"([{"image":")" +
         image + R"(","name":"app"}]}})";
}

class RollbackTest : public ::testing::Test {
 protected:
  RollbackTest() { PutWorkload(kCart, "cart:3"); }

  void PutWorkload(const ObjectRef& ref, const std::string& image) {
    ClusterObject object = Named(ref, "uid-w");
    WorkloadState state;
    state.replicas = 3;
    state.selector = {{"app", "cart"}};
    state.pod_template = TemplateOf(image);
    object.state = state;
    view_.Put(object);
  }

  void PutSet(int number, const std::string& image, seconds created,
              const std::string& owner = "uid-w") {
    const std::string name = "cart-" + image.substr(image.find(':') + 1);
    ClusterObject set =
        Named({ObjectKind::kReplicaSet, "shop", name}, "uid-" + name);
    set.owners = {{"Deployment", "cart", owner, true}};
    set.created_at = At(created);
    WorkloadState state;
    state.revision = std::to_string(number);
    state.pod_template = TemplateOf(image);
    set.state = state;
    view_.Put(set);
  }

  void PutPod(const std::string& name, const std::string& set, bool ready,
              int restarts, seconds created) {
    ClusterObject pod = Named({ObjectKind::kPod, "shop", name}, "uid-" + name);
    pod.owners = {{"ReplicaSet", set, "uid-" + set, true}};
    pod.created_at = At(created);
    PodState state;
    state.phase = "Running";
    state.ready = ready;
    ContainerState container;
    container.restarts = restarts;
    state.containers = {container};
    pod.state = state;
    view_.Put(pod);
  }

  /// `waiting` was 0 up to `calm`, then 1.
  void Measure(seconds from, seconds calm, seconds to) {
    MetricWindow metric;
    metric.name = "waiting";
    metric.bad = BadDirection::kRises;
    metric.limit = 0.5;
    metric.baseline.start = At(from);
    metric.baseline.step = seconds(300);
    for (seconds t = from; t < to; t += seconds(300)) {
      metric.baseline.values.push_back(t < calm ? 0 : 1);
    }
    evidence_.metrics = {metric};
  }

  Result<PlannedChange> Plan(int most = 3, const ObjectRef& target = kCart) {
    return Freeze(Rollback{most}, target,
                  {view_, At(10 * kHour), seconds(2), {}, &evidence_});
  }

  testing::FakeClusterView view_;
  EvidenceWindow evidence_;
};

TEST_F(RollbackTest, ToTheRevisionWhosePodsStillServe) {
  PutSet(2, "cart:2", kHour);
  PutSet(3, "cart:3", 9 * kHour);
  PutPod("a", "cart-2", true, 0, kHour);
  PutPod("b", "cart-3", false, 4, 9 * kHour);
  const auto change = Plan();
  ASSERT_TRUE(change.ok()) << change.error().message;
  EXPECT_EQ(change->from, 3);
  EXPECT_EQ(change->to, 2);
  EXPECT_EQ(change->from_value, TemplateOf("cart:3"));
  EXPECT_EQ(change->to_value, TemplateOf("cart:2"));
  EXPECT_EQ(change->generation, 4);
  EXPECT_EQ(change->pods, 2);
  EXPECT_NE(change->summary.find("from revision 3 to 2"), std::string::npos);
  EXPECT_NE(change->summary.find("spec.containers[app].image"),
            std::string::npos);
}

TEST_F(RollbackTest, PodsThatRestartedOrCameWithTheFaultProveNothing) {
  PutSet(2, "cart:2", kHour);
  PutSet(3, "cart:3", 9 * kHour);
  PutPod("a", "cart-2", true, 1, kHour);
  EXPECT_EQ(Plan().error().code, Code::kFailedPrecondition);
  PutPod("a", "cart-2", false, 0, kHour);
  EXPECT_FALSE(Plan().ok());
  PutPod("a", "cart-2", true, 0, 9 * kHour + seconds(1));
  EXPECT_FALSE(Plan().ok());
  PutPod("b", "cart-2", true, 0, kHour);
  EXPECT_TRUE(Plan().ok());
  PutPod("c", "cart-2", false, 0, kHour);
  EXPECT_FALSE(Plan().ok()) << "one of its pods is ill";
}

TEST_F(RollbackTest, ToTheRevisionThatWasCalmInItsTime) {
  PutSet(1, "cart:1", kHour);
  PutSet(2, "cart:2", 5 * kHour);
  PutSet(3, "cart:3", 9 * kHour);
  Measure(kHour, 9 * kHour, 10 * kHour);
  ASSERT_TRUE(Plan().ok());
  EXPECT_EQ(Plan()->to, 2);
  // Revision 2 was ill already.
  Measure(kHour, 6 * kHour, 10 * kHour);
  ASSERT_TRUE(Plan().ok());
  EXPECT_EQ(Plan()->to, 1);
  EXPECT_FALSE(Plan(1).ok()) << "two back, one allowed";
  // Too few samples, or none of it.
  Measure(9 * kHour - seconds(1200), 9 * kHour, 10 * kHour);
  EXPECT_FALSE(Plan().ok());
  evidence_.metrics.front().limit.reset();
  EXPECT_FALSE(Plan().ok());
}

TEST_F(RollbackTest, EveryMetricWithALimitMustHaveBeenCalm) {
  PutSet(2, "cart:2", 5 * kHour);
  PutSet(3, "cart:3", 9 * kHour);
  Measure(kHour, 9 * kHour, 10 * kHour);
  MetricWindow other = evidence_.metrics.front();
  other.baseline.values[80] = 1;  // Within revision 2.
  evidence_.metrics.push_back(other);
  EXPECT_FALSE(Plan().ok());
  evidence_.metrics.back().optional = true;
  EXPECT_TRUE(Plan().ok());
}

TEST_F(RollbackTest, NeverForwardToWhatWasLeft) {
  // 1 was good, 2 bad, somebody went back (1 became 3), then 4 came.
  PutWorkload(kCart, "cart:4");
  PutSet(3, "cart:1", kHour);
  PutSet(2, "cart:2", 5 * kHour);
  PutSet(4, "cart:4", 9 * kHour);
  Measure(kHour, 9 * kHour, 10 * kHour);
  ASSERT_TRUE(Plan().ok()) << Plan().error().message;
  EXPECT_EQ(Plan()->to, 3);
  EXPECT_EQ(Plan()->to_value, TemplateOf("cart:1"));
  // Back at 1 as number 3, which fails now: nothing is left to go to.
  PutWorkload(kCart, "cart:1");
  view_.Remove({ObjectKind::kReplicaSet, "shop", "cart-4"});
  PutPod("b", "cart-2", true, 0, kHour - seconds(5));
  EXPECT_FALSE(Plan().ok());
}

TEST_F(RollbackTest, SetsOfSomebodyElseAreNoHistory) {
  PutSet(2, "cart:2", kHour, "uid-other");
  PutSet(3, "cart:3", 9 * kHour);
  PutPod("a", "cart-2", true, 0, kHour);
  EXPECT_FALSE(Plan().ok());
}

TEST_F(RollbackTest, NoHistoryNoWay) {
  EXPECT_NE(Plan().error().message.find("not in its history"),
            std::string::npos);
  PutSet(3, "cart:3", 9 * kHour);
  EXPECT_NE(Plan().error().message.find("there is none"), std::string::npos);
  view_.Edit(kCart, [](ClusterObject& o) {
    std::get<WorkloadState>(o.state).paused = true;
  });
  EXPECT_NE(Plan().error().message.find("paused"), std::string::npos);
}

/// A StatefulSet at revision 2, its first pod of it stuck.
class StatefulRollbackTest : public RollbackTest {
 protected:
  StatefulRollbackTest() {
    PutWorkload(kOrders, "cart:2");
    for (int number : {1, 2}) {
      ClusterObject kept = Named({ObjectKind::kControllerRevision, "shop",
                                  "orders-h" + std::to_string(number)},
                                 "uid-r" + std::to_string(number));
      kept.owners = {{"StatefulSet", "orders", "uid-w", true}};
      kept.created_at = At(kHour * number);
      kept.state =
          RevisionState{number, TemplateOf("cart:" + std::to_string(number))};
      view_.Put(kept);
    }
    PutMember("orders-0", "orders-h1", true);
    PutMember("orders-1", "orders-h2", false);
    change_ = *Plan(3, kOrders);
    incident_.target = kOrders;
    incident_.target_uid = "uid-w";
    incident_.plan.emplace();
    incident_.plan->steps = {
        {Rollback{}, seconds(60), seconds(1), UndoMode::kAutomatic, {}}};
    incident_.plan->change = change_;
    incident_.progress.action_id = "act";
    incident_.progress.started_at = At(10 * kHour);
  }

  void PutMember(const std::string& name, const std::string& hash, bool ready) {
    PutPod(name, "none", ready, 0, kHour);
    view_.Edit({ObjectKind::kPod, "shop", name}, [&](ClusterObject& pod) {
      pod.owners = {{"StatefulSet", "orders", "uid-w", true}};
      pod.labels["controller-revision-hash"] = hash;
    });
  }

  void Stands(const std::string& image) {
    view_.Edit(kOrders, [&](ClusterObject& o) {
      std::get<WorkloadState>(o.state).pod_template = TemplateOf(image);
    });
  }

  void Applied(ActionKind kind, const std::string& phase) {
    Execution execution;
    execution.action = kind;
    execution.phase = phase;
    execution.outcome = ExecutionOutcome::kApplied;
    incident_.executions.push_back(execution);
  }

  Move Next() {
    auto move = NextMove(incident_, {view_, At(10 * kHour), seconds(2)});
    EXPECT_TRUE(move.ok());
    return *move;
  }

  PlannedChange change_;
  Incident incident_;
};

TEST_F(StatefulRollbackTest, PutsTheTemplateBackAndFreesTheStuckPod) {
  EXPECT_EQ(change_.to, 1);
  ASSERT_EQ(change_.canaries.size(), 1u);
  Move move = Next();
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  const auto& put = std::get<SetTemplate>(*move.mutation);
  EXPECT_EQ(put.pod_template, TemplateOf("cart:1"));
  EXPECT_EQ(put.resource_version, "7");
  Applied(ActionKind::kRollback, "apply");
  Stands("cart:1");
  move = Next();
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  EXPECT_EQ(move.phase, "stuck-1");
  EXPECT_EQ(std::get<DeletePod>(*move.mutation).pod.name, "orders-1");
  Applied(ActionKind::kRollback, "stuck-1");
  EXPECT_EQ(Next().kind, Move::Kind::kWait);
  view_.Edit(kOrders, [](ClusterObject& o) {
    auto& state = std::get<WorkloadState>(o.state);
    state.updated = state.ready = state.current_replicas = 3;
    state.observed_generation = 4;
  });
  EXPECT_EQ(Next().kind, Move::Kind::kDone);
}

TEST_F(StatefulRollbackTest, APodThatServesOrIsAnotherIsLeftAlone) {
  Applied(ActionKind::kRollback, "apply");
  Stands("cart:1");
  PutMember("orders-1", "orders-h2", true);
  EXPECT_EQ(Next().kind, Move::Kind::kWait);
  PutMember("orders-1", "orders-h1", false);
  view_.Edit({ObjectKind::kPod, "shop", "orders-1"},
             [](ClusterObject& pod) { pod.uid = "uid-new"; });
  EXPECT_EQ(Next().kind, Move::Kind::kWait);
}

TEST_F(StatefulRollbackTest, ATemplateOfSomebodyElseEndsIt) {
  Stands("cart:9");
  EXPECT_EQ(Next().kind, Move::Kind::kFailed);
  Applied(ActionKind::kRollback, "apply");
  EXPECT_EQ(Next().kind, Move::Kind::kFailed);
}

TEST_F(StatefulRollbackTest, TheWayBackIsForwardToTheFrozenTemplate) {
  EXPECT_FALSE(CanUndo(incident_));
  Applied(ActionKind::kRollback, "apply");
  EXPECT_TRUE(CanUndo(incident_));
  incident_.progress.undoing = true;
  Stands("cart:1");
  const Move move = Next();
  ASSERT_EQ(move.kind, Move::Kind::kMutate);
  EXPECT_EQ(move.action, ActionKind::kUndoRollback);
  EXPECT_EQ(std::get<SetTemplate>(*move.mutation).pod_template,
            TemplateOf("cart:2"));
  Stands("cart:9");
  EXPECT_EQ(Next().kind, Move::Kind::kFailed);
  Stands("cart:2");
  EXPECT_EQ(Next().kind, Move::Kind::kDone);
}

}  // namespace
}  // namespace selfheal
