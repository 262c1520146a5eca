#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace selfheal::http {

/// A configured origin with an optional path prefix.
struct BaseUrl {
  std::string scheme;  ///< "http" or "https".
  std::string host;    ///< As written; an IPv6 address in brackets.
  std::string port;    ///< Decimal; the scheme's default where not written.
  std::string prefix;  ///< "" or "/path", never with a slash at its end.

  /// "https://host:port".
  std::string Origin() const { return scheme + "://" + host + ":" + port; }
};

/// Parses an absolute http or https URL.
///
/// @error kInvalidArgument  another scheme, user info, a query, a fragment, or
///        no URL at all. The message never repeats the text: it may be secret.
Result<BaseUrl> ParseBaseUrl(std::string_view text);

/// True where the URL itself names a loopback address ("localhost",
/// 127.0.0.0/8 or ::1): only then may a connection go to one.
bool NamesLoopback(const BaseUrl& url);

/// Percent-encodes all but RFC 3986 unreserved characters.
std::string PercentEncode(std::string_view text);

/// "/a/b%2Fc": each segment encoded.
///
/// @error kInvalidArgument  a segment is empty, "." or "..".
Result<std::string> BuildPath(std::span<const std::string> segments);

/// "a=1&b=x%20y", for a query string or a form body.
std::string BuildQuery(
    std::span<const std::pair<std::string, std::string>> parameters);

}  // namespace selfheal::http
