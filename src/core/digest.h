#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace selfheal {

/// SHA-256 as 64 lower-hex digits; given to the stages by the app.
using Digester = std::function<std::string(std::string_view)>;

}  // namespace selfheal
