#include "correlate/target_resolver.h"

#include <gtest/gtest.h>

#include "correlate/rule_match.h"
#include "fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

ClusterObject Object(ObjectKind kind, std::string name, std::string uid) {
  ClusterObject object;
  object.ref = {kind, kind == ObjectKind::kNode ? "" : "shop", std::move(name)};
  object.uid = std::move(uid);
  return object;
}

class TargetResolverTest : public ::testing::Test {
 protected:
  TargetResolverTest() {
    view_.Put(Object(ObjectKind::kDeployment, "cart", "d1"));
    ClusterObject set = Object(ObjectKind::kReplicaSet, "cart-1", "r1");
    set.owners = {{"Deployment", "cart", "d1", true}};
    view_.Put(set);
    ClusterObject pod = Object(ObjectKind::kPod, "cart-1-abcde", "p1");
    pod.owners = {{"ReplicaSet", "cart-1", "r1", true}};
    view_.Put(pod);
  }

  Result<ResolvedTarget> Resolve(const Labels& labels,
                                 TargetMode mode = TargetMode::kWorkload) {
    Rule rule;
    rule.target = mode;
    return TargetResolver(view_).Resolve(rule, labels);
  }

  testing::FakeClusterView view_;
};

TEST_F(TargetResolverTest, APodLeadsToTheWorkloadThatOwnsIt) {
  for (const TargetMode mode : {TargetMode::kPod, TargetMode::kWorkload}) {
    const auto target =
        Resolve({{"namespace", "shop"}, {"pod", "cart-1-abcde"}}, mode);
    ASSERT_TRUE(target.ok()) << target.error().message;
    EXPECT_EQ(ToString(target->object), "Deployment/shop/cart");
    EXPECT_EQ(target->uid, "d1");
  }
}

TEST_F(TargetResolverTest, OwnersAreMatchedByUid) {
  ClusterObject impostor = Object(ObjectKind::kDeployment, "cart", "d2");
  view_.Put(impostor);
  const auto target = Resolve({{"namespace", "shop"}, {"pod", "cart-1-abcde"}});
  ASSERT_FALSE(target.ok());
  EXPECT_EQ(target.error().code, Code::kNotFound);
}

TEST_F(TargetResolverTest, ABarePodIsRefused) {
  view_.Put(Object(ObjectKind::kPod, "bare", "p2"));
  const auto target = Resolve({{"namespace", "shop"}, {"pod", "bare"}});
  ASSERT_FALSE(target.ok());
  EXPECT_EQ(target.error().code, Code::kFailedPrecondition);
}

TEST_F(TargetResolverTest, LabelsOfAnExporterAreRefused) {
  const auto target = Resolve({{"namespace", "monitoring"},
                               {"pod", "kube-state-metrics-0"},
                               {"exported_pod", "cart-1-abcde"}});
  ASSERT_FALSE(target.ok());
  EXPECT_EQ(target.error().code, Code::kInvalidArgument);
}

TEST_F(TargetResolverTest, WorkloadLabelsNameTheWorkloadItself) {
  const auto target = Resolve({{"namespace", "shop"}, {"deployment", "cart"}});
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->uid, "d1");
  EXPECT_FALSE(Resolve({{"namespace", "shop"},
                        {"deployment", "cart"},
                        {"statefulset", "db"}})
                   .ok());
}

TEST_F(TargetResolverTest, AReplacedPodIsFoundByItsWorkloadLabel) {
  const auto target = Resolve(
      {{"namespace", "shop"}, {"pod", "cart-1-gone0"}, {"deployment", "cart"}});
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->uid, "d1");
}

TEST_F(TargetResolverTest, AReplacedPodIsFoundByTheNameOfItsReplicaSet) {
  const auto target = Resolve({{"namespace", "shop"}, {"pod", "cart-1-gone0"}});
  ASSERT_TRUE(target.ok()) << target.error().message;
  EXPECT_EQ(target->uid, "d1");
  const auto unknown = Resolve({{"namespace", "shop"}, {"pod", "x-1-gone0"}});
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
}

TEST_F(TargetResolverTest, HostileNamesNeverReachTheCluster) {
  for (const char* name : {"../../secrets/x", "a/b", "%2e%2e", "A", ""}) {
    const int before = view_.reads();
    EXPECT_FALSE(Resolve({{"namespace", "shop"}, {"pod", name}}).ok());
    EXPECT_FALSE(Resolve({{"namespace", name}, {"deployment", "cart"}}).ok());
    EXPECT_EQ(view_.reads(), before) << name;
  }
}

TEST_F(TargetResolverTest, AnHpaLeadsToWhatItScales) {
  ClusterObject hpa =
      Object(ObjectKind::kHorizontalPodAutoscaler, "cart-hpa", "h1");
  HpaState state;
  state.target_kind = "Deployment";
  state.target_name = "cart";
  hpa.state = state;
  view_.Put(hpa);
  const auto target =
      Resolve({{"namespace", "shop"}, {"horizontalpodautoscaler", "cart-hpa"}});
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target->uid, "d1");
}

TEST_F(TargetResolverTest, ClaimsAndCertificatesAreNamedByOneLabel) {
  view_.Put(Object(ObjectKind::kPersistentVolumeClaim, "data", "v1"));
  view_.Put(Object(ObjectKind::kCertificate, "tls", "c1"));
  const auto claim =
      Resolve({{"namespace", "shop"}, {"persistentvolumeclaim", "data"}},
              TargetMode::kVolume);
  ASSERT_TRUE(claim.ok()) << claim.error().message;
  EXPECT_EQ(claim->uid, "v1");
  const auto certificate = Resolve({{"namespace", "shop"}, {"name", "tls"}},
                                   TargetMode::kCertificate);
  ASSERT_TRUE(certificate.ok()) << certificate.error().message;
  EXPECT_EQ(certificate->uid, "c1");
  EXPECT_FALSE(Resolve({{"namespace", "shop"}, {"pod", "cart-1-abcde"}},
                       TargetMode::kVolume)
                   .ok());
}

TEST_F(TargetResolverTest, AClusterThatIsDownIsAFault) {
  view_.FailAll(Error{Code::kUnavailable, "refused"});
  const auto target = Resolve({{"namespace", "shop"}, {"pod", "cart-1-abcde"}});
  ASSERT_FALSE(target.ok());
  EXPECT_TRUE(Retryable(target.error().code));
}

TEST(RuleMatchTest, AnyListAndEveryMatcherInIt) {
  RuleSet set;
  Rule rule;
  rule.name = "a";
  rule.alerts = {{{"alertname", MatchOp::kEqual, "X", nullptr},
                  {"team", MatchOp::kEqual, "shop", nullptr}},
                 {{"alertname", MatchOp::kEqual, "Y", nullptr}}};
  set.rules = {rule};
  EXPECT_EQ(MatchingRules(set, {{"alertname", "Y"}}).size(), 1U);
  EXPECT_EQ(MatchingRules(set, {{"alertname", "X"}}).size(), 0U);
  EXPECT_EQ(MatchingRules(set, {{"alertname", "X"}, {"team", "shop"}}).size(),
            1U);
  EXPECT_EQ(FindRule(set, "b"), nullptr);
}

TEST_F(TargetResolverTest, TheKeyHoldsEveryLabelThatLeadsToATarget) {
  Rule rule;
  rule.name = "leak";
  const Labels labels = {{"namespace", "shop"}, {"pod", "cart-1-abcde"}};
  const std::string key = TargetKey(rule, labels);
  Labels same = labels;
  same["alertname"] = "Leak";
  same["seq"] = "7";
  EXPECT_EQ(TargetKey(rule, same), key);
  for (const char* name :
       {"namespace", "pod", "node", "deployment", "daemonset", "statefulset",
        "horizontalpodautoscaler", "persistentvolumeclaim", "name",
        "exported_pod"}) {
    Labels other = labels;
    other[name] = "other";
    EXPECT_NE(TargetKey(rule, other), key) << name;
  }
  rule.name = "loop";
  EXPECT_NE(TargetKey(rule, labels), key);
}

}  // namespace
}  // namespace selfheal
