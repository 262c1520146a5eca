#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace selfheal {

/// True for `postgresql:` and `postgres:`.
bool IsPostgresUrl(std::string_view url);

/// `url` as libpq is to read it: with a time-out for connecting and for a dead
/// peer, the primary alone, and TLS that checks the server's name unless the
/// host is this one. What the URL says itself counts more.
///
/// @error kInvalidArgument  it is none, or a character in it must be
///        percent-encoded. Messages show no password.
Result<std::string> ConnectionUrl(std::string_view url);

}  // namespace selfheal
