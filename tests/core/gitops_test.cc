#include "core/gitops.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(PossibleApplication(cart),
            (ObjectRef{ObjectKind::kApplication, "argocd", "shop"}));
  cart.labels["app.kubernetes.io/instance"] = "teams_shop";
  EXPECT_EQ(PossibleApplication(cart),
            (ObjectRef{ObjectKind::kApplication, "teams", "shop"}));
  cart.labels["app.kubernetes.io/instance"] = "Not A Name";
  EXPECT_FALSE(PossibleApplication(cart));
  EXPECT_FALSE(PossibleApplication(Cart()));
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
