#pragma once

#include <string>
#include <string_view>

#include "core/rule.h"

namespace selfheal::yaml {

inline constexpr std::size_t kMaxQuery = 4096;

/// What can be said about PromQL without parsing it.
struct QueryCheck {
  /// Empty = nothing wrong was seen.
  std::string problem;
  /// True where a placeholder ties the query to the target.
  bool names_target = false;
};

/// Checks length, quotes, brackets, comments and placeholders of a query
/// template. Placeholders stand in braces and outside of quotes only, so that
/// the builder can put quoted values in their place.
QueryCheck CheckQuery(std::string_view query, TargetMode target);

/// The same for an expression without placeholders; empty = fine.
std::string CheckExpression(std::string_view expression);

}  // namespace selfheal::yaml
