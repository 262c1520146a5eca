// budget: one table of bad documents, a row each
// What the loader of rules and runbooks refuses: each row changes one piece of
// a good document and names every finding with its exact place and message.
// budget: one table a kind of document; parted, the good document would be
// written twice.

#include <gtest/gtest.h>

#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kRule = R"(apiVersion: selfheal.dev/v1
kind: Rule
metadata: {name: leak}
spec:
  type: memory_leak
  alerts:
    - 'alertname="KubeMemoryLeak"'
  watch: 'up > 0'
  target: workload
  evidence:
    memory:
      query: 'max(m{$target})'
      limit: 100
      rises: bad
  confirm:
    anomaly: 0.8
    forecast: {of: memory, within: 15m}
  runbook: restart
)";

constexpr std::string_view kRunbook = R"(apiVersion: selfheal.dev/v1
kind: Runbook
metadata: {name: restart}
spec:
  risk: low
  steps:
    - action: rolling_restart
      canary: {pods: 1, observe: 60s}
      verify: {within: 5m}
      undo: automatic
  guards: {cooldown: 10m}
  escalate: {after: 1 step}
)";

std::string Changed(std::string_view text, const std::string& from,
                    const std::string& to) {
  std::string changed(text);
  const auto at = changed.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) changed.replace(at, from.size(), to);
  return changed;
}

/// The findings for one rule and one runbook file.
Lines Problems(const std::string& rule, const std::string& runbook) {
  const testing::TempFolder folder;
  folder.Write("rules/a.yaml", rule);
  folder.Write("runbooks/b.yaml", runbook);
  std::vector<SourceFinding> findings;
  const auto set =
      LoadRuleSet(folder.FolderConfig(), testing::FakeDigest, &findings);
  EXPECT_EQ(set.ok(), findings.empty());
  if (!set.ok()) {
    EXPECT_EQ(set.error().code, Code::kInvalidArgument);
  }
  return testing::Texts(findings, folder.Path(""));
}

struct Change {
  std::string name;
  std::string from;
  std::string to;
  Lines findings;
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

TEST(BadDocuments, TheBasesAreGood) {
  EXPECT_EQ(Problems(std::string(kRule), std::string(kRunbook)), Lines());
}

class BadRules : public ::testing::TestWithParam<Change> {};

TEST_P(BadRules, AreRefusedWithTheirPlace) {
  const Change& change = GetParam();
  EXPECT_EQ(
      Problems(Changed(kRule, change.from, change.to), std::string(kRunbook)),
      change.findings);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadRules,
    ::testing::Values(
        Change{"ApiVersion",
               "selfheal.dev/v1",
               "selfheal.dev/v2",
               {"rules/a.yaml:1:13: expected \"selfheal.dev/v1\", found "
                "\"selfheal.dev/v2\""}},
        Change{"Kind",
               "kind: Rule",
               "kind: Runbook",
               {"rules/a.yaml:2:7: expected \"Rule\", found \"Runbook\""}},
        Change{"NoName",
               "{name: leak}",
               "{}",
               {"rules/a.yaml:3:11: key \"name\" is missing"}},
        Change{"BadName",
               "{name: leak}",
               "{name: Leak_1}",
               {"rules/a.yaml:3:18: \"Leak_1\" is no name: 1 to 63 of a-z, "
                "0-9 and \"-\", a letter or digit first and last"}},
        Change{"NameIsNumber",
               "{name: leak}",
               "{name: 12}",
               {"rules/a.yaml:3:18: expected a string, found a number (quote "
                "it if it is meant as text)"}},
        Change{"Labels",
               "{name: leak}",
               "{name: leak, labels: {}}",
               {"rules/a.yaml:3:24: unknown key \"labels\""}},
        Change{"NoSpec",
               "spec:",
               "spce:",
               {"rules/a.yaml:1:1: key \"spec\" is missing",
                "rules/a.yaml:4:1: unknown key \"spce\", did you mean "
                "\"spec\"?"}},
        Change{"MisspeltKey",
               "  alerts:",
               "  alert:",
               {"rules/a.yaml:5:3: key \"alerts\" is missing",
                "rules/a.yaml:6:3: unknown key \"alert\", did you mean "
                "\"alerts\"?"}},
        Change{"StrangeKey",
               "  target: workload",
               "  target: workload\n  cooldown: 5m",
               {"rules/a.yaml:10:3: unknown key \"cooldown\""}},
        Change{"Type",
               "memory_leak",
               "memory_leek",
               {"rules/a.yaml:5:9: expected one of crash_loop, oom_killed, "
                "cpu_throttling, memory_leak, disk_pressure, node_pressure, "
                "network_latency, connection_pool_exhaustion, "
                "certificate_expiry, config_drift; found \"memory_leek\""}},
        Change{"Target",
               "workload",
               "service",
               {"rules/a.yaml:9:11: expected one of pod, workload, node, "
                "volume, certificate; found \"service\""}},
        Change{"AlertsAreText",
               "\n    - 'alertname=\"KubeMemoryLeak\"'",
               " KubeMemoryLeak",
               {"rules/a.yaml:6:11: expected a list of 1 to 32 Alertmanager "
                "matchers"}},
        Change{"AlertsAreEmpty",
               "\n    - 'alertname=\"KubeMemoryLeak\"'",
               " []",
               {"rules/a.yaml:6:11: expected a list of 1 to 32 Alertmanager "
                "matchers"}},
        Change{"MatcherIsAName",
               "'alertname=\"KubeMemoryLeak\"'",
               "KubeMemoryLeak",
               {"rules/a.yaml:7:7: expected a matcher such as "
                "alertname=\"KubePodCrashLooping\""}},
        Change{"MatcherQuote",
               "\"KubeMemoryLeak\"'",
               "\"KubeMemoryLeak'",
               {"rules/a.yaml:7:7: a closing quote is missing"}},
        Change{"MatcherRest",
               "\"KubeMemoryLeak\"'",
               "\"A\" severity=\"x\"'",
               {"rules/a.yaml:7:7: unexpected \"severity=\"x\"\" after a "
                "matcher"}},
        Change{"MatcherRegex",
               "=\"KubeMemoryLeak\"",
               "=~\"Kube(\"",
               {"rules/a.yaml:7:7: regular expression \"Kube(\": missing ): "
                "Kube("}},
        Change{"MatcherBackReference",
               "=\"KubeMemoryLeak\"",
               "=~\"(a)\\1\"",
               {"rules/a.yaml:7:7: regular expression \"(a)\\1\": invalid "
                "escape sequence: \\1"}},
        Change{"MatcherTakesAll",
               "=\"KubeMemoryLeak\"",
               "=~\".*\"",
               {"rules/a.yaml:7:7: every matcher also matches an absent "
                "label, so this would take any alert"}},
        Change{"MatcherTakesAllButOne",
               "=\"KubeMemoryLeak\"",
               "!=\"Watchdog\"",
               {"rules/a.yaml:7:7: every matcher also matches an absent "
                "label, so this would take any alert"}},
        Change{"MatcherIsNumber",
               "'alertname=\"KubeMemoryLeak\"'",
               "7",
               {"rules/a.yaml:7:7: expected a string, found a number (quote "
                "it if it is meant as text)"}},
        Change{"SameMatchersTwice",
               "  watch:",
               "    - '{ alertname = KubeMemoryLeak }'\n  watch:",
               {"rules/a.yaml:8:7: the same matchers stand at "
                "rules/a.yaml:7:7; an alert must have one rule"}},
        Change{"WatchIsBoolean",
               "'up > 0'",
               "true",
               {"rules/a.yaml:8:10: expected a string, found a truth value "
                "(quote it if it is meant as text)"}},
        Change{"WatchHasPlaceholder",
               "up > 0",
               "up{$target} > 0",
               {"rules/a.yaml:8:10: placeholders are not allowed here"}},
        Change{"WatchIsEmpty",
               "'up > 0'",
               "''",
               {"rules/a.yaml:8:10: the query is empty"}},
        Change{"NoEvidence",
               "    memory:\n      query: 'max(m{$target})'\n      limit: "
               "100\n      rises: bad\n",
               "    {}\n",
               {"rules/a.yaml:11:5: expected 1 to 16 named queries",
                "rules/a.yaml:14:20: no query of the evidence is called "
                "\"memory\""}},
        Change{"QueryName",
               "    memory:",
               "    Memory-1:",
               {"rules/a.yaml:11:5: \"Memory-1\" is no name of a metric: 1 "
                "to 63 of a-z, 0-9 and \"_\", a letter first",
                "rules/a.yaml:17:20: no query of the evidence is called "
                "\"memory\""}},
        Change{"QueryMissing",
               "      query: 'max(m{$target})'\n",
               "",
               {"rules/a.yaml:12:7: key \"query\" is missing"}},
        Change{"QueryWithoutTarget",
               "m{$target}",
               "m{pod=\"a\"}",
               {"rules/a.yaml:12:14: the query does not name the target: a "
                "selector needs $target"}},
        Change{"PlaceholderInCapitals",
               "{$target}",
               "{$Target}",
               {"rules/a.yaml:12:14: unknown placeholder \"$Target\"; this "
                "target has $target, $namespace, $workload"}},
        Change{"BothDirections",
               "rises: bad",
               "rises: bad\n      falls: bad",
               {"rules/a.yaml:12:7: rises and falls are both bad where neither "
                "is written"}},
        Change{"LimitOfNoNumber",
               "limit: 100",
               "limit: 1e3k",
               {"rules/a.yaml:13:14: a limit is a number or PromQL",
                "rules/a.yaml:17:20: query \"memory\" has no limit that a "
                "forecast could reach; `reaches: history` takes what it "
                "never passed"}},
        Change{"LookBack",
               "  runbook: restart",
               "  look_back: 0s\n  runbook: restart",
               {"rules/a.yaml:18:14: expected a duration in whole seconds "
                "from 1s to 1h, found \"0s\""}},
        Change{"QueryPlaceholder",
               "$target",
               "$traget",
               {"rules/a.yaml:12:14: unknown placeholder \"$traget\"; this "
                "target has $target, $namespace, $workload"}},
        Change{"QueryPlaceholderOfPod",
               "$target",
               "$target,pod=$pod",
               {"rules/a.yaml:12:14: unknown placeholder \"$pod\"; this "
                "target has $target, $namespace, $workload"}},
        Change{"QueryPlaceholderInQuotes",
               "$target",
               "pod=\"$workload\"",
               {"rules/a.yaml:12:14: a placeholder must not stand in "
                "quotes"}},
        Change{"QueryPlaceholderOutside",
               "max(m{$target})",
               "max(m) + $target",
               {"rules/a.yaml:12:14: $target must stand in the braces of a "
                "selector"}},
        Change{"QueryBracket",
               "max(m{$target})",
               "max(m{$target}",
               {"rules/a.yaml:12:14: \"(\" is not closed"}},
        Change{"QueryBrackets",
               "max(m{$target})",
               "max(m{$target)}",
               {"rules/a.yaml:12:14: \")\" closes nothing"}},
        Change{"QueryQuote",
               "m{$target}",
               "m{$target,a=\"b}",
               {"rules/a.yaml:12:14: a closing \" is missing"}},
        Change{"QueryComment",
               "max(m{$target})",
               "max(m{$target}) # x",
               {"rules/a.yaml:12:14: comments are not allowed in a query"}},
        Change{"QueryTooLong",
               "m{$target}",
               "m{$target}" + std::string(4100, '+'),
               {"rules/a.yaml:12:14: the query has more than 4096 "
                "characters"}},
        Change{"LimitQuery",
               "limit: 100",
               "limit: 'max(l)'",
               {"rules/a.yaml:13:14: the query does not name the target: a "
                "selector needs $target",
                "rules/a.yaml:17:20: query \"memory\" has no limit that a "
                "forecast could reach; `reaches: history` takes what it "
                "never passed"}},
        Change{"LimitIsList",
               "limit: 100",
               "limit: [100]",
               {"rules/a.yaml:13:14: expected a string, found a list",
                "rules/a.yaml:17:20: query \"memory\" has no limit that a "
                "forecast could reach; `reaches: history` takes what it "
                "never passed"}},
        Change{"RisesGood",
               "rises: bad",
               "rises: good",
               {"rules/a.yaml:14:14: expected one of bad; found \"good\""}},
        Change{"OptionalIsYes",
               "rises: bad",
               "optional: yes",
               {"rules/a.yaml:14:17: expected true or false, found \"yes\""}},
        Change{"AllOptional",
               "rises: bad",
               "optional: true",
               {"rules/a.yaml:11:5: every query is optional: without data "
                "this would judge nothing"}},
        Change{"Scale",
               "rises: bad",
               "scale: logarithmic",
               {"rules/a.yaml:14:14: expected one of linear, log; found "
                "\"logarithmic\""}},
        Change{"AnomalyAboveOne",
               "anomaly: 0.8",
               "anomaly: 80",
               {"rules/a.yaml:16:14: expected a number from 0 to 1, found "
                "\"80\""}},
        Change{"AnomalyQuoted",
               "anomaly: 0.8",
               "anomaly: \"0.8\"",
               {"rules/a.yaml:16:14: expected a number, found a quoted "
                "string"}},
        Change{"AnomalyHex",
               "anomaly: 0.8",
               "anomaly: 0x1p-1",
               {"rules/a.yaml:16:14: expected a number from 0 to 1, found "
                "\"0x1p-1\""}},
        Change{"ForecastOfNothing",
               "of: memory",
               "of: memroy",
               {"rules/a.yaml:17:20: no query of the evidence is called "
                "\"memroy\", did you mean \"memory\"?"}},
        Change{"ForecastWithoutLimit",
               "      limit: 100\n",
               "",
               {"rules/a.yaml:16:20: query \"memory\" has no limit that a "
                "forecast could reach; `reaches: history` takes what it "
                "never passed"}},
        Change{"ForecastWithin",
               "within: 15m",
               "within: 15",
               {"rules/a.yaml:17:36: expected a duration with its unit such "
                "as 90s, 5m or 72h, found \"15\""}},
        Change{"ForecastWithinRange",
               "within: 15m",
               "within: 2d",
               {"rules/a.yaml:17:36: expected a duration in whole seconds "
                "from 1m to 1d, found \"2d\""}},
        Change{"NeedAllOfOne",
               "    forecast: {of: memory, within: 15m}",
               "    need: all",
               {"rules/a.yaml:17:11: \"all\" needs a forecast besides the "
                "anomaly score"}},
        Change{"TogetherWithUnknown",
               "within: 15m}",
               "within: 15m}\n    together_with: [memroy]",
               {"rules/a.yaml:18:21: no query of the evidence is called "
                "\"memroy\", did you mean \"memory\"?"}},
        Change{"TogetherWithNoList",
               "within: 15m}",
               "within: 15m}\n    together_with: memory",
               {"rules/a.yaml:18:20: a list of queries is expected"}},
        Change{"Window",
               "  runbook: restart",
               "  runbook: restart\n  window: 5",
               {"rules/a.yaml:19:11: expected a whole number from 10 to "
                "1000, found \"5\""}},
        Change{"Baseline",
               "  runbook: restart",
               "  runbook: restart\n  baseline: 30d\n  baseline_step: 1m",
               {"rules/a.yaml:5:3: baseline / baseline_step is 43200 points; "
                "at most 11000 are possible"}},
        Change{"RunbookIsMissing",
               "runbook: restart",
               "runbook: restrat",
               {"rules/a.yaml:18:12: no runbook is called \"restrat\", did "
                "you mean \"restart\"?"}},
        Change{"RunbookIsNoName",
               "runbook: restart",
               "runbook: re start",
               {"rules/a.yaml:18:12: \"re start\" is no name of a runbook"}},
        Change{"TargetCannot",
               "target: workload",
               "target: pod",
               {"rules/a.yaml:18:12: action rolling_restart "
                "(runbooks/b.yaml:7:7) cannot be taken on target pod"}},
        Change{"SeveralAtOnce",
               "target: workload\n",
               "target: service\n  windwo: 60\n",
               {"rules/a.yaml:9:11: expected one of pod, workload, node, "
                "volume, certificate; found \"service\"",
                "rules/a.yaml:10:3: unknown key \"windwo\", did you mean "
                "\"window\"?"}}),
    [](const auto& info) { return info.param.name; });

class BadRunbooks : public ::testing::TestWithParam<Change> {};

TEST_P(BadRunbooks, AreRefusedWithTheirPlace) {
  const Change& change = GetParam();
  EXPECT_EQ(
      Problems(std::string(kRule), Changed(kRunbook, change.from, change.to)),
      change.findings);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadRunbooks,
    ::testing::Values(
        Change{"Risk",
               "risk: low",
               "risk: none",
               {"runbooks/b.yaml:5:9: expected one of low, medium, high; "
                "found \"none\""}},
        Change{"NoRisk",
               "  risk: low\n",
               "",
               {"runbooks/b.yaml:5:3: key \"risk\" is missing"}},
        Change{"StepsAreAMap",
               "    - action: rolling_restart",
               "      action: rolling_restart",
               {"runbooks/b.yaml:7:7: expected a list of 1 to 10 steps"}},
        Change{"Action",
               "rolling_restart",
               "run_script",
               {"runbooks/b.yaml:7:15: expected one of restart_pod, "
                "rolling_restart, scale_out, rollback, set_resources, cordon, "
                "drain, uncordon, evict_pod, expand_volume, "
                "renew_certificate, notify; found \"run_script\""}},
        Change{"NoAction",
               "- action: rolling_restart\n      canary",
               "- canary",
               {"runbooks/b.yaml:7:7: key \"action\" is missing"}},
        Change{"MisspeltAction",
               "- action: rolling_restart\n      canary",
               "- acton: rolling_restart\n      cannary",
               {"runbooks/b.yaml:7:7: key \"action\" is missing",
                "runbooks/b.yaml:7:7: unknown key \"acton\", did you mean "
                "\"action\"?",
                "runbooks/b.yaml:8:7: unknown key \"cannary\", did you mean "
                "\"canary\"?"}},
        Change{"UnknownActionWithAMisspeltKey",
               "rolling_restart\n      canary",
               "run_script\n      cannary",
               {"runbooks/b.yaml:7:15: expected one of restart_pod, "
                "rolling_restart, scale_out, rollback, set_resources, cordon, "
                "drain, uncordon, evict_pod, expand_volume, "
                "renew_certificate, notify; found \"run_script\"",
                "runbooks/b.yaml:8:7: unknown key \"cannary\", did you mean "
                "\"canary\"?"}},
        Change{"NoVerification",
               "      verify: {within: 5m}\n",
               "",
               {"runbooks/b.yaml:7:7: action rolling_restart changes "
                "something, so the step needs \"verify\""}},
        Change{"VerifyIsNothing",
               "verify: {within: 5m}",
               "verify:",
               {"runbooks/b.yaml:9:7: expected a map, found nothing"}},
        Change{"VerifyKey",
               "{within: 5m}",
               "{witin: 5m}",
               {"runbooks/b.yaml:9:16: unknown key \"witin\", did you mean "
                "\"within\"?"}},
        Change{"SettleTooLong",
               "{within: 5m}",
               "{within: 5m, settle: 6m}",
               {"runbooks/b.yaml:9:15: settle 6m is longer than within 5m"}},
        Change{"ParameterOfAnotherAction",
               "      undo:",
               "      percent: 50\n      undo:",
               {"runbooks/b.yaml:10:16: rolling_restart takes no percent"}},
        Change{"CanaryOfScaleOut",
               "rolling_restart",
               "scale_out",
               {"runbooks/b.yaml:8:15: scale_out takes no canary"}},
        Change{"CanaryPods",
               "pods: 1",
               "pods: 0",
               {"runbooks/b.yaml:8:22: expected a whole number from 1 to 10, "
                "found \"0\""}},
        Change{"CanaryPodsOctal",
               "pods: 1",
               "pods: 01",
               {"runbooks/b.yaml:8:22: expected a whole number from 1 to 10, "
                "found \"01\""}},
        Change{"CanaryObserve",
               "observe: 60s",
               "observe: 60",
               {"runbooks/b.yaml:8:34: expected a duration with its unit "
                "such as 90s, 5m or 72h, found \"60\""}},
        Change{"Undo",
               "undo: automatic",
               "undo: true",
               {"runbooks/b.yaml:10:13: expected automatic, found "
                "\"true\""}},
        Change{"UndoOfNotify",
               "- action: rolling_restart\n      canary: {pods: 1, observe: "
               "60s}\n      verify: {within: 5m}",
               "- action: notify",
               {"runbooks/b.yaml:8:13: action notify has no inverse to undo "
                "it with"}},
        Change{"VerifyOfNotify",
               "- action: rolling_restart\n      canary: {pods: 1, observe: "
               "60s}\n      verify: {within: 5m}\n      undo: automatic",
               "- action: notify\n      verify: {within: 5m}",
               {"runbooks/b.yaml:8:15: action notify leaves nothing to "
                "verify"}},
        Change{"UndoOfRestartPod",
               "- action: rolling_restart\n      canary: {pods: 1, observe: "
               "60s}",
               "- action: restart_pod",
               {"runbooks/b.yaml:9:13: action restart_pod has no inverse to "
                "undo it with"}},
        Change{"PercentAboveGlobal",
               "rolling_restart\n      canary: {pods: 1, observe: 60s}",
               "scale_out\n      percent: 80",
               {"runbooks/b.yaml:8:16: percent 80 is above "
                "guards.scale.percent = 50; a runbook may only tighten it"}},
        Change{"ReplicasAboveGlobal",
               "rolling_restart\n      canary: {pods: 1, observe: 60s}",
               "scale_out\n      max_replicas: 11",
               {"runbooks/b.yaml:8:21: max_replicas 11 is above "
                "guards.scale.max_replicas = 10; a runbook may only tighten "
                "it"}},
        Change{"RevisionsAboveGlobal",
               "rolling_restart\n      canary: {pods: 1, observe: 60s}",
               "rollback\n      max_revisions: 4",
               {"runbooks/b.yaml:8:22: max_revisions 4 is above "
                "guards.rollback.max_revisions = 3; a runbook may only "
                "tighten it"}},
        Change{"MemoryAboveTheMost",
               "rolling_restart\n      canary: {pods: 1, observe: 60s}",
               "set_resources\n      percent: 51",
               {"runbooks/b.yaml:8:16: percent 51 is above the most that a "
                "step may add = 50; a runbook may only tighten it"}},
        Change{"RollbackWithoutVerification",
               "rolling_restart\n      canary: {pods: 1, observe: 60s}\n"
               "      verify: {within: 5m}",
               "rollback",
               {"runbooks/b.yaml:7:7: action rollback changes something, so "
                "the step needs \"verify\""}},
        Change{"RevisionsOfARestart",
               "      undo:",
               "      max_revisions: 2\n      undo:",
               {"runbooks/b.yaml:10:22: rolling_restart takes no "
                "max_revisions"}},
        Change{"CooldownBelowGlobal",
               "{cooldown: 10m}",
               "{cooldown: 4m}",
               {"runbooks/b.yaml:11:22: cooldown 4m is below the global 5m; "
                "a runbook may only tighten it"}},
        Change{"RestartsAboveGlobal",
               "{cooldown: 10m}",
               "{max_restarts_per_hour: 4}",
               {"runbooks/b.yaml:11:35: max_restarts_per_hour 4 is above "
                "guards.max_restarts_per_hour = 3; a runbook may only tighten "
                "it"}},
        Change{"NoApproval",
               "{cooldown: 10m}",
               "{require_approval: false}",
               {"runbooks/b.yaml:11:30: require_approval can only be true; "
                "leave it out otherwise"}},
        Change{"GuardThatIsGlobal",
               "{cooldown: 10m}",
               "{nodes: true}",
               {"runbooks/b.yaml:11:12: unknown key \"nodes\""}},
        Change{"EscalateLate",
               "after: 1 step",
               "after: 2 steps",
               {"runbooks/b.yaml:12:21: expected \"1 step\" to \"1 steps\", "
                "found \"2 steps\""}},
        Change{"EscalateNumber",
               "after: 1 step",
               "after: 1",
               {"runbooks/b.yaml:12:21: expected a string, found a number "
                "(quote it if it is meant as text)"}},
        Change{"EscalateWord",
               "after: 1 step",
               "after: one step",
               {"runbooks/b.yaml:12:21: expected \"1 step\" to \"1 steps\", "
                "found \"one step\""}},
        Change{"SecondAction",
               "  guards:",
               "    - action: notify\n    - action: scale_out\n      verify: "
               "{}\n  guards:",
               {"runbooks/b.yaml:12:7: is never reached: a person is told "
                "before it"}},
        Change{"WhenUnknown",
               "      undo:",
               "      when: [one_pot]\n      undo:",
               {"runbooks/b.yaml:10:14: expected one of new_revision, leak, "
                "low_limit, one_pod, some_pods, one_node, all_pods, load; "
                "found \"one_pot\""}},
        Change{"WhenIsNoList",
               "      undo:",
               "      when: one_pod\n      undo:",
               {"runbooks/b.yaml:10:13: expected a list of causes, as in "
                "[one_pod]"}},
        Change{"WhenTwice",
               "      undo:",
               "      when: [load, load]\n      undo:",
               {"runbooks/b.yaml:10:20: load stands here twice"}},
        Change{"StepBehindOneThatIsTakenAlways",
               "  guards:",
               "    - action: scale_out\n      when: [load]\n      verify: "
               "{}\n  guards:",
               {"runbooks/b.yaml:11:7: is never reached: a person is told "
                "before it"}},
        Change{"StepBehindOneOfTheSameCause",
               "      undo: automatic\n",
               "      when: [load]\n    - action: scale_out\n      when: "
               "[load]\n      verify: {}\n",
               {"runbooks/b.yaml:11:7: is never reached: a person is told "
                "before it"}},
        Change{
            "RestartOfAnyPodOfAWorkload",
            "rolling_restart\n      canary: {pods: 1, observe: 60s}\n      "
            "verify: {within: 5m}\n      undo: automatic",
            "restart_pod\n      when: [one_pod, some_pods]\n      verify: {}",
            {"rules/a.yaml:18:12: action restart_pod (runbooks/b.yaml:7:7) "
             "cannot be taken on target workload"}},
        Change{"ConnectionsOfARestart",
               "      undo:",
               "      connections: {budget: 9, per_pod: 3}\n      undo:",
               {"runbooks/b.yaml:10:20: rolling_restart takes no connections"}},
        Change{"ConnectionsForNoPod",
               "rolling_restart\n      canary: {pods: 1, observe: 60s}",
               "scale_out\n      connections: {budget: 9, per_pod: 10}",
               {"runbooks/b.yaml:8:20: budget 9 is not enough for one pod of "
                "10"}},
        Change{"ConnectionsWithoutBudget",
               "rolling_restart\n      canary: {pods: 1, observe: 60s}",
               "scale_out\n      connections: {per_pod: 10}",
               {"runbooks/b.yaml:8:20: key \"budget\" is missing",
                "runbooks/b.yaml:8:20: budget 0 is not enough for one pod of "
                "10"}},
        Change{"Anchor",
               "risk: low",
               "risk: &r low",
               {"runbooks/b.yaml:5:9: anchors are not allowed"}},
        Change{"DuplicateKey",
               "  risk: low\n",
               "  risk: low\n  risk: high\n",
               {"runbooks/b.yaml:6:3: duplicate key \"risk\", first on line "
                "5"}}),
    [](const auto& info) { return info.param.name; });

TEST(BadSets, AStepThatTheDayHasNoRoomFor) {
  const testing::TempFolder folder;
  folder.Write("rules/a.yaml", kRule);
  std::string runbook(kRunbook);
  const std::string more = "    - action: scale_out\n      verify: {}\n";
  runbook.replace(runbook.find("  guards:"), 0, more + more);
  runbook.replace(runbook.find("after: 1 step"), 13, "after: 3 steps");
  folder.Write("runbooks/b.yaml", runbook);
  Config config = folder.FolderConfig();
  std::vector<SourceFinding> findings;
  EXPECT_FALSE(LoadRuleSet(config, testing::FakeDigest, &findings).ok());
  EXPECT_EQ(testing::Texts(findings, folder.Path("")),
            (Lines{"runbooks/b.yaml:13:7: is not reached within a day: 2 steps "
                   "before it did not help then, and "
                   "guards.same_runbook_per_day = 2"}));
  config.guards.same_runbook_per_day = 3;
  EXPECT_TRUE(LoadRuleSet(config, testing::FakeDigest, &findings).ok());
}

TEST(BadSets, NamesAndMatchersAreUnique) {
  const testing::TempFolder folder;
  folder.Write("rules/a.yaml", kRule);
  folder.Write("rules/b.yml", kRule);
  folder.Write("runbooks/a.yaml", kRunbook);
  folder.Write("runbooks/b.yaml", kRunbook);
  std::vector<SourceFinding> findings;
  const auto set =
      LoadRuleSet(folder.FolderConfig(), testing::FakeDigest, &findings);
  EXPECT_FALSE(set.ok());
  EXPECT_EQ(
      testing::Texts(findings, folder.Path("")),
      (Lines{"rules/b.yml:3:18: a rule called \"leak\" stands at "
             "rules/a.yaml:3:18",
             "rules/b.yml:7:7: the same matchers stand at rules/a.yaml:7:7; an "
             "alert must have one rule",
             "runbooks/b.yaml:3:18: a runbook called \"restart\" stands at "
             "runbooks/a.yaml:3:18"}));
}

/// Why a rule can't tell where in a workload its trouble is.
TEST(BadSets, ACauseThatTheEvidenceDoesNotDecide) {
  const std::string runbook =
      Changed(kRunbook, "      undo:", "      when: [load]\n      undo:");
  const std::string where =
      ":12: cause load (runbooks/b.yaml:7:7) cannot be told by this rule: ";
  EXPECT_EQ(Problems(std::string(kRule), runbook), Lines{});
  EXPECT_EQ(Problems(Changed(kRule, "      rises: bad\n", ""), runbook),
            Lines{"rules/a.yaml:17" + where +
                  "no query that is not optional has a bad direction"});
  EXPECT_EQ(
      Problems(Changed(kRule, "m{$target}", "m{namespace=$namespace}"),
               runbook),
      Lines{"rules/a.yaml:18" + where +
            "query \"memory\" does not ask by $target, so it says the same of "
            "every pod"});
  EXPECT_EQ(
      Problems(
          Changed(kRule, "  confirm:", "  default_evidence: false\n  confirm:"),
          runbook),
      Lines{"rules/a.yaml:19" + where +
            "the evidence has no query \"request_rate_per_second\""});
}

TEST(BadSets, ACauseThatTheRuleCannotTell) {
  std::string rule = Changed(kRule, "      limit: 100\n", "");
  rule = Changed(rule, "    forecast: {of: memory, within: 15m}\n", "");
  const auto asks = [&](const std::string& cause) {
    return Problems(rule, Changed(kRunbook, "      undo:",
                                  "      when: [" + cause + "]\n      undo:"));
  };
  EXPECT_EQ(asks("new_revision"),
            Lines{"rules/a.yaml:16:12: cause new_revision (runbooks/b.yaml:7:7)"
                  " cannot be told by this rule: no query that is not optional "
                  "has a limit and a direction"});
  EXPECT_EQ(asks("leak"), Lines{}) << "every workload's memory is asked for";
}

TEST(BadSets, AnEmptyFileIsNoRule) {
  EXPECT_EQ(Problems("# nothing\n", std::string(kRunbook)),
            Lines{"rules/a.yaml:1:1: expected a map, found nothing"});
}

TEST(BadSets, FindingsOfAllFilesAreCollected) {
  EXPECT_EQ(Problems(Changed(kRule, "memory_leak", "leak"),
                     Changed(kRunbook, "risk: low", "risk: lo"))
                .size(),
            2U);
}

TEST(BadSets, AMissingFolderIsAnErrorOfItsOwn) {
  const testing::TempFolder folder;
  Config config = folder.FolderConfig();
  config.rules_dir = folder.Path("nowhere");
  std::vector<SourceFinding> findings;
  const auto set = LoadRuleSet(config, testing::FakeDigest, &findings);
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(set.error().code, Code::kNotFound);
  EXPECT_NE(set.error().message.find("nowhere"), std::string::npos);
  EXPECT_TRUE(findings.empty());
}

TEST(BadSets, OnlyYamlFilesDirectlyInTheFolderCount) {
  const testing::TempFolder folder;
  folder.Write("rules/a.yaml", kRule);
  folder.Write("rules/a.yaml.bak", "broken: [");
  folder.Write("rules/.hidden.yaml", "broken: [");
  folder.Write("rules/rule.schema.json", "{}");
  std::filesystem::create_directories(folder.Path("rules/deeper.yaml"));
  folder.Write("rules/deeper.yaml/x.yaml", "broken: [");
  folder.Write("runbooks/b.yaml", kRunbook);
  std::vector<SourceFinding> findings;
  const auto set =
      LoadRuleSet(folder.FolderConfig(), testing::FakeDigest, &findings);
  ASSERT_TRUE(set.ok()) << set.error().message;
  EXPECT_EQ((*set)->rules.size(), 1U);
}

}  // namespace
}  // namespace selfheal::yaml
