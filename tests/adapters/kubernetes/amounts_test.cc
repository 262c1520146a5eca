#include "adapters/kubernetes/amounts.h"

#include <gtest/gtest.h>

#include "adapters/kubernetes/object_mapper.h"

namespace selfheal::kubernetes {
namespace {

TEST(Amounts, APodAsksForTheSumOfItsContainers) {
  const auto pod = ParseObject(R"({"kind":"Pod","metadata":{"name":"p",
      "namespace":"shop","uid":"u","resourceVersion":"1"},
      "spec":{"nodeName":"n1","volumes":[{"name":"a","emptyDir":{}}],
        "containers":[
          {"resources":{"requests":{"cpu":"250m","memory":"64Mi"}}},
          {"resources":{"requests":{"cpu":"1"}}},{}],
        "initContainers":[{"resources":{"requests":{"memory":"1Gi"}}}]},
      "status":{"phase":"Failed","reason":"Evicted"}})",
                               ObjectKind::kPod);
  ASSERT_TRUE(pod.ok()) << pod.error().message;
  const auto* state = pod->As<PodState>();
  EXPECT_EQ(state->requests, (Amounts{1250, 1LL << 30, 1}));
  EXPECT_TRUE(state->scratch);
  EXPECT_EQ(state->reason, "Evicted");
}

TEST(Amounts, ANodeHasWhatIsAllocatableAndItsTaints) {
  const auto node_of = [](const std::string& taints) {
    return ParseObject(
        R"({"kind":"Node","metadata":{"name":"n","uid":"u",
        "resourceVersion":"1"},"spec":{"taints":[)" +
            taints + R"(]},"status":{"allocatable":{"cpu":"3920m",
        "memory":"7Gi","pods":"110"},"addresses":[
        {"type":"InternalIP","address":"10.0.0.1"}]}})",
        ObjectKind::kNode);
  };
  const auto plain = node_of("");
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_EQ(plain->As<NodeState>()->allocatable,
            (Amounts{3920, 7LL << 30, 110}));
  EXPECT_EQ(plain->As<NodeState>()->addresses,
            std::vector<std::string>{"10.0.0.1"});
  EXPECT_FALSE(plain->As<NodeState>()->tainted);
  EXPECT_FALSE(node_of(R"({"key":"node.kubernetes.io/unschedulable",
      "effect":"NoSchedule"})")
                   ->As<NodeState>()
                   ->tainted);
  EXPECT_FALSE(node_of(R"({"key":"x","effect":"PreferNoSchedule"})")
                   ->As<NodeState>()
                   ->tainted);
  EXPECT_TRUE(
      node_of(R"({"key":"x","effect":"NoExecute"})")->As<NodeState>()->tainted);
}

TEST(Amounts, WhatIsNoQuantityIsAnError) {
  EXPECT_FALSE(ParseObject(R"({"kind":"Node","metadata":{"name":"n","uid":"u",
      "resourceVersion":"1"},"status":{"allocatable":{"memory":"much"}}})",
                           ObjectKind::kNode)
                   .ok());
}

}  // namespace
}  // namespace selfheal::kubernetes
