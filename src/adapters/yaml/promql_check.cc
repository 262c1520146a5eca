#include "adapters/yaml/promql_check.h"

#include <algorithm>
#include <vector>

namespace selfheal::yaml {
namespace {

using Names = std::vector<std::string_view>;

Names Placeholders(TargetMode target) {
  switch (target) {
    case TargetMode::kPod:
    case TargetMode::kWorkload:
      return {"target", "namespace", "workload"};
    case TargetMode::kNode:
      return {"target", "node"};
    case TargetMode::kVolume:
      return {"target", "namespace", "volume"};
    case TargetMode::kCertificate:
      return {"target", "namespace", "certificate"};
  }
  return {};
}

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

/// One pass over an expression.
class Scanner {
 public:
  Scanner(std::string_view text, Names placeholders)
      : text_(text), placeholders_(std::move(placeholders)) {}

  QueryCheck Run() {
    while (at_ < text_.size() && check_.problem.empty()) Step();
    if (check_.problem.empty() && !open_.empty()) {
      check_.problem = std::string("\"") + open_.back() + "\" is not closed";
    }
    return check_;
  }

 private:
  void Step() {
    const char c = text_[at_++];
    if (c == '"' || c == '\'' || c == '`') return SkipQuoted(c);
    if (c == '(' || c == '[' || c == '{') return open_.push_back(c);
    if (c == ')') return Close('(', c);
    if (c == ']') return Close('[', c);
    if (c == '}') return Close('{', c);
    if (c == '#') check_.problem = "comments are not allowed in a query";
    if (c == ';') check_.problem = "\";\" has no meaning in PromQL";
    if (c == '$') Placeholder();
  }

  void SkipQuoted(char quote) {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '$' && NamesPlaceholder()) {
        check_.problem = "a placeholder must not stand in quotes";
        return;
      }
      if (text_[at_] == '\\' && quote != '`') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        return;
      }
    }
    check_.problem = std::string("a closing ") + quote + " is missing";
  }

  /// In quotes "$" may be the end of a regular expression.
  bool NamesPlaceholder() const {
    const std::string_view rest = text_.substr(at_ + 1);
    return std::any_of(
        placeholders_.begin(), placeholders_.end(),
        [&](std::string_view name) { return rest.starts_with(name); });
  }

  void Close(char opening, char closing) {
    if (open_.empty() || open_.back() != opening) {
      check_.problem = std::string("\"") + closing + "\" closes nothing";
      return;
    }
    open_.pop_back();
  }

  void Placeholder() {
    std::size_t end = at_;
    while (end < text_.size() && IsWord(text_[end])) {
      ++end;
    }
    const std::string_view name = text_.substr(at_, end - at_);
    at_ = end;
    if (std::find(placeholders_.begin(), placeholders_.end(), name) ==
        placeholders_.end()) {
      check_.problem = Unknown(name);
    } else if (open_.empty() || open_.back() != '{') {
      check_.problem =
          "$" + std::string(name) + " must stand in the braces of a selector";
    }
    check_.names_target = true;
  }

  std::string Unknown(std::string_view name) const {
    if (placeholders_.empty()) return "placeholders are not allowed here";
    std::string list;
    for (const std::string_view known : placeholders_) {
      list += (list.empty() ? "$" : ", $") + std::string(known);
    }
    return "unknown placeholder \"$" + std::string(name) +
           "\"; this target has " + list;
  }

  std::string_view text_;
  Names placeholders_;
  std::size_t at_ = 0;
  std::string open_;
  QueryCheck check_;
};

QueryCheck Check(std::string_view text, Names placeholders) {
  if (text.find_first_not_of(" \n\t") == std::string_view::npos) {
    return {"the query is empty", false};
  }
  if (text.size() > kMaxQuery) {
    return {
        "the query has more than " + std::to_string(kMaxQuery) + " characters",
        false};
  }
  return Scanner(text, std::move(placeholders)).Run();
}

}  // namespace

QueryCheck CheckQuery(std::string_view query, TargetMode target) {
  QueryCheck check = Check(query, Placeholders(target));
  if (check.problem.empty() && !check.names_target) {
    check.problem =
        "the query does not name the target: a selector needs $target";
  }
  return check;
}

std::string CheckExpression(std::string_view expression) {
  return Check(expression, {}).problem;
}

}  // namespace selfheal::yaml
