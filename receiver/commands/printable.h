#pragma once

#include <string>
#include <string_view>

namespace selfheal {

/// A stranger's text for a terminal: each control character (C0, DEL, C1),
/// each one that turns text around or cannot be seen, and each byte that is no
/// UTF-8 becomes '?'.
std::string Printable(std::string_view text);

}  // namespace selfheal
