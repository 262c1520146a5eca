#include "correlate/target_resolver.h"

#include <gtest/gtest.h>

#include "correlate/rule_match.h"
#include "fakes/fake_cluster_view.h"

namespace selfheal {
namespace {

ClusterObject Object(ObjectKind kind, std::string name, std::string uid) {
  const std::string ns = kind == ObjectKind::kNode ? "" : "shop";
  return testing::Bare({kind, ns, std::move(name)}, std::move(uid));
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

TEST_F(TargetResolverTest, APodLeadsToTheRolloutThatOwnsIt) {
  view_.Put(Object(ObjectKind::kRollout, "web", "ro1"));
  ClusterObject set = Object(ObjectKind::kReplicaSet, "web-1", "r2");
  set.owners = {{"Rollout", "web", "ro1", true}};
  view_.Put(set);
  ClusterObject pod = Object(ObjectKind::kPod, "web-1-abcde", "p2");
  pod.owners = {{"ReplicaSet", "web-1", "r2", true}};
  view_.Put(pod);
  for (const char* name : {"web-1-abcde", "web-1-g4n25"}) {
    const auto target = Resolve({{"namespace", "shop"}, {"pod", name}});
    ASSERT_TRUE(target.ok()) << target.error().message;
    EXPECT_EQ(ToString(target->object), "Rollout/shop/web");
    EXPECT_EQ(target->uid, "ro1");
  }
  EXPECT_TRUE(Resolve({{"namespace", "shop"}, {"rollout", "web"}}).ok());
  view_.Put(Object(ObjectKind::kRollout, "web", "ro2"));
  EXPECT_FALSE(Resolve({{"namespace", "shop"}, {"pod", "web-1-abcde"}}).ok());
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
  const auto target = Resolve({{"namespace", "shop"}, {"pod", "cart-1-g7nd4"}});
  ASSERT_TRUE(target.ok()) << target.error().message;
  EXPECT_EQ(target->uid, "d1");
  const auto unknown = Resolve({{"namespace", "shop"}, {"pod", "x-1-g7nd4"}});
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
}

TEST_F(TargetResolverTest, APodAndAnotherWorkloadsNameContradict) {
  Labels labels = {
      {"namespace", "shop"}, {"pod", "cart-1-abcde"}, {"deployment", "cart"}};
  EXPECT_TRUE(Resolve(labels).ok());
  labels["statefulset"] = "cart";
  EXPECT_FALSE(Resolve(labels).ok()) << "of another kind than its owner";
  labels.erase("deployment");
  EXPECT_FALSE(Resolve(labels).ok());
  EXPECT_EQ(Resolve(labels).error().code, Code::kInvalidArgument);
  labels.erase("statefulset");
  labels["deployment"] = "checkout";
  EXPECT_FALSE(Resolve(labels).ok());
}

TEST_F(TargetResolverTest, AnotherNameWithItsPrefixIsNotItsPod) {
  for (const char* pod : {"cart-1-debug", "cart-1-g7nd", "cart-1-12345a"}) {
    EXPECT_FALSE(Resolve({{"namespace", "shop"}, {"pod", pod}}).ok()) << pod;
  }
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

TEST_F(TargetResolverTest, AServiceCountsWhereNothingElseNamesAWorkload) {
  ClusterObject service = Object(ObjectKind::kService, "web", "v1");
  service.state = ServiceState{.selector = {{"app", "db"}}};
  view_.Put(service);
  view_.Put(Object(ObjectKind::kStatefulSet, "db", "s1"));
  ClusterObject pod = Object(ObjectKind::kPod, "db-0", "p2");
  pod.labels = {{"app", "db"}};
  pod.owners = {{"StatefulSet", "db", "s1", true}};
  pod.state = PodState{};
  view_.Put(pod);
  const Labels labels = {{"namespace", "shop"}, {"service", "web"}};
  const auto target = Resolve(labels);
  ASSERT_TRUE(target.ok()) << target.error().message;
  EXPECT_EQ(ToString(target->object), "StatefulSet/shop/db");
  EXPECT_EQ(target->uid, "s1");
  EXPECT_FALSE(Resolve(labels, TargetMode::kPod).ok());
  Labels more = labels;
  more["deployment"] = "cart";
  EXPECT_EQ(Resolve(more)->uid, "d1");
  more["statefulset"] = "cart";
  EXPECT_FALSE(Resolve(more).ok()) << "the labels name two";
  more = labels;
  more["pod"] = "cart-1-abcde";
  EXPECT_EQ(Resolve(more)->uid, "d1");
  const int before = view_.reads();
  EXPECT_FALSE(Resolve({{"namespace", "shop"}, {"service", "../web"}}).ok());
  EXPECT_EQ(view_.reads(), before);
  EXPECT_EQ(ToString(GuessTarget(Rule(), labels)), "Service/shop/web");
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
        "horizontalpodautoscaler", "persistentvolumeclaim", "name", "service",
        "exported_pod"}) {
    Labels other = labels;
    other[name] = "other";
    EXPECT_NE(TargetKey(rule, other), key) << name;
  }
  rule.name = "loop";
  EXPECT_NE(TargetKey(rule, labels), key);
}

ClusterObject NodeOf(const std::string& name, const std::string& ready,
                     const std::string& address) {
  ClusterObject node = Object(ObjectKind::kNode, name, "uid-" + name);
  NodeState state;
  state.conditions["Ready"] = ready;
  state.conditions["DiskPressure"] = "False";
  state.addresses = {address, name};
  node.state = state;
  return node;
}

TEST_F(TargetResolverTest, AnInstanceNamesANodeWhereItIsOne) {
  view_.Put(NodeOf("n1", "True", "10.0.0.1"));
  view_.Put(NodeOf("n2", "True", "10.0.0.2"));
  view_.Put(NodeOf("n3", "True", "fd00::3"));
  for (const auto& [instance, name] :
       std::map<std::string, std::string>{{"10.0.0.2:9100", "n2"},
                                          {"n1", "n1"},
                                          {"n1:9100", "n1"},
                                          {"[fd00::3]:9100", "n3"}}) {
    const auto target = Resolve({{"instance", instance}}, TargetMode::kNode);
    ASSERT_TRUE(target.ok()) << instance;
    EXPECT_EQ(target->object.name, name);
    EXPECT_EQ(target->uid, "uid-" + name);
  }
  for (const char* instance : {"10.0.0.9:9100", "", "10.0.0"}) {
    EXPECT_FALSE(Resolve({{"instance", instance}}, TargetMode::kNode).ok());
  }
  // One address of two nodes is none.
  view_.Put(NodeOf("n4", "True", "10.0.0.2"));
  EXPECT_FALSE(
      Resolve({{"instance", "10.0.0.2:9100"}}, TargetMode::kNode).ok());
  // The label that names it counts first.
  const auto named = Resolve({{"instance", "10.0.0.1:9100"}, {"node", "n2"}},
                             TargetMode::kNode);
  EXPECT_EQ(named->object.name, "n2");
}

TEST_F(TargetResolverTest, TheTroubleOfAPodOnALostNodeIsTheNodes) {
  const auto resolve = [&] {
    return Resolve({{"namespace", "shop"}, {"pod", "cart-1-abcde"}});
  };
  const ObjectRef pod{ObjectKind::kPod, "shop", "cart-1-abcde"};
  view_.Put(NodeOf("n1", "True", "10.0.0.1"));
  const auto set = [&](bool ready, const std::string& phase,
                       const std::string& reason) {
    view_.Edit(pod, [&](ClusterObject& object) {
      PodState state;
      state.node = "n1";
      state.ready = ready;
      state.phase = phase;
      state.reason = reason;
      object.state = state;
    });
  };
  set(false, "Running", "");
  EXPECT_FALSE(resolve()->root.has_value());
  view_.Put(NodeOf("n1", "Unknown", "10.0.0.1"));
  ASSERT_TRUE(resolve()->root.has_value());
  EXPECT_EQ(ToString(resolve()->root->node), "Node/n1");
  EXPECT_EQ(resolve()->root->type, IncidentType::kNodePressure);
  EXPECT_EQ(ToString(resolve()->object), "Deployment/shop/cart");
  set(true, "Running", "");
  EXPECT_FALSE(resolve()->root.has_value());
  // What the kubelet has evicted is its node's trouble, even where that is
  // ready by now.
  view_.Put(NodeOf("n1", "True", "10.0.0.1"));
  set(false, "Failed", "Evicted");
  EXPECT_EQ(resolve()->root->type, IncidentType::kNodePressure);
  view_.Edit({ObjectKind::kNode, "", "n1"}, [](ClusterObject& object) {
    std::get<NodeState>(object.state).conditions["DiskPressure"] = "True";
  });
  EXPECT_EQ(resolve()->root->type, IncidentType::kDiskPressure);
}

TEST_F(TargetResolverTest, ThePodTellsWhetherTheKernelKilledIt) {
  const auto killed = [&](const std::string& reason, bool ready) {
    ClusterObject pod = Object(ObjectKind::kPod, "cart-1-abcde", "p1");
    pod.owners = {{"ReplicaSet", "cart-1", "r1", true}};
    PodState state;
    ContainerState side;
    side.ready = true;
    ContainerState app;
    app.ready = ready;
    app.last_terminated_reason = reason;
    state.containers = {side, app};
    pod.state = state;
    view_.Put(pod);
    return Resolve({{"namespace", "shop"}, {"pod", "cart-1-abcde"}})
        ->oom_killed;
  };
  EXPECT_TRUE(killed("OOMKilled", false));
  EXPECT_FALSE(killed("OOMKilled", true)) << "it serves again";
  EXPECT_FALSE(killed("Error", false));
}

}  // namespace
}  // namespace selfheal
