#include "adapters/http/auth.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "adapters/http/base64.h"

namespace selfheal::http {
namespace {

constexpr std::streamsize kMaxSecret = 64 << 10;

Error BadSecret(const std::string& path, const char* why) {
  return Error{Code::kUnauthenticated, path + ": " + why};
}

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

Result<std::string> ReadSecretFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return BadSecret(path, "cannot be opened");
  std::string text(static_cast<std::size_t>(kMaxSecret) + 1, '\0');
  file.read(text.data(), kMaxSecret + 1);
  if (file.bad()) return BadSecret(path, "cannot be read");
  text.resize(
      static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  if (text.size() > static_cast<std::size_t>(kMaxSecret)) {
    return BadSecret(path, "larger than 64 KiB");
  }
  while (!text.empty() && IsSpace(text.back())) text.pop_back();
  if (text.empty()) return BadSecret(path, "empty");
  if (std::any_of(text.begin(), text.end(),
                  [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return BadSecret(path, "holds a control character");
  }
  return text;
}

Result<std::string> AuthorizationHeader(const AuthOptions& options) {
  if (!options.bearer_token_file.empty()) {
    auto token = ReadSecretFile(options.bearer_token_file);
    if (!token) return token.error();
    return "Authorization: Bearer " + *token;
  }
  if (options.username.empty()) return std::string();
  std::string password;
  if (!options.password_file.empty()) {
    auto read = ReadSecretFile(options.password_file);
    if (!read) return read.error();
    password = *std::move(read);
  }
  return "Authorization: Basic " +
         Base64Encode(options.username + ":" + password);
}

}  // namespace selfheal::http
