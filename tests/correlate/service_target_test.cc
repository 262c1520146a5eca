#include "correlate/service_target.h"

#include <gtest/gtest.h>

#include "fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

ClusterObject Object(ObjectKind kind, std::string name, std::string uid) {
  return testing::Bare({kind, "shop", std::move(name)}, std::move(uid));
}

/// A Service that selects tier=web, and two Deployments of it without pods.
class ServiceTargetTest : public ::testing::Test {
 protected:
  ServiceTargetTest() {
    PutService({{"tier", "web"}});
    for (const std::string name : {"cart", "search"}) {
      view_.Put(Object(ObjectKind::kDeployment, name, "d-" + name));
      for (const std::string revision : {"1", "2"}) {
        const std::string set_name = name + "-" + revision;
        ClusterObject set =
            Object(ObjectKind::kReplicaSet, set_name, "u-" + set_name);
        set.owners = {{"Deployment", name, "d-" + name, true}};
        view_.Put(set);
      }
    }
  }

  void PutService(Labels selector) {
    ClusterObject service = Object(ObjectKind::kService, "web", "v1");
    service.state = ServiceState{.selector = std::move(selector)};
    view_.Put(service);
  }
  /// A pod behind it that the ReplicaSet `maker` has made; "" = nobody has.
  ClusterObject Pod(const std::string& name, const std::string& maker,
                    const std::string& phase = "Running") {
    ClusterObject pod = Object(ObjectKind::kPod, name, "p-" + name);
    pod.labels = {{"tier", "web"}};
    if (!maker.empty())
      pod.owners = {{"ReplicaSet", maker, "u-" + maker, true}};
    PodState state;
    state.phase = phase;
    pod.state = state;
    return pod;
  }
  Result<ClusterObject> Find() { return WorkloadOfService(view_, service_); }
  /// What a person is told instead of a target, and its code.
  std::string Told(Code code) {
    const auto found = Find();
    if (found.ok()) return "found " + ToString(found->ref);
    EXPECT_EQ(found.error().code, code) << found.error().message;
    return found.error().message;
  }

  const ObjectRef service_{ObjectKind::kService, "shop", "web"};
  testing::FakeClusterView view_;
};

TEST_F(ServiceTargetTest, FindsTheOneOwnerOfItsPodsOverAllRevisions) {
  view_.Put(Pod("a", "cart-1"));
  view_.Put(Pod("b", "cart-2", "Pending"));
  ClusterObject other = Pod("c", "search-1");
  other.labels = {{"tier", "back"}};
  view_.Put(other);
  const auto found = Find();
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(ToString(found->ref), "Deployment/shop/cart");
  EXPECT_EQ(found->uid, "d-cart");
}

TEST_F(ServiceTargetTest, AsksOnceForAllPodsOfOneMaker) {
  view_.Put(Pod("a", "cart-1"));
  ASSERT_TRUE(Find().ok());
  const int reads = view_.reads();
  view_.Put(Pod("b", "cart-1"));
  view_.Put(Pod("c", "cart-1"));
  ASSERT_TRUE(Find().ok());
  EXPECT_EQ(view_.reads(), 2 * reads);
}

TEST_F(ServiceTargetTest, OfTwoOwnersNoneIsTaken) {
  view_.Put(Pod("a", "cart-1"));
  view_.Put(Pod("b", "search-1", "Pending"));
  EXPECT_EQ(Told(Code::kInvalidArgument),
            "behind Service/shop/web stand Deployment/shop/cart and "
            "Deployment/shop/search: the alert does not say which is meant");
}

TEST_F(ServiceTargetTest, WhatTakesNoRequestsDoesNotCount) {
  view_.Put(Pod("a", "cart-1"));
  view_.Put(Pod("b", "search-1", "Succeeded"));
  view_.Put(Pod("c", "search-1", "Failed"));
  ClusterObject going = Pod("d", "search-1");
  going.deleting = true;
  view_.Put(going);
  ASSERT_TRUE(Find().ok());
  view_.Remove({ObjectKind::kPod, "shop", "a"});
  EXPECT_EQ(Told(Code::kNotFound), "nothing stands behind Service/shop/web");
}

TEST_F(ServiceTargetTest, APodThatNobodyBringsBackIsAPersons) {
  view_.Put(Pod("a", "cart-1"));
  view_.Put(Pod("b", ""));
  EXPECT_NE(Told(Code::kFailedPrecondition).find("Pod/shop/b"),
            std::string::npos);
}

TEST_F(ServiceTargetTest, AnOwnerThatWasReplacedIsNone) {
  view_.Put(Pod("a", "cart-1"));
  view_.Put(Object(ObjectKind::kDeployment, "cart", "another"));
  EXPECT_NE(Told(Code::kNotFound).find("another object"), std::string::npos);
}

TEST_F(ServiceTargetTest, WithoutASelectorNothingIsGuessed) {
  view_.Put(Pod("a", "cart-1"));
  PutService({});
  EXPECT_EQ(Told(Code::kFailedPrecondition),
            "Service/shop/web selects no pods by labels");
}

TEST_F(ServiceTargetTest, WhatCanNotBeReadIsAFault) {
  view_.Put(Pod("a", "cart-1"));
  view_.FailList(ObjectKind::kPod, {Code::kUnavailable, "refused"});
  EXPECT_EQ(Told(Code::kUnavailable), "resolve Service/shop/web: refused");
  view_.FailGet(service_, {Code::kPermissionDenied, "forbidden"});
  EXPECT_EQ(Told(Code::kPermissionDenied),
            "resolve Service/shop/web: forbidden");
}

TEST_F(ServiceTargetTest, AServiceThatIsNotThereIsToldOf) {
  view_.Put(Pod("a", "cart-1"));
  view_.Remove(service_);
  EXPECT_NE(Told(Code::kNotFound).find("Service/shop/web"), std::string::npos);
}

TEST_F(ServiceTargetTest, AnOwnerThatCanNotBeReadIsAFault) {
  view_.Put(Pod("a", "cart-1"));
  view_.Put(Pod("b", "search-1"));
  view_.FailGet({ObjectKind::kReplicaSet, "shop", "search-1"},
                {Code::kDeadlineExceeded, "no answer"});
  EXPECT_NE(Told(Code::kDeadlineExceeded).find("search-1"), std::string::npos);
}

}  // namespace
}  // namespace selfheal
