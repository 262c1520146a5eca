#include "core/gitops.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

ClusterObject Cart() {
  ClusterObject object;
  object.ref = {ObjectKind::kDeployment, "shop", "cart"};
  return object;
}

TEST(KeeperOf, NobodyByDefaultNorByHelmAlone) {
  EXPECT_FALSE(KeeperOf(Cart()));
  ClusterObject cart = Cart();
  cart.labels["app.kubernetes.io/instance"] = "shop";
  cart.labels["app.kubernetes.io/managed-by"] = "Helm";
  EXPECT_FALSE(KeeperOf(cart));
}

/// The Application that may keep cart where that label is `instance`, or why
/// there is none.
std::string PossiblyBy(testing::FakeClusterView& view,
                       const std::string& instance) {
  ClusterObject cart = Cart();
  if (!instance.empty()) {
    cart.labels["app.kubernetes.io/instance"] = instance;
  }
  const auto found = PossibleApplication(view, cart);
  return found.ok() ? ToString(found->ref)
                    : std::string(CodeName(found.error().code));
}

TEST(PossibleApplication, IsCalledSoWhereverItIs) {
  testing::FakeClusterView view;
  EXPECT_EQ(PossiblyBy(view, "shop"), "not_found");
  const auto put = [&](const char* ns, const char* name) {
    ClusterObject application;
    application.ref = {ObjectKind::kApplication, ns, name};
    view.Put(application);
  };
  put("teams", "shop");
  put("teams", "pay");
  const int before = view.reads();
  EXPECT_EQ(PossiblyBy(view, "shop"), "Application/teams/shop");
  EXPECT_EQ(view.reads(), before + 1);
  put("argocd", "shop");
  EXPECT_EQ(PossiblyBy(view, "shop"), "failed_precondition");
  EXPECT_EQ(PossiblyBy(view, "teams_shop"), "Application/teams/shop");
  EXPECT_EQ(PossiblyBy(view, "others_shop"), "not_found");
  EXPECT_EQ(PossiblyBy(view, "Not A Name"), "not_found");
  EXPECT_EQ(PossiblyBy(view, ""), "not_found");
}

TEST(PossibleApplication, WhoMayNotLookDoesNotKnow) {
  testing::FakeClusterView view;
  view.FailList(ObjectKind::kApplication, {Code::kPermissionDenied, "no"});
  EXPECT_EQ(PossiblyBy(view, "shop"), "permission_denied");
  EXPECT_EQ(PossiblyBy(view, ""), "not_found");
}

TEST(KeeperOf, ArgoCdByALabelThatNobodyElseWrites) {
  ClusterObject cart = Cart();
  cart.labels["argocd.argoproj.io/instance"] = "shop";
  const auto keeper = KeeperOf(cart);
  ASSERT_TRUE(keeper);
  EXPECT_EQ(keeper->kind, Keeper::Kind::kArgoCd);
  EXPECT_EQ(keeper->text, "Argo CD's Application argocd/shop");
}

TEST(KeeperOf, ArgoCdByItsTrackingId) {
  ClusterObject cart = Cart();
  cart.annotations["argocd.argoproj.io/tracking-id"] =
      "shop:apps/Deployment:shop/cart";
  auto keeper = KeeperOf(cart);
  ASSERT_TRUE(keeper);
  EXPECT_EQ(keeper->kind, Keeper::Kind::kArgoCd);
  EXPECT_EQ(keeper->text, "Argo CD's Application argocd/shop");
  cart.annotations["argocd.argoproj.io/tracking-id"] =
      "teams_shop:apps/Deployment:shop/cart";
  keeper = KeeperOf(cart);
  EXPECT_EQ(keeper->ns, "teams");
  EXPECT_EQ(keeper->name, "shop");
}

TEST(KeeperOf, FluxByItsLabels) {
  for (const std::string prefix :
       {"kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"}) {
    ClusterObject cart = Cart();
    cart.labels[prefix + "name"] = "apps";
    cart.labels[prefix + "namespace"] = "flux-system";
    const auto keeper = KeeperOf(cart);
    ASSERT_TRUE(keeper);
    EXPECT_EQ(keeper->kind, Keeper::Kind::kFlux);
    EXPECT_TRUE(keeper->text.ends_with(" flux-system/apps"));
    cart.annotations[prefix + "reconcile"] = "disabled";
    EXPECT_FALSE(KeeperOf(cart));
  }
}

TEST(KeeperOf, AnOwnerThatControlsIt) {
  ClusterObject cart = Cart();
  cart.owners = {{"Shop", "main", "u", false}};
  EXPECT_FALSE(KeeperOf(cart));
  cart.owners.front().controller = true;
  ASSERT_TRUE(KeeperOf(cart));
  EXPECT_EQ(KeeperOf(cart)->text, "Shop main, which controls it");
}

}  // namespace
}  // namespace selfheal
