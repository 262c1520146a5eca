#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/object.h"
#include "core/plan.h"
#include "core/result.h"

namespace selfheal {

/// Whose series a query is about.
struct TargetScope {
  ObjectRef target;  ///< A pod, a workload or a node.
  /// Non-empty: exactly these pods of the target's namespace.
  std::vector<std::string> pods;
};

/// A PromQL string literal: double quotes, Go escapes. Any bytes may go in.
std::string QuotePromQl(std::string_view text);

/// `text` with every character that RE2 takes as syntax escaped.
std::string EscapeRegex(std::string_view text);

/// Fills the placeholders of a rule's query.
///
/// `$target` becomes label matchers (`namespace="shop",pod=~"cart-..."` or
/// `node="n1"`); `$namespace`, `$pod`, `$workload`, `$node`, `$volume` and
/// `$certificate` become string literals (the name of the target, or of its
/// only pod). Nothing else of the world enters a query.
/// @error kInvalidArgument  a name is not RFC 1123, or a placeholder is unknown
///        or does not fit the target's kind.
Result<std::string> ExpandQuery(std::string_view query,
                                const TargetScope& scope);

}  // namespace selfheal
