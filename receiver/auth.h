#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "core/result.h"
#include "receiver/http_message.h"

namespace selfheal {

/// Whether the start may go on without a webhook token.
enum class AuthMode {
  kStrict,       ///< A webhook token is required.
  kNoWebhook,    ///< This role has no webhook; tokens of the others count.
  kInsecureDev,  ///< Every caller is admin; on a loopback address only.
};

/// Bearer tokens and what they allow. Immutable, so thread-safe.
///
/// Holds digests of the tokens only; a presented token is compared with every
/// one of them in constant time, so neither length nor place shows.
class Authenticator {
 public:
  /// Reads the token files of `config`.
  ///
  /// @error kInvalidArgument  "<key>: <path>: <why>"; a named file is missing,
  ///        empty, blank, a folder or malformed; a token stands twice; strict
  ///        and no webhook token.
  static Result<Authenticator> Load(const Config::AuthConfig& config,
                                    AuthMode mode);

  /// Who presents this value of the Authorization field; known() is false for
  /// no or an unknown token.
  Identity Identify(std::string_view authorization) const;

  /// True where Identify makes everybody admin.
  bool insecure() const { return insecure_; }

  /// True where the pages and the OpenAPI need no token: they hold no data.
  bool public_pages() const { return public_pages_; }

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct Entry {
    Digest digest;
    Identity identity;
  };

  Result<void> AddBare(const std::string& key, const std::string& path,
                       const Identity& identity);
  Result<void> AddAdmins(const std::string& key, const std::string& path);
  Result<void> AddAdmin(const std::string& where, std::string_view line);
  Result<void> Add(const std::string& where, std::string_view token,
                   const Identity& identity);
  static Digest DigestOf(std::string_view token);

  std::vector<Entry> entries_;
  bool insecure_ = false;
  bool public_pages_ = false;
};

}  // namespace selfheal
