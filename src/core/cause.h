#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace selfheal {

/// Where a trouble comes from, as far as the evidence tells; a step of a
/// runbook may ask for it by `when`.
enum class Cause {
  kNewRevision,  ///< It began with a new revision of the workload.
  kLeak,         ///< Memory grows with time, whatever the load.
  kLowLimit,     ///< Memory follows the load, and the limit is too low for it.
  kOnePod,       ///< One pod stands out from its siblings.
  kSomePods,     ///< Several pods, but not all, on more than one node.
  kOneNode,      ///< The pods of one node, and no others.
  kAllPods,      ///< All pods alike, without more load.
  kLoad,         ///< All pods alike, with more load.
};

inline constexpr std::array<std::string_view, 8> kCauseNames = {
    "new_revision", "leak",     "low_limit", "one_pod",
    "some_pods",    "one_node", "all_pods",  "load"};

/// Lower snake case, as in runbooks and JSON.
constexpr std::string_view CauseName(Cause cause) {
  return kCauseNames[static_cast<std::size_t>(cause)];
}

/// The inverse of CauseName.
constexpr std::optional<Cause> ParseCause(std::string_view name) {
  for (std::size_t i = 0; i < kCauseNames.size(); ++i) {
    if (kCauseNames[i] == name) return static_cast<Cause>(i);
  }
  return std::nullopt;
}

/// A cause that holds, and why.
struct CauseFinding {
  Cause cause = Cause::kAllPods;
  std::string reason;  ///< One sentence.
  /// Names of the pods, or of the one node, that it points at.
  std::vector<std::string> names;
  bool operator==(const CauseFinding&) const = default;
};

}  // namespace selfheal
