#include "execute/flat_json.h"

namespace selfheal {
namespace {

constexpr int kMostLevels = 8;
constexpr std::size_t kMostBytes = 64 * 1024;

/// A cursor over the text; each Read... is false where it does not fit.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool ReadObject(const std::string& path, int level) {
    if (level > kMostLevels || !Take('{')) return false;
    do {
      std::string_view key;
      if (!ReadString(&key) || key.empty() || !Take(':')) return false;
      std::string inner = path;
      if (!inner.empty()) inner += '|';
      inner += key;
      if (!ReadValue(inner, level)) return false;
    } while (Take(','));
    return Take('}');
  }

  bool AtEnd() const { return rest_.empty(); }
  FlatJson TakeLeaves() { return std::move(leaves_); }

 private:
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool ReadString(std::string_view* out) {
    if (!Take('"')) return false;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '"') {
        *out = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return true;
      }
      // '|' joins keys, so it may stand in none.
      if (c < 0x20 || c > 0x7e || c == '\\' || c == '|') return false;
    }
    return false;
  }

  bool ReadValue(const std::string& path, int level) {
    if (rest_.empty()) return false;
    if (rest_.front() == '{') return ReadObject(path, level + 1);
    std::string literal;
    if (rest_.front() == '"') {
      std::string_view text;
      if (!ReadString(&text)) return false;
      literal = "\"" + std::string(text) + "\"";
    } else if (rest_.starts_with("null") || rest_.starts_with("true")) {
      literal = rest_.substr(0, 4);
      rest_.remove_prefix(4);
    } else if (rest_.starts_with("false")) {
      literal = "false";
      rest_.remove_prefix(literal.size());
    } else {
      const std::size_t end = rest_.find_first_not_of("0123456789");
      literal = std::string(rest_.substr(0, end));
      if (literal.empty() || (literal.size() > 1 && literal[0] == '0')) {
        return false;
      }
      rest_.remove_prefix(literal.size());
    }
    return leaves_.emplace(path, std::move(literal)).second;
  }

  std::string_view rest_;
  FlatJson leaves_;
};

}  // namespace

Result<FlatJson> Flatten(std::string_view text) {
  Scanner scanner(text);
  if (text.size() > kMostBytes || !scanner.ReadObject("", 1) ||
      !scanner.AtEnd()) {
    return Error{Code::kInvalidArgument,
                 "the body is not of a shape that we send"};
  }
  return scanner.TakeLeaves();
}

}  // namespace selfheal
