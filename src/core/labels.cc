#include "core/labels.h"

#include <algorithm>
#include <cstdio>

#include "core/ids.h"

namespace selfheal {
namespace {

bool MatchesOne(const Matcher& matcher, const Labels& labels) {
  const std::string_view value = LabelOr(labels, matcher.name);
  switch (matcher.op) {
    case MatchOp::kEqual:
      return value == matcher.value;
    case MatchOp::kNotEqual:
      return value != matcher.value;
    case MatchOp::kRegex:
      return matcher.regex && matcher.regex(value);
    case MatchOp::kNotRegex:
      return matcher.regex && !matcher.regex(value);
  }
  return false;
}

}  // namespace

std::string_view LabelOr(const Labels& labels, std::string_view name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string_view() : found->second;
}

std::string Fingerprint(const Labels& labels) {
  std::string bytes;
  for (const auto& [name, value] : labels) {
    bytes += name;
    bytes += '\xff';
    bytes += value;
    bytes += '\xff';
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", StableHash(bytes));
  return text;
}

bool Matches(const std::vector<Matcher>& matchers, const Labels& labels) {
  return !matchers.empty() &&
         std::all_of(matchers.begin(), matchers.end(),
                     [&](const Matcher& m) { return MatchesOne(m, labels); });
}

}  // namespace selfheal
