#include "tests/kubesim/fixture.h"

namespace kubesim {
namespace {

class NodeTest : public SimulatorTest {
 protected:
  bool HasTaint(const std::string& node, const std::string& key) {
    const Json object = simulator_.Get("nodes", "", node);
    for (const Json& taint : object["spec"].value("taints", Json::array())) {
      if (taint.value("key", "") == "node.kubernetes.io/" + key) return true;
    }
    return false;
  }

  int PodsOn(const std::string& node) {
    int count = 0;
    for (const Json& pod : simulator_.List("pods", "shop")) {
      if (Text(pod, {"spec", "nodeName"}) == node) ++count;
    }
    return count;
  }
};

TEST_F(NodeTest, ACordonKeepsNewPodsOff) {
  client_->Patch("/api/v1/nodes/node-2", {{"spec", {{"unschedulable", true}}}});
  Seconds(2);
  EXPECT_TRUE(HasTaint("node-2", "unschedulable"));
  simulator_.Apply(DeploymentOf("cart", 4));
  Seconds(10);
  EXPECT_EQ(PodsOn("node-1"), 4);
  EXPECT_EQ(PodsOn("node-2"), 0);
  client_->Patch("/api/v1/nodes/node-2",
                 {{"spec", {{"unschedulable", nullptr}}}});
  Seconds(2);
  EXPECT_FALSE(HasTaint("node-2", "unschedulable"));
}

TEST_F(NodeTest, ALostKubeletLeavesItsPodsAsTheyAre) {
  simulator_.Apply(DeploymentOf("cart", 2));
  Seconds(10);
  EXPECT_EQ(PodsOn("node-1"), 1);
  simulator_.SetNodeCondition("node-1", "Ready", "Unknown");
  Seconds(10);
  EXPECT_TRUE(HasTaint("node-1", "unreachable"));
  EXPECT_EQ(Number(Deployment("cart"), {"status", "availableReplicas"}), 1);
  EXPECT_EQ(Sample("kube_node_status_condition",
                   R"(node="node-1",condition="Ready",status="unknown")"),
            1);
  // After five minutes they count no more, but nobody reports their end.
  Seconds(320);
  EXPECT_EQ(PodsOn("node-1"), 1);
  EXPECT_EQ(PodsOn("node-2"), 2);
  EXPECT_EQ(Number(Deployment("cart"), {"status", "availableReplicas"}), 2);
  simulator_.SetNodeCondition("node-1", "Ready", "True");
  Seconds(10);
  EXPECT_FALSE(HasTaint("node-1", "unreachable"));
  EXPECT_EQ(PodsOn("node-1"), 0);
}

TEST_F(NodeTest, ANodeThatComesBackInTimeKeepsItsPods) {
  simulator_.Apply(DeploymentOf("cart", 2));
  Seconds(10);
  simulator_.SetNodeCondition("node-1", "Ready", "Unknown");
  Seconds(60);
  simulator_.SetNodeCondition("node-1", "Ready", "True");
  Seconds(5);
  EXPECT_EQ(PodsOn("node-1"), 1);
  EXPECT_EQ(Number(Deployment("cart"), {"status", "availableReplicas"}), 2);
}

TEST_F(NodeTest, APodThatWritesFillsItsNode) {
  const Json writes = {{"sim.selfheal.dev/disk-mib", "20000"},
                       {"sim.selfheal.dev/disk-rate-mib-per-min", "6000"}};
  simulator_.Apply(DeploymentOf("cart", 1, writes));
  Seconds(60);
  EXPECT_NEAR(Sample("container_fs_usage_bytes", R"(container="app")"),
              26000 * 1048576.0, 600 * 1048576.0);
  EXPECT_FALSE(HasTaint("node-1", "disk-pressure"));
  Seconds(600);
  EXPECT_TRUE(HasTaint("node-1", "disk-pressure"));
  EXPECT_EQ(Sample("kube_node_status_condition",
                   R"(node="node-1",condition="DiskPressure",status="true")"),
            1);
  EXPECT_LT(Sample("node_filesystem_avail_bytes", "10.0.0.1"), 0.1 * 1.1e11);
  // Evicted, it takes along what it wrote; its successor goes elsewhere.
  const std::string name =
      Text(simulator_.List("pods", "shop").front(), {"metadata", "name"});
  client_->Post(std::string(kPods) + "/" + name + "/eviction",
                {{"apiVersion", "policy/v1"},
                 {"kind", "Eviction"},
                 {"metadata", {{"name", name}, {"namespace", "shop"}}}});
  Seconds(10);
  EXPECT_FALSE(HasTaint("node-1", "disk-pressure"));
  EXPECT_EQ(PodsOn("node-2"), 1);
}

}  // namespace
}  // namespace kubesim
