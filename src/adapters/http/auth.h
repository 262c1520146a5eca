#pragma once

#include <string>

#include "core/result.h"

namespace selfheal::http {

/// How we prove ourselves to a server; at most one of the two ways.
struct AuthOptions {
  std::string bearer_token_file = {};
  std::string username = {};
  std::string password_file = {};
};

/// The content of a secret's file without white space at its end.
///
/// @error kUnauthenticated  unreadable, empty, over 64 KiB, or holding a
///        control character. The message names the file, never its content.
Result<std::string> ReadSecretFile(const std::string& path);

/// "Authorization: ..." read afresh from the files, or "" for no auth.
///
/// @error kUnauthenticated  as ReadSecretFile.
Result<std::string> AuthorizationHeader(const AuthOptions& options);

}  // namespace selfheal::http
