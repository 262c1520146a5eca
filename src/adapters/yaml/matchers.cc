#include "adapters/yaml/matchers.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace selfheal::yaml {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxPattern = 1024;
constexpr std::size_t kMaxMatchers = 32;
constexpr std::int64_t kMaxProgramBytes = 1 << 20;

Error Invalid(std::string message) {
  return {Code::kInvalidArgument, std::move(message)};
}

bool IsNameCharacter(char c, bool first) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || c == '_' || (!first && c >= '0' && c <= '9');
}

/// Compiles `pattern` for a full match.
Result<std::function<bool(std::string_view)>> Compile(
    const std::string& pattern) {
  if (pattern.size() > kMaxPattern) {
    return Invalid("a regular expression has more than " +
                   std::to_string(kMaxPattern) + " characters");
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxProgramBytes);
  auto regex = std::make_shared<const RE2>(pattern, options);
  if (!regex->ok()) {
    return Invalid("regular expression \"" + pattern + "\": " + regex->error());
  }
  return std::function<bool(std::string_view)>([regex](std::string_view text) {
    return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *regex);
  });
}

/// Walks over the text of one list of matchers.
class MatcherParser {
 public:
  explicit MatcherParser(std::string_view text) : rest_(text) {}

  Result<std::vector<Matcher>> Parse() {
    const bool braces = Take("{");
    std::vector<Matcher> matchers;
    do {
      SkipSpace();
      if (!matchers.empty() && (rest_.empty() || rest_[0] == '}')) break;
      auto matcher = ParseOne();
      if (!matcher) return matcher.error();
      matchers.push_back(std::move(*matcher));
    } while (Take(","));
    if (braces && !Take("}")) return Invalid("a closing \"}\" is missing");
    SkipSpace();
    if (!rest_.empty()) {
      return Invalid("unexpected \"" + std::string(rest_.substr(0, 16)) +
                     "\" after a matcher");
    }
    return matchers;
  }

 private:
  void SkipSpace() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) {
      rest_.remove_prefix(1);
    }
  }

  bool Take(std::string_view token) {
    SkipSpace();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  std::string TakeName() {
    SkipSpace();
    std::size_t length = 0;
    while (length < rest_.size() &&
           IsNameCharacter(rest_[length], length == 0)) {
      ++length;
    }
    const std::string name(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return name;
  }

  std::optional<MatchOp> TakeOperator() {
    if (Take("=~")) return MatchOp::kRegex;
    if (Take("!~")) return MatchOp::kNotRegex;
    if (Take("!=")) return MatchOp::kNotEqual;
    if (Take("=")) return MatchOp::kEqual;
    return std::nullopt;
  }

  Result<std::string> TakeQuoted() {
    std::string value;
    while (!rest_.empty()) {
      char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') return value;
      if (c == '\\' && !rest_.empty() &&
          (rest_[0] == '"' || rest_[0] == '\\' || rest_[0] == 'n')) {
        c = rest_[0] == 'n' ? '\n' : rest_[0];
        rest_.remove_prefix(1);
      }
      value += c;
    }
    return Invalid("a closing quote is missing");
  }

  Result<std::string> TakeValue() {
    if (Take("\"")) return TakeQuoted();
    const auto end = std::min(rest_.find_first_of(",\"}{=;!~"), rest_.size());
    std::string_view value = rest_.substr(0, end);
    rest_.remove_prefix(end);
    while (value.ends_with(' ')) value.remove_suffix(1);
    return std::string(value);
  }

  Result<Matcher> ParseOne() {
    Matcher matcher;
    matcher.name = TakeName();
    const auto op = TakeOperator();
    if (matcher.name.empty() || !op) {
      return Invalid(
          "expected a matcher such as alertname=\"KubePodCrashLooping\"");
    }
    if (++count_ > kMaxMatchers) {
      return Invalid("more than " + std::to_string(kMaxMatchers) +
                     " matchers in one list");
    }
    matcher.op = *op;
    auto value = TakeValue();
    if (!value) return value.error();
    matcher.value = std::move(*value);
    if (*op == MatchOp::kEqual || *op == MatchOp::kNotEqual) return matcher;
    auto regex = Compile(matcher.value);
    if (!regex) return regex.error();
    matcher.regex = std::move(*regex);
    return matcher;
  }

  std::string_view rest_;
  std::size_t count_ = 0;
};

}  // namespace

Result<std::vector<Matcher>> ParseMatchers(std::string_view text) {
  if (text.size() > kMaxText) {
    return Invalid("matchers have more than " + std::to_string(kMaxText) +
                   " characters");
  }
  auto matchers = MatcherParser(text).Parse();
  if (!matchers) return matchers;
  if (Matches(*matchers, Labels{})) {
    return Invalid(
        "every matcher also matches an absent label, so this would take any "
        "alert");
  }
  return matchers;
}

std::string ToString(const Matcher& matcher) {
  std::string text = matcher.name;
  switch (matcher.op) {
    case MatchOp::kEqual:
      text += "=\"";
      break;
    case MatchOp::kNotEqual:
      text += "!=\"";
      break;
    case MatchOp::kRegex:
      text += "=~\"";
      break;
    case MatchOp::kNotRegex:
      text += "!~\"";
      break;
  }
  for (const char c : matcher.value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return text + "\"";
}

std::string CanonicalMatchers(const std::vector<Matcher>& matchers) {
  std::vector<std::string> parts;
  for (const Matcher& matcher : matchers) parts.push_back(ToString(matcher));
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : ",") + part;
  }
  return text;
}

}  // namespace selfheal::yaml
