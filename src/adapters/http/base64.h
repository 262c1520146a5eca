#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace selfheal::http {

/// Standard base 64 with padding (RFC 4648 section 4).
std::string Base64Encode(std::string_view bytes);

/// The inverse; white space between characters is skipped.
///
/// @return nullopt for any other character or wrong padding.
std::optional<std::string> Base64Decode(std::string_view text);

}  // namespace selfheal::http
