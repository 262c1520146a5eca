#include "adapters/yaml/rule_json.h"

#include <nlohmann/json.hpp>

#include "adapters/yaml/matchers.h"
#include "adapters/yaml/runbook_reader.h"
#include "core/duration.h"

namespace selfheal::yaml {
namespace {

using Json = nlohmann::json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view BadName(BadDirection bad) {
  switch (bad) {
    case BadDirection::kRises:
      return "rises";
    case BadDirection::kFalls:
      return "falls";
    case BadDirection::kEither:
      return "either";
  }
  return "either";
}

Json ToJson(const EvidenceQuery& query) {
  Json json = {{"query", query.query},
               {"unit", query.unit},
               {"bad", BadName(query.bad)},
               {"scale", query.log_transform ? "log" : "linear"},
               {"optional", query.optional}};
  if (query.limit) json["limit"] = *query.limit;
  return json;
}

Json ToJson(const ConfirmSpec& confirm) {
  Json json = {
      {"anomaly", confirm.anomaly_threshold},
      {"need", confirm.need == ConfirmSpec::Need::kAll ? "all" : "any"},
      {"trees", confirm.trees},
      {"sample", confirm.sample},
      {"contamination", confirm.contamination},
      {"min_baseline", confirm.min_baseline}};
  if (!confirm.together_with.empty()) {
    json["together_with"] = confirm.together_with;
  }
  if (!confirm.forecast_of.empty()) {
    json["forecast"] = {
        {"of", confirm.forecast_of},
        {"reaches", confirm.reaches == ConfirmSpec::Reaches::kHistory
                        ? "history"
                        : "limit"},
        {"within", FormatDuration(confirm.horizon)},
        {"probability", confirm.forecast_probability},
        {"above", confirm.level_gate}};
  }
  return json;
}

Json ToJson(const Rule& rule) {
  Json alerts = Json::array();
  for (const auto& matchers : rule.alerts) {
    alerts.push_back(CanonicalMatchers(matchers));
  }
  Json evidence = Json::object();
  for (const EvidenceQuery& query : rule.evidence) {
    evidence[query.name] = ToJson(query);
  }
  Json json = {{"name", rule.name},
               {"type", IncidentTypeName(rule.type)},
               {"alerts", std::move(alerts)},
               {"target", TargetModeName(rule.target)},
               {"evidence", std::move(evidence)},
               {"confirm", ToJson(rule.confirm)},
               {"runbook", rule.runbook},
               {"baseline", FormatDuration(rule.baseline)},
               {"baseline_step", FormatDuration(rule.baseline_step)},
               {"step", FormatDuration(rule.step)},
               {"window", rule.window},
               {"look_back", FormatDuration(rule.look_back)}};
  if (rule.watch) json["watch"] = *rule.watch;
  return json;
}

void AddParameters(const Action& action, Json& json) {
  if (const auto* rolling = std::get_if<RollingRestart>(&action)) {
    json["canary"] = {{"pods", rolling->canary_pods},
                      {"observe", FormatDuration(rolling->canary_observe)}};
  }
  if (const auto* back = std::get_if<Rollback>(&action)) {
    json["max_revisions"] = back->max_revisions;
  }
  if (const auto* memory = std::get_if<SetResources>(&action)) {
    json["percent"] = memory->percent;
  }
  if (const auto* scale = std::get_if<ScaleOut>(&action)) {
    json["percent"] = scale->percent;
    json["max_replicas"] = scale->max_replicas;
    if (scale->connections > 0) {
      json["connections"] = {{"budget", scale->connections},
                             {"per_pod", scale->connections_per_pod}};
    }
    if (scale->back_after > seconds(0)) {
      json["back_after"] = FormatDuration(scale->back_after);
    }
  }
  if (const auto* drain = std::get_if<Drain>(&action)) {
    json["timeout"] = FormatDuration(drain->timeout);
    json["delete_emptydir_data"] = drain->delete_emptydir_data;
  }
}

Json ToJson(const RunbookStep& step) {
  Json json = {{"action", ActionName(step.action)}};
  AddParameters(step.action, json);
  if (!step.when.empty()) {
    Json when = Json::array();
    for (const Cause cause : step.when) when.push_back(CauseName(cause));
    json["when"] = std::move(when);
  }
  if (std::holds_alternative<Notify>(step.action)) return json;
  json["verify"] = {{"within", FormatDuration(step.verify_within)},
                    {"settle", FormatDuration(step.settle)}};
  json["undo"] = step.undo == UndoMode::kAutomatic ? "automatic" : "none";
  return json;
}

Json ToJson(const Runbook& runbook) {
  Json steps = Json::array();
  for (const RunbookStep& step : runbook.steps) steps.push_back(ToJson(step));
  Json guards = Json::object();
  if (runbook.guards.cooldown) {
    guards["cooldown"] = FormatDuration(*runbook.guards.cooldown);
  }
  if (runbook.guards.max_restarts_per_hour) {
    guards["max_restarts_per_hour"] = *runbook.guards.max_restarts_per_hour;
  }
  if (runbook.guards.require_approval) guards["require_approval"] = true;
  return {{"name", runbook.name},
          {"risk", RiskName(runbook.risk)},
          {"steps", std::move(steps)},
          {"guards", std::move(guards)},
          {"escalate", {{"after", runbook.escalate_after_steps}}}};
}

template <typename T>
Json Item(const T& value) {
  Json json = ToJson(value);
  json["digest"] = value.digest;
  json["source"] = ToString(value.position);
  return json;
}

}  // namespace

std::string CanonicalRule(const Rule& rule) { return Dump(ToJson(rule)); }

std::string CanonicalRunbook(const Runbook& runbook) {
  return Dump(ToJson(runbook));
}

std::string RulesJson(const RuleSet& set) {
  Json items = Json::array();
  for (const Rule& rule : set.rules) items.push_back(Item(rule));
  return Dump({{"digest", set.digest}, {"items", std::move(items)}});
}

std::string RunbooksJson(const RuleSet& set) {
  Json items = Json::array();
  for (const auto& [name, runbook] : set.runbooks) {
    items.push_back(Item(runbook));
  }
  return Dump({{"digest", set.digest}, {"items", std::move(items)}});
}

}  // namespace selfheal::yaml
