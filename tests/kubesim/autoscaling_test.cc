#include "tests/kubesim/fixture.h"

namespace kubesim {
namespace {

using AutoscalingTest = SimulatorTest;

Json Autoscaler(int least, int most) {
  return {
      {"apiVersion", "autoscaling/v2"},
      {"kind", "HorizontalPodAutoscaler"},
      {"metadata", {{"name", "cart"}, {"namespace", "shop"}}},
      {"spec",
       {{"scaleTargetRef",
         {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "cart"}}},
        {"minReplicas", least},
        {"maxReplicas", most}}}};
}

std::string Scale() { return std::string(kDeployments) + "/cart/scale"; }

TEST_F(AutoscalingTest, ReplicasStayWithinTheBounds) {
  simulator_.Apply(DeploymentOf("cart", 2));
  simulator_.Apply(Autoscaler(2, 4));
  Seconds(20);
  client_->Patch(Scale(), {{"spec", {{"replicas", 9}}}});
  Seconds(20);
  EXPECT_EQ(Number(Deployment("cart"), {"spec", "replicas"}), 4);
  client_->Patch(Scale(), {{"spec", {{"replicas", 1}}}});
  Seconds(20);
  EXPECT_EQ(Number(Deployment("cart"), {"spec", "replicas"}), 2);
}

TEST_F(AutoscalingTest, ScalingToZeroSwitchesItOff) {
  simulator_.Apply(DeploymentOf("cart", 2));
  simulator_.Apply(Autoscaler(2, 4));
  Seconds(20);
  client_->Patch(Scale(), {{"spec", {{"replicas", 0}}}});
  Seconds(40);
  EXPECT_EQ(Number(Deployment("cart"), {"spec", "replicas"}), 0);
  const Json autoscaler =
      simulator_.Get("horizontalpodautoscalers", "shop", "cart");
  bool disabled = false;
  for (const Json& condition : autoscaler["status"]["conditions"]) {
    disabled = disabled || condition["reason"] == "ScalingDisabled";
  }
  EXPECT_TRUE(disabled);
}

TEST_F(AutoscalingTest, BusyPodsAreGivenCompany) {
  simulator_.Apply(DeploymentOf("cart", 2));
  simulator_.Apply(Autoscaler(2, 4));
  Seconds(20);
  EXPECT_EQ(Number(Deployment("cart"), {"spec", "replicas"}), 2);
  simulator_.Inject("shop/Deployment/cart",
                    {{"behaviour", "cpu"}, {"cpu-millicores", 900}}, true);
  Seconds(60);
  EXPECT_EQ(Number(Deployment("cart"), {"spec", "replicas"}), 3);
  simulator_.Inject("shop/Deployment/cart", {{"cpu-millicores", 3000}}, true);
  Seconds(60);
  EXPECT_EQ(Number(Deployment("cart"), {"spec", "replicas"}), 4);
}

TEST_F(AutoscalingTest, BudgetFollowsThePodsAndHoldsEvictionsBack) {
  simulator_.Apply(DeploymentOf("cart", 2));
  simulator_.Apply({{"apiVersion", "policy/v1"},
                    {"kind", "PodDisruptionBudget"},
                    {"metadata", {{"name", "cart"}, {"namespace", "shop"}}},
                    {"spec",
                     {{"minAvailable", 1},
                      {"selector", {{"matchLabels", {{"app", "cart"}}}}}}}});
  Seconds(10);
  const auto allowed = [this] {
    return Number(simulator_.Get("poddisruptionbudgets", "shop", "cart"),
                  {"status", "disruptionsAllowed"});
  };
  EXPECT_EQ(allowed(), 1);
  const std::vector<Json> pods = simulator_.List("pods", "shop");
  const auto evict = [&](const Json& pod) {
    const std::string name = Text(pod, {"metadata", "name"});
    return client_->Post(std::string(kPods) + "/" + name + "/eviction",
                         {{"metadata", {{"name", name}}}});
  };
  EXPECT_EQ(evict(pods[0]).code, 201);
  EXPECT_EQ(evict(pods[1]).code, 429);
  Seconds(0.5);
  EXPECT_EQ(allowed(), 0);
  Seconds(20);
  EXPECT_EQ(allowed(), 1);
}

TEST_F(AutoscalingTest, ManyWorkloadsRollWithinSeconds) {
  for (int i = 0; i < 60; ++i) {
    simulator_.Apply(DeploymentOf("w" + std::to_string(i), 4));
  }
  Seconds(30);
  EXPECT_EQ(simulator_.List("pods", "shop").size(), 240u);
  for (const Json& deployment : simulator_.List("deployments", "shop")) {
    EXPECT_EQ(Number(deployment, {"status", "availableReplicas"}), 4);
  }
}

TEST_F(AutoscalingTest, QuarantinedPodIsLetGoAndReplaced) {
  simulator_.Apply(DeploymentOf("cart", 2));
  Seconds(10);
  const std::string name =
      Text(simulator_.List("pods", "shop")[0], {"metadata", "name"});
  client_->Patch(std::string(kPods) + "/" + name,
                 {{"metadata", {{"labels", {{"app", "sick"}}}}}});
  Seconds(10);
  EXPECT_EQ(simulator_.List("pods", "shop").size(), 3u);
  EXPECT_FALSE(simulator_.Get("pods", "shop", name)["metadata"].contains(
      "ownerReferences"));
  EXPECT_EQ(Number(Deployment("cart"), {"status", "availableReplicas"}), 2);
}

}  // namespace
}  // namespace kubesim
