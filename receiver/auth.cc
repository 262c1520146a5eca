#include "receiver/auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "receiver/secret_files.h"

namespace selfheal {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

Error Wrong(const std::string& where, std::string_view why) {
  return Error{Code::kInvalidArgument, where + ": " + std::string(why)};
}

std::string_view TrimEnd(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kSpace);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c <= '~';
  });
}

bool IsName(std::string_view text) {
  const auto ok = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '@';
  };
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), ok);
}

Identity AdminNamed(std::string_view name) {
  return {"admin:" + std::string(name), false, false, true};
}

/// What stands behind "Bearer ", or "".
std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = authorization[i];
    const char lower =
        c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != kScheme[i]) return {};
  }
  authorization.remove_prefix(kScheme.size());
  return authorization.substr(
      std::min(authorization.find_first_not_of(' '), authorization.size()));
}

}  // namespace

Authenticator::Digest Authenticator::DigestOf(std::string_view token) {
  Digest digest{};
  unsigned int size = 0;
  SELFHEAL_CHECK(EVP_Digest(token.data(), token.size(), digest.data(), &size,
                            EVP_sha256(), nullptr) == 1);
  return digest;
}

Result<Authenticator> Authenticator::Load(const Config::AuthConfig& config,
                                          AuthMode mode) {
  Authenticator authenticator;
  authenticator.insecure_ = mode == AuthMode::kInsecureDev;
  authenticator.public_pages_ = config.public_pages;
  if (mode == AuthMode::kStrict && config.webhook_token_file.empty()) {
    return Wrong("auth.webhook_token_file",
                 "is not set, expected the path of a file with the token that "
                 "Alertmanager sends (or --insecure-dev on a loopback "
                 "address)");
  }
  auto added = authenticator.AddBare("auth.webhook_token_file",
                                     config.webhook_token_file,
                                     {"webhook", true, false, false});
  if (!added.ok()) return added.error();
  added =
      authenticator.AddAdmins("auth.admin_token_file", config.admin_token_file);
  if (!added.ok()) return added.error();
  added =
      authenticator.AddBare("auth.viewer_token_file", config.viewer_token_file,
                            {"viewer", false, true, false});
  if (!added.ok()) return added.error();
  return authenticator;
}

Result<void> Authenticator::AddBare(const std::string& key,
                                    const std::string& path,
                                    const Identity& identity) {
  if (path.empty()) return {};
  const std::string where = key + ": " + path;
  auto token = ReadSecretFile(where, path);
  if (!token.ok()) return token.error();
  if (!IsToken(*token)) {
    return Wrong(where, "expected one token of visible ASCII characters");
  }
  return Add(where, *token, identity);
}

Result<void> Authenticator::AddAdmins(const std::string& key,
                                      const std::string& path) {
  if (path.empty()) return {};
  const std::string where = key + ": " + path;
  auto text = ReadSecretFile(where, path);
  if (!text.ok()) return text.error();
  if (text->find(':') == std::string::npos) {
    if (!IsToken(*text)) {
      return Wrong(where, "expected one token, or lines of name:token");
    }
    return Add(where, *text, AdminNamed("admin"));
  }
  std::string_view rest = *text;
  for (int line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const auto added = AddAdmin(where + ":" + std::to_string(line),
                                TrimEnd(rest.substr(0, end)));
    if (!added.ok()) return added.error();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

Result<void> Authenticator::AddAdmin(const std::string& where,
                                     std::string_view line) {
  if (line.empty()) return {};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsName(line.substr(0, colon)) ||
      !IsToken(line.substr(colon + 1))) {
    return Wrong(where, "expected name:token");
  }
  const Identity identity = AdminNamed(line.substr(0, colon));
  for (const Entry& entry : entries_) {
    if (entry.identity.name == identity.name) {
      return Wrong(where, "the name stands twice");
    }
  }
  return Add(where, line.substr(colon + 1), identity);
}

Result<void> Authenticator::Add(const std::string& where,
                                std::string_view token,
                                const Identity& identity) {
  const Digest digest = DigestOf(token);
  for (const Entry& entry : entries_) {
    if (entry.digest == digest) {
      return Wrong(where, "the token is that of " + entry.identity.name +
                              ", each must have one of its own");
    }
  }
  entries_.push_back({digest, identity});
  return {};
}

Identity Authenticator::Identify(std::string_view authorization) const {
  if (insecure_) return {"admin:insecure-dev", true, true, true};
  Identity found;
  const std::string_view token = BearerToken(authorization);
  if (token.empty()) return found;
  const Digest digest = DigestOf(token);
  for (const Entry& entry : entries_) {
    if (CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) != 0) {
      continue;
    }
    found = entry.identity;
  }
  return found;
}

}  // namespace selfheal
