// The rules and runbooks in the repository load with the defaults.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapters/yaml/reloadable_runbooks.h"
#include "correlate/rule_match.h"
#include "support/paths.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

using selfheal::testing::SourceDir;

std::shared_ptr<const RuleSet> Shipped(Config config = {}) {
  config.rules_dir = SourceDir() + "/rules";
  config.runbooks_dir = SourceDir() + "/runbooks";
  std::vector<SourceFinding> findings;
  const auto set = LoadRuleSet(config, testing::FakeDigest, &findings);
  EXPECT_EQ(testing::Texts(findings), std::vector<std::string>());
  return set.ok() ? *set : std::make_shared<const RuleSet>();
}

TEST(Shipped, RunbooksTakeWhatIsTightenedForAll) {
  Config config;
  config.guards.scale.percent = 20;
  config.guards.scale.max_replicas = 5;
  config.guards.rollback.max_revisions = 1;
  config.verify.within = seconds(120);
  const auto set = Shipped(config);
  int scaling = 0;
  for (const auto& [name, runbook] : set->runbooks) {
    for (const RunbookStep& step : runbook.steps) {
      const auto* scale = std::get_if<ScaleOut>(&step.action);
      if (scale == nullptr) continue;
      ++scaling;
      EXPECT_EQ(scale->percent, 20) << name;
      EXPECT_EQ(scale->max_replicas, 5) << name;
    }
  }
  EXPECT_EQ(scaling, 3);
}

std::string RuleFor(const RuleSet& set, const std::string& alert) {
  std::string names;
  for (const Rule& rule : set.rules) {
    for (const auto& matchers : rule.alerts) {
      if (Matches(matchers, {{"alertname", alert}})) names += rule.name + ";";
    }
  }
  return names;
}

TEST(Shipped, OneRuleForEachAlertNameThatPeopleHave) {
  const auto set = Shipped();
  EXPECT_EQ(RuleFor(*set, "KubePodCrashLooping"), "crash-loop;");
  EXPECT_EQ(RuleFor(*set, "SelfhealCrashLoop"), "crash-loop;");
  EXPECT_EQ(RuleFor(*set, "KubeMemoryLeak"), "memory-leak;");
  EXPECT_EQ(RuleFor(*set, "SelfhealMemoryLeak"), "memory-leak;");
  EXPECT_EQ(RuleFor(*set, "CPUThrottlingHigh"), "cpu-throttling;");
  EXPECT_EQ(RuleFor(*set, "KubeHpaMaxedOut"), "hpa-maxed-out;");
  EXPECT_EQ(RuleFor(*set, "SelfhealCpuThrottling"), "cpu-throttling;");
  EXPECT_EQ(RuleFor(*set, "RequestLatencyP99High"), "network-latency;");
  EXPECT_EQ(RuleFor(*set, "SelfhealNetworkLatency"), "network-latency;");
  EXPECT_EQ(RuleFor(*set, "ConnectionPoolExhausted"),
            "connection-pool-exhaustion;");
  EXPECT_EQ(RuleFor(*set, "SelfhealConnectionPoolExhaustion"),
            "connection-pool-exhaustion;");
  EXPECT_EQ(RuleFor(*set, "KubeDeploymentRolloutStuck"), "config-drift;");
  EXPECT_EQ(RuleFor(*set, "ArgoCdAppOutOfSync"), "")
      << "without dest_namespace nobody can say what it is about";
  EXPECT_EQ(RuleFor(*set, "SelfhealMemoryLeakX"), "");
  EXPECT_EQ(RuleFor(*set, ""), "");
}

/// With the labels that the usual rules of Prometheus give them.
TEST(Shipped, EveryAlertOfTheUsualRulesHasOneRule) {
  const Labels pod = {{"namespace", "shop"}, {"pod", "cart-1-abcde"}};
  const Labels node = {{"node", "n1"}};
  const Labels instance = {{"instance", "10.0.0.7:9100"}};
  const Labels volume = {{"namespace", "shop"},
                         {"persistentvolumeclaim", "data"}};
  const Labels named = {{"namespace", "shop"}, {"name", "edge"}};
  const struct {
    std::string alert;
    Labels labels;
    std::string rule;
  } cases[] = {
      {"CrashLoopBackOff", pod, "crash-loop"},
      {"KubePodCrashLooping", pod, "crash-loop"},
      {"ContainerOOMKilled", pod, "oom-killed"},
      {"CPUThrottlingHigh", pod, "cpu-throttling"},
      {"KubeHpaMaxedOut", {{"namespace", "shop"}}, "hpa-maxed-out"},
      {"KubeMemoryLeak", pod, "memory-leak"},
      {"KubePersistentVolumeFillingUp", volume, "volume-filling"},
      {"KubePersistentVolumeInodesFillingUp", volume, "volume-filling"},
      {"NodeDiskPressure", node, "disk-pressure"},
      {"NodeFilesystemSpaceFillingUp", instance, "disk-pressure"},
      {"NodeFilesystemFilesFillingUp", instance, "disk-pressure"},
      {"NodeFilesystemAlmostFull", instance, "disk-pressure"},
      {"KubeNodeNotReady", node, "node-pressure"},
      {"NetworkLatencyHigh", instance, "network-latency"},
      {"RequestLatencyP99High",
       {{"namespace", "shop"}, {"service", "cart"}},
       "network-latency"},
      {"ConnectionPoolExhausted", pod, "connection-pool-exhaustion"},
      {"CertificateExpiringSoon", named, "certificate-expiry"},
      {"CertificateExpiringSoon",
       {{"secret_namespace", "shop"}, {"secret_name", "edge-tls"}},
       "certificate-expiry"},
      {"CertificateExpiringSoon", instance, "certificate-expiry"},
      {"CertManagerCertNotReady", named, "certificate-not-ready"},
      {"KubeClientCertificateExpiration", {}, "certificate-expiry"},
      {"ConfigDrift",
       {{"namespace", "argocd"}, {"name", "cart"}, {"dest_namespace", "shop"}},
       "config-drift"}};
  const auto set = Shipped();
  for (const auto& c : cases) {
    Labels labels = c.labels;
    labels["alertname"] = c.alert;
    const auto rules = MatchingRules(*set, labels);
    ASSERT_EQ(rules.size(), 1u) << c.alert;
    EXPECT_EQ(rules.front()->name, c.rule) << c.alert;
  }
}

TEST(Shipped, MemoryLeakRestartsTheWorkloadWithACanary) {
  const auto set = Shipped();
  const Rule* rule = FindRule(*set, "memory-leak");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->type, IncidentType::kMemoryLeak);
  EXPECT_EQ(rule->target, TargetMode::kWorkload);
  EXPECT_TRUE(rule->watch.has_value());
  EXPECT_EQ(rule->confirm.forecast_of, "memory_usage_percent");
  EXPECT_EQ(rule->confirm.horizon, seconds(900));
  const Runbook& runbook = set->runbooks.at(rule->runbook);
  ASSERT_EQ(runbook.steps.size(), 1U);
  EXPECT_EQ(runbook.steps[0].action, Action(RollingRestart{1, seconds(60)}));
  EXPECT_EQ(runbook.steps[0].undo, UndoMode::kAutomatic);
  EXPECT_EQ(runbook.risk, Risk::kLow);
}

TEST(Shipped, CrashLoopGoesBackOrRestartsThePod) {
  const auto set = Shipped();
  const Rule* rule = FindRule(*set, "crash-loop");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->target, TargetMode::kPod);
  EXPECT_EQ(rule->look_back, seconds(300));
  const Runbook& runbook = set->runbooks.at(rule->runbook);
  ASSERT_EQ(runbook.steps.size(), 2U);
  EXPECT_EQ(runbook.steps[0].action, Action(Rollback{}));
  EXPECT_EQ(runbook.steps[0].when, std::vector<Cause>{Cause::kNewRevision});
  EXPECT_EQ(runbook.steps[0].undo, UndoMode::kAutomatic);
  EXPECT_EQ(runbook.steps[1].action, Action(RestartPod{}));
  EXPECT_EQ(runbook.steps[1].undo, UndoMode::kNone);
  EXPECT_EQ(runbook.escalate_after_steps, 1) << "never in a loop";
}

TEST(Shipped, CpuThrottlingScalesOutAndMayBeTakenBack) {
  const auto set = Shipped();
  const Rule* rule = FindRule(*set, "cpu-throttling");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(
      rule->confirm.together_with,
      (std::vector<std::string>{"cpu_usage_percent", "request_rate_per_second",
                                "latency_p95_ms", "latency_p99_ms"}));
  const Runbook& runbook = set->runbooks.at(rule->runbook);
  ASSERT_EQ(runbook.steps.size(), 1U);
  EXPECT_EQ(runbook.steps[0].action,
            Action(ScaleOut{.back_after = seconds(3600)}));
  EXPECT_EQ(runbook.steps[0].undo, UndoMode::kAutomatic);
}

TEST(Shipped, SickNodesAreDrainedAndMayBeTakenBack) {
  const auto set = Shipped();
  for (const auto& [name, type] : std::map<std::string, IncidentType>{
           {"node-pressure", IncidentType::kNodePressure},
           {"disk-pressure", IncidentType::kDiskPressure}}) {
    const Rule* rule = FindRule(*set, name);
    ASSERT_NE(rule, nullptr);
    EXPECT_EQ(rule->type, type);
    EXPECT_EQ(rule->target, TargetMode::kNode);
    const Runbook& runbook = set->runbooks.at(rule->runbook);
    ASSERT_EQ(runbook.steps.size(), 1U);
    EXPECT_EQ(runbook.steps[0].action, Action(Drain{seconds(1800), true}));
    EXPECT_EQ(runbook.steps[0].undo, UndoMode::kAutomatic);
    EXPECT_EQ(runbook.risk, Risk::kMedium);
  }
}

TEST(Shipped, EveryRuleHasDigestAndPosition) {
  const auto set = Shipped();
  ASSERT_GE(set->rules.size(), 5U);
  for (const Rule& rule : set->rules) {
    EXPECT_EQ(rule.digest, testing::FakeDigest(CanonicalRule(rule)));
    EXPECT_EQ(ToString(rule.position),
              SourceDir() + "/rules/" + rule.name + ".yaml:5:18");
  }
}

TEST(Shipped, TheReferenceIsGood) {
  Config config;
  config.rules_dir = SourceDir() + "/docs/reference/rules";
  config.runbooks_dir = SourceDir() + "/docs/reference/runbooks";
  std::vector<SourceFinding> findings;
  const auto set = LoadRuleSet(config, testing::FakeDigest, &findings);
  EXPECT_EQ(testing::Texts(findings), std::vector<std::string>());
  ASSERT_TRUE(set.ok());
  EXPECT_EQ((*set)->rules.at(0).window, 120);
  EXPECT_EQ((*set)->runbooks.at("every-key").steps.size(), 2U);
}

/// The item of that name; null where there is none.
nlohmann::json Item(const nlohmann::json& list, const std::string& name) {
  for (const auto& item : list.at("items")) {
    if (item.at("name") == name) return item;
  }
  return nullptr;
}

TEST(Shipped, TheJsonNamesEveryRuleAndRunbook) {
  const auto set = Shipped();
  const auto rules = nlohmann::json::parse(RulesJson(*set));
  ASSERT_EQ(rules.at("items").size(), set->rules.size());
  EXPECT_EQ(rules["digest"], set->digest);
  const auto throttling = Item(rules, "cpu-throttling");
  EXPECT_EQ(throttling["evidence"]["throttled_percent"]["limit"], "25");
  // What is in force, the features that nobody wrote included.
  for (const char* workload : {"cpu-throttling", "memory-leak"}) {
    const auto evidence = Item(rules, workload)["evidence"];
    EXPECT_EQ(evidence.size(), 8U);
    EXPECT_EQ(evidence["latency_p50_ms"]["scale"], "log");
    EXPECT_EQ(evidence["memory_usage_percent"]["optional"], true);
  }
  EXPECT_EQ(Item(rules, "crash-loop")["evidence"].size(), 3U);
  const auto runbooks = nlohmann::json::parse(RunbooksJson(*set));
  ASSERT_EQ(runbooks.at("items").size(), set->runbooks.size());
  const auto leak = Item(runbooks, "memory-leak");
  EXPECT_EQ(leak["steps"][0]["action"], "rolling_restart");
  EXPECT_EQ(leak["steps"][0]["canary"]["observe"], "1m");
  const auto pool = Item(runbooks, "connection-pool-exhaustion")["steps"];
  EXPECT_EQ(pool[0]["when"], nlohmann::json({"one_pod"}));
  EXPECT_EQ(pool[2]["connections"]["budget"], 100);
  EXPECT_EQ(Item(runbooks, "node-pressure")["steps"][0]["timeout"], "30m");
}

}  // namespace
}  // namespace selfheal::yaml
