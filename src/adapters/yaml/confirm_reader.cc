#include "adapters/yaml/confirm_reader.h"

#include <algorithm>

#include "adapters/yaml/reader.h"
#include "config/scalar.h"

namespace selfheal::yaml {
namespace {

constexpr Range<double> kShare = {0.0, 1.0};

/// Says that no query is called `name`, and which one may be meant.
void AddUnknown(const Node& node, const std::string& name, const Rule& rule,
                FindingSink& sink) {
  std::vector<std::string> known;
  for (const EvidenceQuery& query : rule.evidence) known.push_back(query.name);
  const std::string_view closest = ClosestName(name, known);
  sink.Add(node.at, "no query of the evidence is called \"" + name + "\"" +
                        (closest.empty() ? ""
                                         : ", did you mean \"" +
                                               std::string(closest) + "\"?"));
}

/// The query that `of` names; its limit, or its history, is what the forecast
/// reaches.
void ReadForecastOf(const Node& node, Rule& rule, FindingSink& sink) {
  const auto name = ReadString(node, sink);
  if (!name) return;
  rule.confirm.forecast_of = *name;
  for (const EvidenceQuery& query : rule.evidence) {
    if (query.name != *name) continue;
    if (!query.limit && rule.confirm.reaches == ConfirmSpec::Reaches::kLimit) {
      sink.Add(node.at, "query \"" + *name +
                            "\" has no limit that a forecast could reach; "
                            "`reaches: history` takes what it never passed");
    }
    return;
  }
  AddUnknown(node, *name, rule, sink);
}

void ReadTogether(const Node& node, Rule& rule, FindingSink& sink) {
  if (node.kind != NodeKind::kSequence) {
    sink.Add(node.at, "a list of queries is expected");
    return;
  }
  for (const Node& item : node.items) {
    const auto name = ReadString(item, sink);
    if (!name) continue;
    const bool known = std::any_of(
        rule.evidence.begin(), rule.evidence.end(),
        [&](const EvidenceQuery& query) { return query.name == *name; });
    if (!known) AddUnknown(item, *name, rule, sink);
    rule.confirm.together_with.push_back(*name);
  }
}

void ReadForecast(const Node& node, Rule& rule, FindingSink& sink) {
  MapReader reader(node, sink);
  if (!reader.is_map()) return;
  ConfirmSpec& confirm = rule.confirm;
  if (const Node* reaches = reader.Find("reaches")) {
    const auto index = ReadChoice(*reaches, {"limit", "history"}, sink);
    confirm.reaches = index == 1 ? ConfirmSpec::Reaches::kHistory
                                 : ConfirmSpec::Reaches::kLimit;
  }
  if (const Node* of = reader.Require("of")) ReadForecastOf(*of, rule, sink);
  if (const Node* within = reader.Find("within")) {
    confirm.horizon = ReadSeconds(*within, {seconds(60), seconds(86400)}, sink)
                          .value_or(confirm.horizon);
  }
  if (const Node* probability = reader.Find("probability")) {
    confirm.forecast_probability = ReadNumber(*probability, {0.5, 1.0}, sink)
                                       .value_or(confirm.forecast_probability);
  }
  if (const Node* above = reader.Find("above")) {
    confirm.level_gate =
        ReadNumber(*above, kShare, sink).value_or(confirm.level_gate);
  }
  reader.Finish();
}

void FromConfig(const Config& config, ConfirmSpec& confirm) {
  confirm.anomaly_threshold = config.judge.anomaly_threshold;
  confirm.horizon = config.judge.prediction_window;
  confirm.trees = config.judge.trees;
  confirm.sample = config.judge.sample;
  confirm.contamination = config.judge.contamination;
  confirm.min_baseline = config.judge.min_baseline;
}

}  // namespace

void ReadConfirm(const Node* node, const Config& config, Rule& rule,
                 FindingSink& sink) {
  ConfirmSpec& confirm = rule.confirm;
  FromConfig(config, confirm);
  if (node == nullptr) return;
  MapReader reader(*node, sink);
  if (!reader.is_map()) return;
  if (const Node* anomaly = reader.Find("anomaly")) {
    // A rule may ask for more than the configuration, never for less.
    const auto value = ReadNumber(*anomaly, kShare, sink);
    confirm.anomaly_threshold =
        std::max(confirm.anomaly_threshold, value.value_or(0));
  }
  if (const Node* forecast = reader.Find("forecast")) {
    ReadForecast(*forecast, rule, sink);
  }
  if (const Node* need = reader.Find("need")) {
    const auto index = ReadChoice(*need, {"any", "all"}, sink);
    confirm.need =
        index == 1 ? ConfirmSpec::Need::kAll : ConfirmSpec::Need::kAny;
    if (index == 1 && reader.Find("forecast") == nullptr) {
      sink.Add(need->at, "\"all\" needs a forecast besides the anomaly score");
    }
  }
  if (const Node* together = reader.Find("together_with")) {
    ReadTogether(*together, rule, sink);
  }
  reader.Finish();
}

}  // namespace selfheal::yaml
