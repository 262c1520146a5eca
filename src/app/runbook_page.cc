#include "app/runbook_page.h"

#include <algorithm>

#include "adapters/yaml/matchers.h"
#include "app/action_words.h"
#include "core/duration.h"
#include "core/quantity.h"

namespace selfheal {
namespace {

std::string Code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

/// `a`, `b` or `c`.
std::string Any(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " or " : ", ";
    text += items[i];
  }
  return text;
}

std::string AlertsOf(const Rule& rule) {
  std::vector<std::string> lists;
  for (const auto& list : rule.alerts) {
    std::string text;
    for (const Matcher& matcher : list) {
      text += (text.empty() ? "" : ", ") + yaml::ToString(matcher);
    }
    lists.push_back(Code(text));
  }
  return Any(lists);
}

std::string ConfirmedBy(const Rule& rule) {
  const ConfirmSpec& confirm = rule.confirm;
  std::string text =
      "an anomaly score of at least " + Number(confirm.anomaly_threshold);
  if (!confirm.forecast_of.empty()) {
    text += confirm.need == ConfirmSpec::Need::kAll ? ", and " : ", or ";
    text += "a forecast that " + Code(confirm.forecast_of) + " reaches ";
    text += confirm.reaches == ConfirmSpec::Reaches::kLimit
                ? "its limit"
                : "what it never passed before";
    text += " within " + FormatDuration(confirm.horizon) +
            " with a probability of at least " +
            Number(confirm.forecast_probability);
  }
  text += ". A metric of the rule's own has to stand out now";
  if (!confirm.together_with.empty()) {
    std::vector<std::string> others;
    for (const auto& name : confirm.together_with) others.push_back(Code(name));
    text += ", and " + Any(others) + " has to be bad, too";
  }
  return text + ".";
}

std::string_view BadWhen(BadDirection direction) {
  switch (direction) {
    case BadDirection::kRises:
      return "rises";
    case BadDirection::kFalls:
      return "falls";
    case BadDirection::kEither:
      return "moves";
  }
  return "moves";
}

std::string OneLine(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == '\n' || c == ' ';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
  }
  return line;
}

/// A pipe would end the cell.
std::string Cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos;
       at += 2) {
    text.insert(at, "\\");
  }
  return OneLine(text);
}

std::string EvidenceTable(const Rule& rule) {
  std::string text =
      "| evidence | bad when it | limit | query |\n|---|---|---|---|\n";
  for (const EvidenceQuery& query : rule.evidence) {
    text += "| " + Code(query.name) + (query.optional ? " (optional)" : "") +
            " | " + std::string(BadWhen(query.bad)) + " | " +
            (query.limit ? Code(Cell(*query.limit)) : "") + " | " +
            Code(Cell(query.query)) + " |\n";
  }
  return text;
}

std::string Steps(const Runbook& runbook) {
  std::string text;
  int number = 0;
  for (const RunbookStep& step : runbook.steps) {
    const ActionWords words = WordsOf(step.action);
    std::vector<std::string> causes;
    for (const Cause cause : step.when) {
      causes.push_back(Code(CauseName(cause)));
    }
    text += std::to_string(++number) + ". " +
            (causes.empty() ? "" : "Where the cause is " + Any(causes) + ": ") +
            Code(ActionName(step.action)) + " " + words.does + ".";
    if (!std::holds_alternative<Notify>(step.action)) {
      text += " Verified after " + FormatDuration(step.settle) + ", within " +
              FormatDuration(step.verify_within) + ".";
    }
    text += " Stopped by: " + words.stops + ". Undo: ";
    text += step.undo == UndoMode::kAutomatic ? words.undo : "none";
    text += ".\n";
  }
  return text;
}

std::string Escalates(const Runbook& runbook) {
  const int after = runbook.escalate_after_steps;
  std::string text = "After " + std::to_string(after) +
                     (after == 1 ? " step" : " steps") +
                     " without success a person is told.";
  if (runbook.guards.cooldown) {
    text += " Cooldown " + FormatDuration(*runbook.guards.cooldown) + ".";
  }
  if (runbook.guards.max_restarts_per_hour) {
    text += " At most " +
            std::to_string(*runbook.guards.max_restarts_per_hour) +
            " restarts an hour.";
  }
  if (runbook.guards.require_approval) text += " Always asks a person first.";
  return text;
}

std::string Section(const Rule& rule, const RuleSet& set) {
  std::string text = "## " + rule.name +
                     "\n\n- type: " + Code(IncidentTypeName(rule.type)) +
                     "\n- alerts: " + AlertsOf(rule) + "\n";
  if (rule.watch) {
    text += "- watched without an alert: " + Code(OneLine(*rule.watch)) + "\n";
  }
  text += "- confirmed by " + ConfirmedBy(rule) + "\n\n" + EvidenceTable(rule);
  const auto found = set.runbooks.find(rule.runbook);
  if (found == set.runbooks.end()) return text + "\n";
  const Runbook& runbook = found->second;
  return text + "\nRunbook " + Code(runbook.name) + ", risk " +
         std::string(RiskName(runbook.risk)) + ":\n\n" + Steps(runbook) + "\n" +
         Escalates(runbook) + "\n\n";
}

}  // namespace

std::string RunbookPage(const RuleSet& set) {
  std::vector<const Rule*> rules;
  for (const Rule& rule : set.rules) rules.push_back(&rule);
  std::sort(rules.begin(), rules.end(), [](const Rule* a, const Rule* b) {
    return std::pair(a->type, a->name) < std::pair(b->type, b->name);
  });
  std::string text;
  for (const Rule* rule : rules) text += Section(*rule, set);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace selfheal
