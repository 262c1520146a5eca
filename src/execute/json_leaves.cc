#include "execute/json_leaves.h"

#include <algorithm>
#include <set>
#include <utility>

namespace selfheal {
namespace {

constexpr int kMostLevels = 32;
constexpr std::size_t kMostBytes = 1024 * 1024;

/// A cursor over the text; each Read... is false where it does not fit.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }

  /// Adds the leaves of the next value under `path`.
  bool ReadValue(const std::string& path, int level, JsonLeaves* leaves) {
    if (rest_.empty() || level > kMostLevels) return false;
    if (rest_.front() == '{') return ReadObject(path, level, leaves);
    if (rest_.front() == '[') return ReadList(path, level, leaves);
    std::string_view literal;
    return ReadScalar(&literal) &&
           leaves->emplace(path, std::string(literal)).second;
  }

 private:
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// A string with its quotes, escapes as written.
  bool ReadString(std::string_view* out) {
    if (rest_.empty() || rest_.front() != '"') return false;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == '"') {
        *out = rest_.substr(0, i + 1);
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  bool ReadScalar(std::string_view* out) {
    if (rest_.front() == '"') return ReadString(out);
    const std::size_t end = std::min(
        rest_.find_first_not_of("0123456789+-.eEtrufalsn"), rest_.size());
    *out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return end > 0;
  }

  bool ReadObject(const std::string& path, int level, JsonLeaves* leaves) {
    if (!Take('{')) return false;
    if (Take('}')) return leaves->emplace(path, "{}").second;
    do {
      std::string_view key;
      if (!ReadString(&key) || !Take(':')) return false;
      key = key.substr(1, key.size() - 2);
      const std::string inner =
          path.empty() ? std::string(key) : path + "." + std::string(key);
      if (!ReadValue(inner, level + 1, leaves)) return false;
    } while (Take(','));
    return Take('}');
  }

  bool ReadList(const std::string& path, int level, JsonLeaves* leaves) {
    if (!Take('[')) return false;
    if (Take(']')) return leaves->emplace(path, "[]").second;
    std::set<std::string> keys;
    do {
      JsonLeaves element;
      if (!ReadValue("", level + 1, &element)) return false;
      const std::string place = std::to_string(keys.size());
      std::string key = place;
      const auto name = element.find("name");
      if (name != element.end() && name->second.front() == '"') {
        key = name->second.substr(1, name->second.size() - 2);
      }
      if (!keys.insert(key).second) keys.insert(key += "#" + place);
      for (auto& [inner, literal] : element) {
        const std::string at =
            path + "[" + key + "]" + (inner.empty() ? "" : ".") + inner;
        if (!leaves->emplace(at, std::move(literal)).second) return false;
      }
    } while (Take(','));
    return Take(']');
  }

  std::string_view rest_;
};

}  // namespace

Result<JsonLeaves> LeavesOf(std::string_view text) {
  Scanner scanner(text);
  JsonLeaves leaves;
  if (text.size() > kMostBytes || !text.starts_with('{') ||
      !scanner.ReadValue("", 1, &leaves) || !scanner.AtEnd()) {
    return Error{Code::kInvalidArgument, "a pod template can't be read"};
  }
  return leaves;
}

Result<std::vector<std::string>> DifferingPaths(std::string_view before,
                                                std::string_view after) {
  auto old_leaves = LeavesOf(before);
  if (!old_leaves.ok()) return old_leaves.error();
  auto new_leaves = LeavesOf(after);
  if (!new_leaves.ok()) return new_leaves.error();
  std::vector<std::string> paths;
  for (const auto& [path, literal] : *old_leaves) {
    const auto found = new_leaves->find(path);
    const bool same = found != new_leaves->end() && found->second == literal;
    if (!same) paths.push_back(path);
    if (found != new_leaves->end()) new_leaves->erase(found);
  }
  for (const auto& [path, literal] : *new_leaves) paths.push_back(path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace selfheal
