#include "tests/kubesim/fixture.h"

namespace kubesim {
namespace {

using KubeletTest = SimulatorTest;

constexpr double kMib = 1048576.0;
constexpr char kMemory[] = "container_memory_working_set_bytes";

TEST_F(KubeletTest, LeakGrowsAndANewPodStartsAfresh) {
  simulator_.Apply(DeploymentOf("cart", 1));
  Seconds(10);
  EXPECT_NEAR(Sample(kMemory, "cart"), 64 * kMib, 6 * kMib);
  EXPECT_EQ(
      simulator_.Inject("shop/Deployment/cart",
                        {{"behaviour", "leak"}, {"rate-mib-per-min", 10}}),
      1);
  Seconds(180);
  EXPECT_NEAR(Sample(kMemory, "cart"), 94 * kMib, 6 * kMib);
  const Json pod = simulator_.List("pods", "shop")[0];
  client_->Delete(std::string(kPods) + "/" + Text(pod, {"metadata", "name"}));
  Seconds(120);
  EXPECT_NEAR(Sample(kMemory, "cart"), 64 * kMib, 6 * kMib);
}

TEST_F(KubeletTest, LeakReachesItsLimitAndIsOomKilled) {
  simulator_.Apply(DeploymentOf("cart", 1,
                                {{"sim.selfheal.dev/behaviour", "leak"},
                                 {"sim.selfheal.dev/rate-mib-per-min", "60"}}));
  Seconds(90);
  const Json pod = simulator_.List("pods", "shop")[0];
  const Json& status = pod["status"]["containerStatuses"][0];
  EXPECT_GE(Number(status, {"restartCount"}), 1);
  EXPECT_EQ(Text(status, {"lastState", "terminated", "reason"}), "OOMKilled");
  EXPECT_EQ(Number(status, {"lastState", "terminated", "exitCode"}), 137);
  EXPECT_EQ(
      Sample("kube_pod_container_status_last_terminated_reason", "OOMKilled"),
      1);
}

TEST_F(KubeletTest, APoolThatLosesConnectionsFillsUpAndANewPodHasThemAll) {
  simulator_.Apply(
      DeploymentOf("cart", 1, {{"sim.selfheal.dev/pool-max", "10"}}));
  Seconds(10);
  EXPECT_EQ(Sample("hikaricp_connections_max", "cart"), 10);
  EXPECT_LT(Sample("hikaricp_connections_active", "cart"), 10);
  simulator_.Inject("shop/Deployment/cart", {{"pool-leak-per-min", 4}});
  Seconds(180);
  EXPECT_EQ(Sample("hikaricp_connections_active", "cart"), 10);
  EXPECT_GT(Sample("hikaricp_connections_pending", "cart"), 3);
  const Json pod = simulator_.List("pods", "shop")[0];
  client_->Delete(std::string(kPods) + "/" + Text(pod, {"metadata", "name"}));
  Seconds(30);
  EXPECT_LT(Sample("hikaricp_connections_active", "cart"), 10);
  EXPECT_EQ(Sample("hikaricp_connections_pending", "cart"), 0);
}

TEST_F(KubeletTest, APodNearItsCapacityTakesLonger) {
  simulator_.Apply(DeploymentOf(
      "cart", 1, {{"sim.selfheal.dev/capacity-per-second", "50"}}));
  const auto mean = [&] {
    const double sum = Sample("http_request_duration_seconds_sum", "cart");
    const double count = Sample("http_request_duration_seconds_count", "cart");
    Seconds(120);
    return (Sample("http_request_duration_seconds_sum", "cart") - sum) /
           (Sample("http_request_duration_seconds_count", "cart") - count);
  };
  Seconds(30);
  const double calm = mean();
  simulator_.Inject("shop/Deployment/cart", {{"requests-per-second", 60}});
  EXPECT_GT(mean(), 10 * calm);
}

TEST_F(KubeletTest, ANodeThatIsSlowSlowsThePodsThatComeToIt) {
  simulator_.Apply(DeploymentOf("cart", 1));
  Seconds(10);
  const Json pod = simulator_.List("pods", "shop")[0];
  const std::string node = Text(pod, {"spec", "nodeName"});
  EXPECT_EQ(client_
                ->Post("/sim/inject",
                       {{"node", node}, {"settings", {{"latency-seconds", 2}}}})
                .code,
            200);
  simulator_.Apply(DeploymentOf("basket", 6));
  Seconds(120);
  double slow = 0;
  for (const Json& one : simulator_.List("pods", "shop")) {
    const std::string name = Text(one, {"metadata", "name"});
    const double mean = Sample("http_request_duration_seconds_sum", name) /
                        Sample("http_request_duration_seconds_count", name);
    const bool there = Text(one, {"spec", "nodeName"}) == node;
    if (there) ++slow;
    EXPECT_EQ(mean > 0.5, there) << name;
  }
  EXPECT_GT(slow, 1);
}

TEST_F(KubeletTest, CrashLoopBacksOffAndDeletingThePodHealsIt) {
  simulator_.Apply(DeploymentOf("cart", 1));
  Seconds(10);
  simulator_.Inject("shop/Deployment/cart", {{"behaviour", "crash-loop"}});
  Seconds(30);
  Json pod = simulator_.List("pods", "shop")[0];
  EXPECT_EQ(Text(pod["status"]["containerStatuses"][0],
                 {"state", "waiting", "reason"}),
            "CrashLoopBackOff");
  EXPECT_EQ(
      Sample("kube_pod_container_status_waiting_reason", "CrashLoopBackOff"),
      1);
  EXPECT_EQ(Number(Deployment("cart"), {"status", "availableReplicas"}), 0);
  client_->Delete(std::string(kPods) + "/" + Text(pod, {"metadata", "name"}));
  Seconds(60);
  pod = simulator_.List("pods", "shop")[0];
  EXPECT_EQ(Number(pod["status"]["containerStatuses"][0], {"restartCount"}), 0);
  EXPECT_EQ(Number(Deployment("cart"), {"status", "availableReplicas"}), 1);
}

TEST_F(KubeletTest, CrashLoopCanRecoverByItself) {
  simulator_.Apply(DeploymentOf("cart", 1,
                                {{"sim.selfheal.dev/behaviour", "crash-loop"},
                                 {"sim.selfheal.dev/recovers-after", "2"}}));
  Seconds(120);
  const Json pod = simulator_.List("pods", "shop")[0];
  EXPECT_EQ(Number(pod["status"]["containerStatuses"][0], {"restartCount"}), 2);
  EXPECT_EQ(Number(Deployment("cart"), {"status", "availableReplicas"}), 1);
}

TEST_F(KubeletTest, ThrottlingFallsWhenReplicasRise) {
  simulator_.Apply(DeploymentOf("cart", 1));
  Seconds(10);
  simulator_.Inject("shop/Deployment/cart", {{"cpu-millicores", 1000}}, true);
  const auto ratio = [this] {
    const double periods = Sample("container_cpu_cfs_periods_total", "cart");
    const double throttled =
        Sample("container_cpu_cfs_throttled_periods_total", "cart");
    Seconds(60);
    return (Sample("container_cpu_cfs_throttled_periods_total", "cart") -
            throttled) /
           (Sample("container_cpu_cfs_periods_total", "cart") - periods);
  };
  EXPECT_GT(ratio(), 0.4);
  client_->Patch(std::string(kDeployments) + "/cart/scale",
                 {{"spec", {{"replicas", 4}}}});
  Seconds(20);
  EXPECT_LT(ratio(), 0.05);
}

TEST_F(KubeletTest, ABusyLoopDoesNotFollowTheLoad) {
  simulator_.Apply(DeploymentOf("cart", 1));
  Seconds(10);
  simulator_.Inject("shop/Deployment/cart",
                    {{"behaviour", "cpu"}, {"cpu-millicores", 575}}, true);
  for (int hour = 0; hour < 3; ++hour) {
    const double before =
        Sample("container_cpu_cfs_throttled_periods_total", "cart");
    Seconds(1000);
    // 1 - 0.8 x 500 / 580 of ten periods a second.
    EXPECT_NEAR(
        Sample("container_cpu_cfs_throttled_periods_total", "cart") - before,
        3103, 2);
  }
}

TEST_F(KubeletTest, PersistentInjectionOutlivesThePod) {
  simulator_.Apply(DeploymentOf("cart", 1));
  Seconds(10);
  simulator_.Inject("shop/Deployment/cart",
                    {{"behaviour", "leak"}, {"rate-mib-per-min", 10}}, true);
  const Json pod = simulator_.List("pods", "shop")[0];
  client_->Delete(std::string(kPods) + "/" + Text(pod, {"metadata", "name"}));
  Seconds(185);
  EXPECT_GT(Sample(kMemory, "cart"), 85 * kMib);
}

TEST_F(KubeletTest, PodsWaitForANodeThatTakesThem) {
  for (const char* node : {"node-1", "node-2"}) {
    client_->Patch(std::string("/api/v1/nodes/") + node,
                   {{"spec", {{"unschedulable", true}}}}, kStrategic);
  }
  simulator_.Apply(DeploymentOf("cart", 1));
  Seconds(10);
  EXPECT_EQ(Text(simulator_.List("pods", "shop")[0], {"status", "phase"}),
            "Pending");
  client_->Patch("/api/v1/nodes/node-2",
                 {{"spec", {{"unschedulable", nullptr}}}}, kStrategic);
  Seconds(10);
  EXPECT_EQ(Text(simulator_.List("pods", "shop")[0], {"spec", "nodeName"}),
            "node-2");
}

}  // namespace
}  // namespace kubesim
