#include "execute/node_pods.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

using testing::FakeClusterView;

ClusterObject Object(ObjectKind kind, const std::string& name) {
  const std::string ns = kind == ObjectKind::kNamespace ? "" : "shop";
  return testing::Bare({kind, ns, name}, "uid-" + name);
}

ClusterObject Pod(const std::string& name, const std::string& owner_kind,
                  const std::string& owner) {
  ClusterObject pod = Object(ObjectKind::kPod, name);
  if (!owner_kind.empty()) {
    pod.owners = {{owner_kind, owner, "uid-" + owner, true}};
  }
  PodState state;
  state.phase = "Running";
  state.node = "n1";
  pod.state = state;
  return pod;
}

class NodePodsTest : public ::testing::Test {
 protected:
  NodePodsTest() {
    view_.Put(Object(ObjectKind::kNamespace, "shop"));
    ClusterObject set = Object(ObjectKind::kReplicaSet, "cart-1");
    set.owners = {{"Deployment", "cart", "uid-cart", true}};
    view_.Put(set);
    view_.Put(Object(ObjectKind::kReplicaSet, "lone"));
    view_.Put(Object(ObjectKind::kDeployment, "cart"));
    view_.Put(Object(ObjectKind::kStatefulSet, "db"));
    view_.Put(Pod("cart-1-a", "ReplicaSet", "cart-1"));
  }

  NodeLoad Look() {
    auto load = LookAtLoad(
        view_, "n1", only_, lose_scratch_, [](const ClusterObject& object) {
          const auto found = object.labels.find("keep");
          return found == object.labels.end() ? ""
                                              : ToString(object.ref) + " stays";
        });
    EXPECT_TRUE(load.ok()) << load.error().message;
    return load.ok() ? *load : NodeLoad{};
  }
  /// Why nothing is moved once `pod` is there too.
  std::string HeldBy(ClusterObject pod) {
    view_.Put(std::move(pod));
    NodeLoad load = Look();
    EXPECT_TRUE(load.held.empty() || load.moves.empty());
    return load.held;
  }

  FakeClusterView view_;
  std::vector<PodIdentity> only_;
  bool lose_scratch_ = false;
};

TEST_F(NodePodsTest, PodsLeadToWhatMakesTheirSuccessors) {
  view_.Put(Pod("db-0", "StatefulSet", "db"));
  view_.Put(Pod("lone-x", "ReplicaSet", "lone"));
  ClusterObject elsewhere = Pod("cart-1-b", "ReplicaSet", "cart-1");
  std::get<PodState>(elsewhere.state).node = "n2";
  view_.Put(elsewhere);
  const NodeLoad load = Look();
  EXPECT_EQ(load.held, "");
  ASSERT_EQ(load.moves.size(), 3u);
  EXPECT_EQ(ToString(load.moves[0].workload), "Deployment/shop/cart");
  EXPECT_EQ(ToString(load.moves[1].workload), "StatefulSet/shop/db");
  EXPECT_EQ(ToString(load.moves[2].workload), "ReplicaSet/shop/lone");
  EXPECT_EQ(load.moves[0].uid, "uid-cart-1-a");
}

TEST_F(NodePodsTest, WhatBelongsToTheNodeOrHasEndedStays) {
  view_.Put(Pod("agent-x", "DaemonSet", "agent"));
  ClusterObject mirror = Pod("static", "", "");
  std::get<PodState>(mirror.state).mirror = true;
  view_.Put(mirror);
  ClusterObject done = Pod("done", "Job", "once");
  std::get<PodState>(done.state).phase = "Succeeded";
  view_.Put(done);
  ClusterObject going = Pod("going", "", "");
  going.deleting = true;
  view_.Put(going);
  const NodeLoad load = Look();
  EXPECT_EQ(load.held, "");
  EXPECT_EQ(load.moves.size(), 1u);
}

TEST_F(NodePodsTest, NothingBeginsWhereAPodWouldBeLost) {
  EXPECT_EQ(HeldBy(Pod("bare", "", "")),
            "Pod/shop/bare has no controller: evicted, it would be lost");
  view_.Remove({ObjectKind::kPod, "shop", "bare"});
  EXPECT_EQ(HeldBy(Pod("batch", "Job", "batch")),
            "Pod/shop/batch is of a Job, whose pods we do not move");
  view_.Remove({ObjectKind::kPod, "shop", "batch"});
  EXPECT_EQ(HeldBy(Pod("odd", "Foo", "odd")),
            "Pod/shop/odd is of a Foo, whose pods we do not move");
}

TEST_F(NodePodsTest, AnEmptyDirMayBeLostByADeploymentAlone) {
  ClusterObject cart = Pod("cart-1-a", "ReplicaSet", "cart-1");
  std::get<PodState>(cart.state).scratch = true;
  EXPECT_EQ(HeldBy(cart), "Pod/shop/cart-1-a keeps data in an emptyDir");
  lose_scratch_ = true;
  EXPECT_EQ(HeldBy(cart), "");
  ClusterObject db = Pod("db-0", "StatefulSet", "db");
  std::get<PodState>(db.state).scratch = true;
  EXPECT_EQ(HeldBy(db), "Pod/shop/db-0 keeps data in an emptyDir");
}

TEST_F(NodePodsTest, WhatIsProtectedByAnyOfItsOwnersHoldsTheNode) {
  for (const ObjectRef& ref :
       {ObjectRef{ObjectKind::kPod, "shop", "cart-1-a"},
        ObjectRef{ObjectKind::kDeployment, "shop", "cart"},
        ObjectRef{ObjectKind::kNamespace, "", "shop"}}) {
    view_.Edit(ref, [](ClusterObject& object) { object.labels["keep"] = "y"; });
    EXPECT_EQ(Look().held, ToString(ref) + " stays");
    view_.Edit(ref, [](ClusterObject& object) { object.labels.clear(); });
  }
}

TEST_F(NodePodsTest, OnlyThoseThatAreToLeaveAreLookedAt) {
  view_.Put(Pod("bare", "", ""));
  EXPECT_NE(Look().held, "");
  only_ = {{"cart-1-a", "uid-cart-1-a"}};
  const NodeLoad load = Look();
  EXPECT_EQ(load.held, "");
  ASSERT_EQ(load.moves.size(), 1u);
  EXPECT_EQ(load.moves[0].pod.name, "cart-1-a");
}

TEST_F(NodePodsTest, WhatCannotBeReadIsAnError) {
  view_.FailGet({ObjectKind::kReplicaSet, "shop", "cart-1"},
                {Code::kUnavailable, "503"});
  const auto load = LookAtLoad(view_, "n1", only_, false,
                               [](const ClusterObject&) { return ""; });
  EXPECT_FALSE(load.ok());
}

}  // namespace
}  // namespace selfheal
