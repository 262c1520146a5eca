#include "app/past_cluster.h"

#include <gtest/gtest.h>

#include "app/told_source.h"
#include "correlate/target_resolver.h"
#include "execute/workload.h"

namespace selfheal::testing {
namespace {

const Time kAt = *ParseTime("2026-11-01T00:00:00Z");
const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};

/// What kube-state-metrics told of Deployment cart, its pod and its node.
Result<QueryAnswer> Shop(const RangeQuery& query) {
  EXPECT_EQ(query.start, kAt);
  QueryAnswer answer;
  const auto tell = [&](const char* expr, Labels labels) {
    if (query.expr == expr) {
      answer.series.push_back(
          Ones(query, std::move(labels), kAt, kAt + seconds(1)));
    }
  };
  const Labels pod = {{"pod", "cart-7f-abcde"},
                      {"node", "n1"},
                      {"created_by_kind", "ReplicaSet"},
                      {"created_by_name", "cart-7f"}};
  tell(R"(kube_pod_info{namespace="shop",pod="cart-7f-abcde"})", pod);
  tell(R"(kube_pod_info{namespace="shop",created_by_kind="ReplicaSet",)"
       R"(created_by_name=~"cart-[a-z0-9]+"})",
       pod);
  tell(R"(kube_pod_info{namespace="shop",pod="bare"})",
       {{"created_by_kind", "<none>"}, {"created_by_name", "<none>"}});
  tell(R"(kube_replicaset_owner{namespace="shop",replicaset="cart-7f"})",
       {{"owner_kind", "Deployment"}, {"owner_name", "cart"}});
  tell(R"(kube_deployment_spec_replicas{namespace="shop",deployment="cart"})",
       {});
  tell(R"(kube_node_info{node="n1"})", {{"internal_ip", "10.0.0.7"}});
  tell("kube_node_info", {{"node", "n1"}, {"internal_ip", "10.0.0.7"}});
  return answer;
}

class PastClusterTest : public ::testing::Test {
 protected:
  Result<ResolvedTarget> Resolve(TargetMode mode, const Labels& labels) {
    Rule rule;
    rule.target = mode;
    return TargetResolver(cluster_).Resolve(rule, labels);
  }

  ToldSource source_{Shop};
  PastCluster cluster_{source_, seconds(1), kAt};
};

TEST_F(PastClusterTest, APodLeadsToTheWorkloadThatOwnedIt) {
  const auto target = Resolve(
      TargetMode::kWorkload, {{"namespace", "shop"}, {"pod", "cart-7f-abcde"}});
  ASSERT_TRUE(target.ok()) << target.error().message;
  EXPECT_EQ(target->object, kCart);
}

TEST_F(PastClusterTest, APodOfANodeThatWasNotReadyIsTheNodes) {
  const auto target = Resolve(
      TargetMode::kWorkload, {{"namespace", "shop"}, {"pod", "cart-7f-abcde"}});
  ASSERT_TRUE(target.ok());
  ASSERT_TRUE(target->root);
  EXPECT_EQ(target->root->node.name, "n1");
}

TEST_F(PastClusterTest, ANodeIsFoundByItsAddress) {
  const auto target =
      Resolve(TargetMode::kNode, {{"instance", "10.0.0.7:9100"}});
  ASSERT_TRUE(target.ok()) << target.error().message;
  EXPECT_EQ(target->object.name, "n1");
}

TEST_F(PastClusterTest, WhatNobodyMadeOrNobodyKnowsIsNoTarget) {
  const Labels bare = {{"namespace", "shop"}, {"pod", "bare"}};
  EXPECT_EQ(Resolve(TargetMode::kWorkload, bare).error().code,
            Code::kFailedPrecondition);
  const Labels gone = {{"namespace", "shop"}, {"pod", "gone-7f-abcde"}};
  EXPECT_EQ(Resolve(TargetMode::kWorkload, gone).error().code, Code::kNotFound);
}

TEST_F(PastClusterTest, TheWorkloadHasItsPods) {
  const auto workload = cluster_.Get(kCart);
  ASSERT_TRUE(workload.ok());
  const auto pods = PodsOf(cluster_, *workload);
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  ASSERT_EQ(pods->size(), 1u);
  EXPECT_EQ(pods->front().ref.name, "cart-7f-abcde");
  EXPECT_EQ(pods->front().As<PodState>()->node, "n1");
}

TEST_F(PastClusterTest, OfOtherKindsMetricsTellNothing) {
  EXPECT_EQ(cluster_.Get({ObjectKind::kNamespace, "", "shop"}).error().code,
            Code::kFailedPrecondition);
  EXPECT_EQ(cluster_.List({.kind = ObjectKind::kPod}).error().code,
            Code::kFailedPrecondition);
}

TEST(PastCluster, NamesAreQuoted) {
  std::string asked;
  ToldSource source([&](const RangeQuery& query) {
    asked = query.expr;
    return Result<QueryAnswer>(QueryAnswer());
  });
  PastCluster cluster(source, seconds(1), kAt);
  EXPECT_FALSE(
      cluster.Get({ObjectKind::kDeployment, "s", "a\"} or up{x=\""}).ok());
  EXPECT_EQ(asked,
            "kube_deployment_spec_replicas{namespace=\"s\","
            "deployment=\"a\\\"} or up{x=\\\"\"}");
}

}  // namespace
}  // namespace selfheal::testing
