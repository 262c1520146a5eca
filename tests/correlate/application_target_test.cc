#include "correlate/application_target.h"

#include <gtest/gtest.h>

#include "fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

ClusterObject Object(ObjectKind kind, std::string name, std::string uid) {
  return testing::Bare({kind, "shop", std::move(name)}, std::move(uid));
}

class ApplicationTargetTest : public ::testing::Test {
 protected:
  /// A workload that Argo CD's Application "store" keeps.
  void PutKept(ObjectKind kind, std::string name) {
    ClusterObject kept = Object(kind, std::move(name), "d1");
    kept.labels["app.kubernetes.io/instance"] = "store";
    view_.Put(kept);
  }
  Result<ObjectRef> Resolve(const Labels& labels) {
    return WorkloadOfApplication(view_, labels);
  }

  testing::FakeClusterView view_;
};

TEST_F(ApplicationTargetTest, AnApplicationMeansTheOneWorkloadThatItKeeps) {
  const Labels labels = {
      {"namespace", "argocd"}, {"name", "store"}, {"dest_namespace", "shop"}};
  EXPECT_EQ(Resolve(labels).error().code, Code::kNotFound);
  ClusterObject db = Object(ObjectKind::kStatefulSet, "db", "s1");
  db.annotations["argocd.argoproj.io/tracking-id"] =
      "store:apps/StatefulSet:shop/db";
  view_.Put(db);
  auto target = Resolve(labels);
  ASSERT_TRUE(target.ok()) << target.error().message;
  EXPECT_EQ(ToString(*target), "StatefulSet/shop/db");
  ClusterObject cart = Object(ObjectKind::kDeployment, "cart", "d1");
  cart.labels["app.kubernetes.io/instance"] = "store";
  view_.Put(cart);
  target = Resolve(labels);
  ASSERT_FALSE(target.ok()) << "two, and the alert does not say which";
  EXPECT_EQ(target.error().code, Code::kInvalidArgument);
}

TEST_F(ApplicationTargetTest, AnApplicationTellsWhichOfItsWorkloadsHasDrifted) {
  const Labels labels = {
      {"namespace", "argocd"}, {"name", "store"}, {"dest_namespace", "shop"}};
  PutKept(ObjectKind::kStatefulSet, "db");
  PutKept(ObjectKind::kDeployment, "cart");
  PutKept(ObjectKind::kDeployment, "web");
  ClusterObject store = Object(ObjectKind::kApplication, "store", "a1");
  store.ref.ns = "argocd";
  ApplicationState state;
  state.here = true;
  state.resources = {{"Deployment", "shop", "cart", "Synced", "Healthy"},
                     {"ConfigMap", "shop", "cart", "OutOfSync", ""},
                     {"StatefulSet", "shop", "db", "OutOfSync", "Degraded"}};
  store.state = state;
  view_.Put(store);
  const auto target = Resolve(labels);
  ASSERT_TRUE(target.ok()) << target.error().message;
  EXPECT_EQ(ToString(*target), "StatefulSet/shop/db");
  const auto told = [&](std::vector<ApplicationState::Resource> resources) {
    state.resources = std::move(resources);
    store.state = state;
    view_.Put(store);
    return Resolve(labels).error().message;
  };
  EXPECT_NE(told({{"StatefulSet", "shop", "db", "OutOfSync", "Degraded"},
                  {"Deployment", "shop", "cart", "OutOfSync", "Healthy"}})
                .find("StatefulSet/shop/db (Degraded), Deployment/shop/cart"),
            std::string::npos);
  EXPECT_NE(told({{"ConfigMap", "shop", "cart", "OutOfSync", ""}})
                .find("ConfigMap/shop/cart"),
            std::string::npos);
  EXPECT_NE(told({}).find("keeps Deployment/shop/cart and"), std::string::npos)
      << "nothing is told to have drifted: as the workloads say";
  view_.FailGet(store.ref, {Code::kPermissionDenied, "no right"});
  EXPECT_EQ(Resolve(labels).error().code, Code::kInvalidArgument);
  view_.FailGet(store.ref, {Code::kUnavailable, "no answer"});
  EXPECT_EQ(Resolve(labels).error().code, Code::kUnavailable);
}

TEST_F(ApplicationTargetTest,
       AnApplicationIsNotBelievedAboutWhatItDoesNotKeep) {
  const Labels labels = {
      {"namespace", "argocd"}, {"name", "store"}, {"dest_namespace", "shop"}};
  PutKept(ObjectKind::kDeployment, "cart");
  ClusterObject store = Object(ObjectKind::kApplication, "store", "a1");
  store.ref.ns = "argocd";
  ApplicationState state;
  state.here = true;
  state.resources = {{"Deployment", "shop", "cart", "OutOfSync", ""}};
  const auto resolve = [&] {
    store.state = state;
    view_.Put(store);
    return Resolve(labels);
  };
  ASSERT_TRUE(resolve().ok());
  state.here = false;
  auto target = resolve();
  ASSERT_FALSE(target.ok());
  EXPECT_NE(target.error().message.find("another cluster"), std::string::npos);
  state.here = true;
  view_.Edit({ObjectKind::kDeployment, "shop", "cart"}, [](ClusterObject& o) {
    o.labels["app.kubernetes.io/instance"] = "other";
  });
  target = resolve();
  ASSERT_FALSE(target.ok());
  EXPECT_NE(target.error().message.find("does not keep"), std::string::npos);
  state.resources = {{"Deployment", "shop", "gone", "OutOfSync", ""}};
  EXPECT_EQ(resolve().error().code, Code::kNotFound);
  state.resources = {{"Deployment", "", "Bad/Name", "OutOfSync", ""}};
  EXPECT_EQ(resolve().error().code, Code::kInvalidArgument);
}

TEST_F(ApplicationTargetTest, TheSameAppElsewhereIsNotMeant) {
  ClusterObject cart = Object(ObjectKind::kDeployment, "cart", "d1");
  cart.labels["app.kubernetes.io/instance"] = "store";
  view_.Put(cart);
  EXPECT_FALSE(Resolve({{"name", "store"}, {"dest_namespace", "other"}}).ok());
  EXPECT_FALSE(
      Resolve({{"name", "Bad/Name"}, {"dest_namespace", "shop"}}).ok());
  Labels labels = {{"name", "store"}, {"dest_namespace", "shop"}};
  EXPECT_TRUE(Resolve(labels).ok());
  labels["dest_server"] = "https://kubernetes.default.svc";
  EXPECT_TRUE(Resolve(labels).ok());
  labels["dest_server"] = "https://203.0.113.7:6443";
  EXPECT_FALSE(Resolve(labels).ok());
}

}  // namespace
}  // namespace selfheal
