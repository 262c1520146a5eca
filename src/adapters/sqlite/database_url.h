#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace selfheal {

/// The absolute path in `sqlite:///abs/path` (four slashes mean the same).
///
/// @error kInvalidArgument  another scheme, no absolute path, or a query part.
Result<std::string> ParseSqliteUrl(std::string_view url);

}  // namespace selfheal
