#include "receiver/etag.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace selfheal {
namespace {

/// Bytes of the digest that a tag carries: no two bodies share them.
constexpr std::size_t kTagBytes = 16;

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string EtagOf(std::string_view body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(body.data(), body.size(), digest.data(), nullptr, EVP_sha256(),
             nullptr);
  std::string tag = "\"";
  for (std::size_t i = 0; i < kTagBytes; ++i) {
    tag += "0123456789abcdef"[digest[i] >> 4];
    tag += "0123456789abcdef"[digest[i] & 15];
  }
  return tag + "\"";
}

bool NamesEtag(std::string_view if_none_match, std::string_view etag) {
  if (Trimmed(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    const std::size_t end =
        std::min(if_none_match.find(','), if_none_match.size());
    std::string_view one = Trimmed(if_none_match.substr(0, end));
    if (one.substr(0, 2) == "W/") one.remove_prefix(2);
    if (one == etag) return true;
    if_none_match.remove_prefix(std::min(end + 1, if_none_match.size()));
  }
  return false;
}

}  // namespace selfheal
