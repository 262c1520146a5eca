#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace selfheal {

/// One character of UTF-8.
struct Utf8Char {
  char32_t code = 0;
  std::size_t bytes = 0;  ///< 0 = the text begins with no character.
};

/// The character that begins `text`. Overlong forms, surrogates and what lies
/// beyond U+10FFFF are none.
Utf8Char FirstChar(std::string_view text);

/// The first `count` characters of `text`, or all of it; a byte that is no
/// UTF-8 counts as one.
std::string_view FirstChars(std::string_view text, std::size_t count);

/// False for what a terminal obeys (C0, DEL, C1), what turns text around, and
/// what cannot be seen.
bool IsSeen(char32_t code);

/// `text` with each character that cannot be seen, and each byte that is no
/// UTF-8, as the escape that JSON and logfmt read as it (\u202e). What is JSON
/// stays the same JSON.
std::string EscapeUnseen(std::string_view text);

/// "a, b, c".
std::string Listed(const std::vector<std::string>& names);

}  // namespace selfheal
