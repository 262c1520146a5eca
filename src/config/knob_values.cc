#include <algorithm>
#include <cmath>

#include "config/knob_render.h"
#include "config/knobs.h"
#include "config/scalar.h"
#include "core/duration.h"

namespace selfheal {
namespace {

using Approvers = std::vector<Config::ApprovalsConfig::Approver>;

std::string Quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

/// A bound or value of `knob` as its author writes it.
std::string Shown(const Knob& knob, double value) {
  if (std::holds_alternative<seconds*>(knob.field)) {
    return FormatDuration(seconds(static_cast<long long>(value)));
  }
  if (std::holds_alternative<long long*>(knob.field)) {
    return FormatSize(static_cast<long long>(value));
  }
  return FormatNumber(value);
}

std::string NumberProblem(const Knob& knob, double value) {
  if (value >= knob.min && value <= knob.max) return "";
  return "expected " + Shown(knob, knob.min) + " to " + Shown(knob, knob.max) +
         ", found " + Shown(knob, value);
}

std::string TextProblem(const Knob& knob, const std::string& text) {
  const auto& choices = knob.choices;
  if (!choices.empty() &&
      std::find(choices.begin(), choices.end(), text) == choices.end()) {
    std::string list;
    for (const std::string_view choice : choices) {
      list += (list.empty() ? "" : ", ") + std::string(choice);
    }
    return "expected one of " + list + "; found " + Quoted(text);
  }
  const std::string problem = knob.check ? knob.check(text) : "";
  if (problem.empty()) return "";
  // A secret never stands in a message.
  return knob.secret ? problem
                     : problem + ", found " + Quoted(MaskUrlPassword(text));
}

std::string ListProblem(const Knob& knob,
                        const std::vector<std::string>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].empty()) return "an item is empty";
    const std::string problem = TextProblem(knob, items[i]);
    if (!problem.empty()) return problem;
    if (std::find(items.begin(), items.begin() + static_cast<long>(i),
                  items[i]) != items.begin() + static_cast<long>(i)) {
      return (knob.secret ? "an item" : Quoted(items[i])) + " stands twice";
    }
  }
  return "";
}

std::string ApproversProblem(const Approvers& approvers) {
  for (const auto& approver : approvers) {
    if (approver.slack_user.empty() == approver.slack_group.empty()) {
      return "expected either slack_user or slack_group";
    }
    if (approver.risk.empty()) return "expected risk: [medium, high]";
    for (const std::string& risk : approver.risk) {
      if (risk != "medium" && risk != "high") {
        return "expected a risk of medium or high, found " + Quoted(risk);
      }
    }
  }
  return "";
}

struct ProblemVisitor {
  const Knob& knob;
  std::string operator()(const std::string* v) const {
    return TextProblem(knob, *v);
  }
  std::string operator()(const bool*) const { return ""; }
  std::string operator()(const int* v) const { return NumberProblem(knob, *v); }
  std::string operator()(const long long* v) const {
    return NumberProblem(knob, static_cast<double>(*v));
  }
  std::string operator()(const double* v) const {
    return NumberProblem(knob, *v);
  }
  std::string operator()(const seconds* v) const {
    return NumberProblem(knob, static_cast<double>(v->count()));
  }
  std::string operator()(const std::vector<std::string>* v) const {
    return ListProblem(knob, *v);
  }
  std::string operator()(const Approvers* v) const {
    return ApproversProblem(*v);
  }
};

/// Sets one field from the text of an environment variable.
struct EnvironmentVisitor {
  const Knob& knob;
  std::string_view text;

  template <typename T, typename U>
  std::string Assign(T* field, const std::optional<U>& value,
                     std::string_view expected) const {
    if (!value) {
      return "expected " + std::string(expected) + ", found " + Quoted(text);
    }
    *field = static_cast<T>(*value);
    return "";
  }

  std::string operator()(std::string* field) const {
    *field = text;
    return "";
  }
  std::string operator()(bool* field) const {
    return Assign(field, ParseBool(text), "true or false");
  }
  std::string operator()(int* field) const {
    const auto value = ParseInteger(text);
    const bool fits = value && std::abs(*value) <= 1'000'000'000;
    return Assign(field, fits ? value : std::nullopt, "a whole number");
  }
  std::string operator()(long long* field) const {
    return Assign(field, ParseSize(text), "a size such as 16MiB");
  }
  std::string operator()(double* field) const {
    return Assign(field, ParseNumber(text), "a number");
  }
  std::string operator()(seconds* field) const {
    const auto value = ParseInteger(text);
    if (!value || *value < 0 || *value > 1'000'000'000) {
      return Assign(field, std::optional<long long>(),
                    knob.env_unit == seconds(60) ? "a whole number of minutes"
                                                 : "a whole number of seconds");
    }
    *field = knob.env_unit * *value;
    return "";
  }
  std::string operator()(std::vector<std::string>* field) const {
    *field = SplitCommas(text);
    return "";
  }
  std::string operator()(Approvers*) const {
    return "approvers stand in YAML only";
  }
};

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::vector<std::string> SplitCommas(std::string_view text) {
  std::vector<std::string> items;
  if (Trim(text).empty()) return items;
  while (true) {
    const auto comma = text.find(',');
    items.emplace_back(Trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::string KnobProblem(const Knob& knob) {
  return std::visit(
      [&](const auto* field) { return ProblemVisitor{knob}(field); },
      knob.field);
}

std::string SetFromEnvironment(const Knob& knob, std::string_view text) {
  std::string problem = std::visit(EnvironmentVisitor{knob, text}, knob.field);
  return problem.empty() ? KnobProblem(knob) : problem;
}

}  // namespace selfheal
