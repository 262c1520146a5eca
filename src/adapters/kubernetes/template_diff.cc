#include "adapters/kubernetes/template_diff.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxFields = 20;
constexpr int kMaxDepth = 24;

bool IsPlain(std::string_view key) {
  return std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '$';
  });
}

std::string Member(const std::string& path, const std::string& key) {
  return IsPlain(key) ? path + "." + key : path + "['" + key + "']";
}

class Differ {
 public:
  void Compare(const json& before, const json& after, const std::string& path,
               int depth) {
    if (fields_.size() >= kMaxFields || before == after) return;
    if (depth < kMaxDepth && before.is_object() && after.is_object()) {
      CompareObjects(before, after, path, depth);
    } else if (depth < kMaxDepth && before.is_array() && after.is_array() &&
               before.size() == after.size()) {
      for (std::size_t i = 0; i < before.size(); ++i) {
        Compare(before[i], after[i], path + "[" + std::to_string(i) + "]",
                depth + 1);
      }
    } else {
      fields_.push_back(path);
    }
  }

  std::vector<std::string> Take() { return std::move(fields_); }

 private:
  void CompareObjects(const json& before, const json& after,
                      const std::string& path, int depth) {
    static const json kAbsent;
    std::set<std::string> keys;
    for (const auto& [key, value] : before.items()) keys.insert(key);
    for (const auto& [key, value] : after.items()) keys.insert(key);
    keys.erase("pod-template-hash");
    keys.erase("rollouts-pod-template-hash");
    keys.erase("creationTimestamp");
    keys.erase("$patch");
    for (const std::string& key : keys) {
      const auto old_value = before.find(key);
      const auto new_value = after.find(key);
      Compare(old_value == before.end() ? kAbsent : *old_value,
              new_value == after.end() ? kAbsent : *new_value,
              Member(path, key), depth + 1);
    }
  }

  std::vector<std::string> fields_;
};

}  // namespace

std::vector<std::string> TemplateDiff(const json& before, const json& after) {
  Differ differ;
  differ.Compare(before, after, "spec.template", 0);
  return differ.Take();
}

}  // namespace selfheal::kubernetes
