#include <set>

#include "tests/kubesim/fixture.h"

namespace kubesim {
namespace {

using RolloutTest = SimulatorTest;

Json Restart(const std::string& at) {
  return {
      {"spec",
       {{"template",
         {{"metadata",
           {{"annotations", {{"kubectl.kubernetes.io/restartedAt", at}}}}}}}}}};
}

std::set<std::string> Uids(const std::vector<Json>& pods) {
  std::set<std::string> uids;
  for (const Json& pod : pods) uids.insert(Text(pod, {"metadata", "uid"}));
  return uids;
}

TEST_F(RolloutTest, DeploymentBecomesAvailable) {
  simulator_.Apply(DeploymentOf("cart", 3));
  Seconds(10);
  const Json cart = Deployment("cart");
  EXPECT_EQ(Number(cart, {"status", "availableReplicas"}), 3);
  EXPECT_EQ(Number(cart, {"status", "observedGeneration"}),
            Number(cart, {"metadata", "generation"}));
  EXPECT_EQ(simulator_.List("replicasets", "shop").size(), 1u);
  const std::vector<Json> pods = simulator_.List("pods", "shop");
  ASSERT_EQ(pods.size(), 3u);
  EXPECT_EQ(Text(pods[0], {"status", "phase"}), "Running");
}

TEST_F(RolloutTest, RestartReplacesEveryPodAndStaysWithinBounds) {
  simulator_.Apply(DeploymentOf("cart", 4));
  Seconds(10);
  const std::set<std::string> before = Uids(simulator_.List("pods", "shop"));
  ASSERT_EQ(
      client_
          ->Patch(std::string(kDeployments) + "/cart", Restart("1"), kStrategic)
          .code,
      200);
  for (int i = 0; i < 40; ++i) {
    Seconds(0.5);
    const Json cart = Deployment("cart");
    EXPECT_GE(Number(cart, {"status", "availableReplicas"}), 3);
    EXPECT_LE(Number(cart, {"status", "replicas"}), 5);
  }
  const Json cart = Deployment("cart");
  EXPECT_EQ(Number(cart, {"status", "updatedReplicas"}), 4);
  EXPECT_EQ(Number(cart, {"status", "replicas"}), 4);
  for (const std::string& uid : Uids(simulator_.List("pods", "shop"))) {
    EXPECT_EQ(before.count(uid), 0u);
  }
  EXPECT_EQ(
      cart["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
      "2");
}

TEST_F(RolloutTest, SamePatchAgainChangesNothing) {
  simulator_.Apply(DeploymentOf("cart", 2));
  Seconds(10);
  const std::string path = std::string(kDeployments) + "/cart";
  client_->Patch(path, Restart("1"), kStrategic);
  Seconds(20);
  const Json before = Deployment("cart");
  simulator_.ClearLog();
  EXPECT_EQ(client_->Patch(path, Restart("1"), kStrategic).code, 200);
  EXPECT_EQ(CountChanges(simulator_.Log()), 0);
  Seconds(5);
  EXPECT_EQ(Deployment("cart")["metadata"], before["metadata"]);
}

TEST_F(RolloutTest, BackToAnOlderTemplateTakesItsSetUpAgain) {
  simulator_.Apply(DeploymentOf("cart", 1));
  Seconds(10);
  const std::string path = std::string(kDeployments) + "/cart";
  const Json old_template = Deployment("cart")["spec"]["template"];
  client_->Patch(path, Restart("1"), kStrategic);
  Seconds(20);
  ASSERT_EQ(client_
                ->Patch(path,
                        Json::array({{{"op", "replace"},
                                      {"path", "/spec/template"},
                                      {"value", old_template}}}),
                        kJsonPatch)
                .code,
            200);
  Seconds(20);
  const std::vector<Json> sets = simulator_.List("replicasets", "shop");
  ASSERT_EQ(sets.size(), 2u);
  EXPECT_EQ(Deployment("cart")["metadata"]["annotations"]
                              ["deployment.kubernetes.io/revision"],
            "3");
}

TEST_F(RolloutTest, RolloutThatNeverGetsReadyExceedsItsDeadline) {
  Json cart = DeploymentOf("cart", 2);
  cart["spec"]["progressDeadlineSeconds"] = 30;
  simulator_.Apply(cart);
  Seconds(10);
  client_->Patch(
      std::string(kDeployments) + "/cart",
      {{"spec",
        {{"template",
          {{"metadata",
            {{"annotations",
              {{"sim.selfheal.dev/ready-delay-seconds", "-1"}}}}}}}}}});
  Seconds(50);
  cart = Deployment("cart");
  bool exceeded = false;
  for (const Json& condition : cart["status"]["conditions"]) {
    exceeded = exceeded || condition["reason"] == "ProgressDeadlineExceeded";
  }
  EXPECT_TRUE(exceeded);
  EXPECT_EQ(Number(cart, {"status", "availableReplicas"}), 2);
}

TEST_F(RolloutTest, PausedDeploymentKeepsItsPods) {
  simulator_.Apply(DeploymentOf("cart", 2));
  Seconds(10);
  const std::string path = std::string(kDeployments) + "/cart";
  client_->Patch(path, {{"spec", {{"paused", true}}}});
  client_->Patch(path, Restart("1"), kStrategic);
  Seconds(20);
  EXPECT_EQ(simulator_.List("replicasets", "shop").size(), 1u);
  EXPECT_EQ(Number(Deployment("cart"), {"status", "updatedReplicas"}), 0);
}

TEST_F(RolloutTest, StatefulSetRollsFromTheHighestOrdinal) {
  Json orders = DeploymentOf("orders", 3);
  orders["kind"] = "StatefulSet";
  simulator_.Apply(orders);
  Seconds(20);
  ASSERT_EQ(simulator_.List("pods", "shop").size(), 3u);
  const std::string first =
      Text(simulator_.Get("pods", "shop", "orders-0"), {"metadata", "uid"});
  client_->Patch("/apis/apps/v1/namespaces/shop/statefulsets/orders",
                 Restart("1"), kStrategic);
  Seconds(6);
  EXPECT_EQ(
      Text(simulator_.Get("pods", "shop", "orders-0"), {"metadata", "uid"}),
      first);
  Seconds(30);
  const Json set = simulator_.Get("statefulsets", "shop", "orders");
  EXPECT_EQ(Number(set, {"status", "updatedReplicas"}), 3);
  EXPECT_EQ(Text(set, {"status", "updateRevision"}),
            Text(set, {"status", "currentRevision"}));
  EXPECT_NE(
      Text(simulator_.Get("pods", "shop", "orders-0"), {"metadata", "uid"}),
      first);
}

TEST_F(RolloutTest, DaemonSetPutsOnePodOnEachNode) {
  Json agent = DeploymentOf("agent", 0);
  agent["kind"] = "DaemonSet";
  agent["spec"].erase("replicas");
  simulator_.Apply(agent);
  Seconds(10);
  const Json set = simulator_.Get("daemonsets", "shop", "agent");
  EXPECT_EQ(Number(set, {"status", "numberAvailable"}), 2);
}

TEST_F(RolloutTest, DeletingADeploymentTakesItsPodsAlong) {
  simulator_.Apply(DeploymentOf("cart", 2));
  Seconds(10);
  EXPECT_EQ(client_->Delete(std::string(kDeployments) + "/cart").code, 200);
  Seconds(10);
  EXPECT_TRUE(simulator_.List("pods", "shop").empty());
  EXPECT_TRUE(simulator_.List("replicasets", "shop").empty());
}

}  // namespace
}  // namespace kubesim
