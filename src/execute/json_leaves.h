#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace selfheal {

/// Path -> literal, as in {"spec.containers[app].image": "\"cart:2\""}.
using JsonLeaves = std::map<std::string, std::string>;

/// The leaves of a JSON object without white space, as pod templates are kept.
/// The elements of a list go by their "name" where they have one, else by
/// their place; an empty object or list is a leaf.
///
/// @error kInvalidArgument  not such a text, a key twice, or deeper or longer
///        than any pod template.
Result<JsonLeaves> LeavesOf(std::string_view text);

/// The paths whose leaves differ, in order; both sides' texts as above.
///
/// @error kInvalidArgument  one of the texts can't be read.
Result<std::vector<std::string>> DifferingPaths(std::string_view before,
                                                std::string_view after);

}  // namespace selfheal
