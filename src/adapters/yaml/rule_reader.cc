#include "adapters/yaml/rule_reader.h"

#include "adapters/yaml/confirm_reader.h"
#include "adapters/yaml/default_evidence.h"
#include "adapters/yaml/document.h"
#include "adapters/yaml/evidence_reader.h"
#include "adapters/yaml/matchers.h"
#include "adapters/yaml/promql_check.h"
#include "adapters/yaml/reader.h"
#include "core/object.h"

namespace selfheal::yaml {
namespace {

constexpr Range<seconds> kBaselineRange = {seconds(10), seconds(30 * 86400)};
constexpr Range<seconds> kStepRange = {seconds(1), seconds(3600)};
constexpr Range<seconds> kLookBackRange = {seconds(1), seconds(3600)};
constexpr std::size_t kMaxAlerts = 32;
constexpr long long kMaxPoints = 11000;  // Of one range query.

void ReadAlerts(const Node& node, LoadedRule& loaded, FindingSink& sink) {
  if (node.kind != NodeKind::kSequence || node.items.empty() ||
      node.items.size() > kMaxAlerts) {
    sink.Add(node.at, "expected a list of 1 to " + std::to_string(kMaxAlerts) +
                          " Alertmanager matchers");
    return;
  }
  for (const Node& item : node.items) {
    const auto text = ReadString(item, sink);
    if (!text) continue;
    auto matchers = ParseMatchers(*text);
    if (!matchers) {
      sink.Add(item.at, matchers.error().message);
      continue;
    }
    loaded.rule.alerts.push_back(std::move(*matchers));
    loaded.alerts_at.push_back(sink.At(item.at));
  }
}

void ReadWatch(const Node& node, Rule& rule, FindingSink& sink) {
  const auto text = ReadString(node, sink);
  if (!text) return;
  const std::string problem = CheckExpression(*text);
  if (!problem.empty()) {
    sink.Add(node.at, problem);
    return;
  }
  rule.watch = *text;
}

void ReadDuration(MapReader& spec, std::string_view key, Range<seconds> range,
                  seconds& value, FindingSink& sink) {
  const Node* node = spec.Find(key);
  if (node == nullptr) return;
  value = ReadSeconds(*node, range, sink).value_or(value);
}

/// The grid: how far back, how fine.
void ReadWindows(MapReader& spec, const Config& config, Rule& rule,
                 FindingSink& sink) {
  const int before = sink.count();
  rule.baseline = config.judge.baseline;
  rule.baseline_step = config.judge.baseline_step;
  rule.step = config.judge.step;
  rule.window = config.judge.window;
  ReadDuration(spec, "baseline", kBaselineRange, rule.baseline, sink);
  ReadDuration(spec, "baseline_step", kStepRange, rule.baseline_step, sink);
  ReadDuration(spec, "step", kStepRange, rule.step, sink);
  ReadDuration(spec, "look_back", kLookBackRange, rule.look_back, sink);
  if (const Node* node = spec.Find("window")) {
    rule.window = ReadInteger(*node, {10, 1000}, sink).value_or(rule.window);
  }
  const long long rows = rule.baseline / rule.baseline_step;
  if (sink.count() != before || rows <= kMaxPoints) return;
  sink.Add(spec.node().at, "baseline / baseline_step is " +
                               std::to_string(rows) + " points; at most " +
                               std::to_string(kMaxPoints) + " are possible");
}

void ReadTarget(const Node& node, Rule& rule, FindingSink& sink) {
  const auto index = ReadChoice(
      node, {"pod", "workload", "node", "volume", "certificate"}, sink);
  if (index) rule.target = static_cast<TargetMode>(*index);
}

void ReadType(const Node& node, Rule& rule, FindingSink& sink) {
  const std::vector<std::string_view> names(kIncidentTypeNames.begin(),
                                            kIncidentTypeNames.end());
  const auto index = ReadChoice(node, names, sink);
  if (index) rule.type = static_cast<IncidentType>(*index);
}

void ReadRunbookName(const Node& node, LoadedRule& loaded, FindingSink& sink) {
  loaded.runbook_at = sink.At(node.at);
  const auto name = ReadString(node, sink);
  if (name && !IsDnsLabel(*name)) {
    sink.Add(node.at, "\"" + *name + "\" is no name of a runbook");
  }
  loaded.rule.runbook = name.value_or("");
}

/// What the rule writes, and what every workload is judged by besides.
void ReadAllEvidence(MapReader& spec, Rule& rule, FindingSink& sink) {
  if (const Node* evidence = spec.Require("evidence")) {
    ReadEvidence(*evidence, rule, sink);
  }
  const Node* wanted = spec.Find("default_evidence");
  if (wanted == nullptr || ReadBool(*wanted, sink).value_or(true)) {
    AddDefaultEvidence(rule);
  }
}

void ReadSpec(const Node& node, const Config& config, LoadedRule& loaded,
              FindingSink& sink) {
  MapReader spec(node, sink);
  if (!spec.is_map()) return;
  Rule& rule = loaded.rule;
  if (const Node* type = spec.Require("type")) ReadType(*type, rule, sink);
  if (const Node* alerts = spec.Require("alerts")) {
    ReadAlerts(*alerts, loaded, sink);
  }
  if (const Node* watch = spec.Find("watch")) ReadWatch(*watch, rule, sink);
  if (const Node* target = spec.Require("target")) {
    ReadTarget(*target, rule, sink);
  }
  ReadWindows(spec, config, rule, sink);
  ReadAllEvidence(spec, rule, sink);
  ReadConfirm(spec.Find("confirm"), config, rule, sink);
  if (const Node* runbook = spec.Require("runbook")) {
    ReadRunbookName(*runbook, loaded, sink);
  }
  spec.Finish();
}

}  // namespace

std::optional<LoadedRule> ReadRule(const Node& root, const Config& config,
                                   FindingSink& sink) {
  const int before = sink.count();
  const auto document = ReadDocument(root, "Rule", sink);
  if (!document) return std::nullopt;
  LoadedRule loaded;
  loaded.rule.name = document->name;
  loaded.rule.position = sink.At(document->name_at);
  ReadSpec(*document->spec, config, loaded, sink);
  if (sink.count() != before) return std::nullopt;
  return loaded;
}

}  // namespace selfheal::yaml
