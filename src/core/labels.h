#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace selfheal {

/// Label or annotation names with their values, sorted by name.
using Labels = std::map<std::string, std::string, std::less<>>;

/// The value of `name`, or "" (as Prometheus: absent equals empty).
std::string_view LabelOr(const Labels& labels, std::string_view name);

/// Alertmanager's fingerprint: FNV-1a 64 over sorted labels, 16 lower-hex.
///
/// Source: prometheus/common model/signature.go (`name 0xFF value 0xFF`).
std::string Fingerprint(const Labels& labels);

/// How a matcher compares, as Alertmanager writes it: = != =~ !~
enum class MatchOp { kEqual, kNotEqual, kRegex, kNotRegex };

/// One Alertmanager matcher. An absent label matches as the empty string.
struct Matcher {
  std::string name;
  MatchOp op = MatchOp::kEqual;
  std::string value;
  /// Full match of `value` as RE2; set for the two regex operators by the
  /// loader, which alone knows the regex library.
  std::function<bool(std::string_view)> regex;
};

/// True where every matcher matches `labels`; an empty list matches nothing
/// (an empty selector must never mean "everything").
bool Matches(const std::vector<Matcher>& matchers, const Labels& labels);

}  // namespace selfheal
