#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/yaml/tree.h"
#include "core/clock.h"

namespace selfheal::yaml {

/// Bounds of a number, both included.
template <typename T>
struct Range {
  T min;
  T max;
};

/// Typed reads of one node. Each adds a finding and returns nullopt where the
/// node is not what is asked for.
std::optional<std::string> ReadString(const Node& node, FindingSink& sink);
std::optional<bool> ReadBool(const Node& node, FindingSink& sink);
std::optional<int> ReadInteger(const Node& node, Range<int> range,
                               FindingSink& sink);
std::optional<double> ReadNumber(const Node& node, Range<double> range,
                                 FindingSink& sink);
std::optional<seconds> ReadSeconds(const Node& node, Range<seconds> range,
                                   FindingSink& sink);
/// A size in bytes, such as 16MiB.
std::optional<long long> ReadSize(const Node& node, FindingSink& sink);
/// One of `names`; its index.
std::optional<std::size_t> ReadChoice(
    const Node& node, const std::vector<std::string_view>& names,
    FindingSink& sink);

/// What YAML makes of a node, for messages: "a map", "a number", ...
std::string_view Describe(const Node& node);

/// Reads the keys of one map; what was never asked for is an unknown key.
class MapReader {
 public:
  /// Adds a finding where `node` is no map; all its keys are absent then.
  MapReader(const Node& node, FindingSink& sink);

  /// The value of an optional key, or null.
  const Node* Find(std::string_view key);
  /// The value of a key that must be there; a finding at the map if not.
  const Node* Require(std::string_view key);
  /// Adds a finding for each key that was not asked for.
  void Finish();

  const Node& node() const { return node_; }
  bool is_map() const { return node_.kind == NodeKind::kMap; }

 private:
  const Node& node_;
  FindingSink& sink_;
  std::vector<std::string> known_;
};

}  // namespace selfheal::yaml
