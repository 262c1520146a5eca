#include "verify/drained.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

using State = LookState;

class DrainedTest : public ::testing::Test {
 protected:
  DrainedTest() {
    node_.ref = change_.object = {ObjectKind::kNode, "", "n1"};
    node_.uid = change_.uid = "uid-n1";
    NodeState state;
    state.unschedulable = true;
    state.conditions["Ready"] = "True";
    node_.state = state;
    const ObjectRef cart{ObjectKind::kDeployment, "shop", "cart"};
    change_.moves = {{{ObjectKind::kPod, "shop", "cart-1"}, "uid-1", cart}};
    ClusterObject workload;
    workload.ref = cart;
    WorkloadState of_workload;
    of_workload.replicas = of_workload.available = 3;
    workload.state = of_workload;
    workloads_ = {workload};
  }

  Look Now() { return LookAtDrained(change_, node_, pods_, workloads_); }
  NodeState& Node() { return std::get<NodeState>(node_.state); }
  void PutPod(const std::string& uid, bool deleting) {
    ClusterObject pod;
    pod.ref = {ObjectKind::kPod, "shop", "cart-1"};
    pod.uid = uid;
    pod.deleting = deleting;
    pod.state = PodState{};
    pods_ = {pod};
  }

  PlannedChange change_;
  ClusterObject node_;
  std::vector<ClusterObject> pods_;
  std::vector<ClusterObject> workloads_;
};

TEST_F(DrainedTest, EmptyCordonedAndAvailableElsewhere) {
  EXPECT_EQ(Now().state, State::kBackInside) << Now().reason;
  // As sick as before: that is for people.
  Node().conditions["MemoryPressure"] = "True";
  EXPECT_EQ(Now().state, State::kBackInside);
  // A pod of a DaemonSet was not to be moved.
  PutPod("uid-agent", false);
  EXPECT_EQ(Now().state, State::kBackInside);
}

TEST_F(DrainedTest, APodThatIsStillThere) {
  PutPod("uid-1", false);
  EXPECT_EQ(Now().state, State::kOutside);
  PutPod("uid-1", true);
  EXPECT_EQ(Now().state, State::kOutside);
  Node().conditions["Ready"] = "Unknown";
  EXPECT_EQ(Now().state, State::kBackInside);
}

TEST_F(DrainedTest, AWorkloadThatIsNotAvailable) {
  std::get<WorkloadState>(workloads_[0].state).available = 2;
  const Look look = Now();
  EXPECT_EQ(look.state, State::kOutside);
  EXPECT_EQ(look.reason, "2 of 3 pods of Deployment/shop/cart are available");
}

TEST_F(DrainedTest, ANodeThatIsOpenOrAnother) {
  Node().unschedulable = false;
  EXPECT_EQ(Now().state, State::kOutside);
  node_.uid = "uid-2";
  EXPECT_EQ(Now().state, State::kUnmeasured);
}

}  // namespace
}  // namespace selfheal
