#include "adapters/crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "core/result.h"

namespace selfheal {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string_view View(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Sha256Digest Sha256(std::string_view bytes) {
  Sha256Digest digest{};
  unsigned int size = 0;
  SELFHEAL_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size,
                            EVP_sha256(), nullptr) == 1);
  SELFHEAL_CHECK(size == digest.size());
  return digest;
}

std::string Sha256Hex(std::string_view bytes) {
  return ToHex(View(Sha256(bytes)));
}

Sha256Digest HmacSha256(std::string_view key, std::string_view bytes) {
  // HMAC() takes a null key for "the key of before", so an empty one needs an
  // address.
  const char* const address = key.empty() ? "" : key.data();
  Sha256Digest digest{};
  unsigned int size = 0;
  SELFHEAL_CHECK(HMAC(EVP_sha256(), address, static_cast<int>(key.size()),
                      Bytes(bytes), bytes.size(), digest.data(),
                      &size) != nullptr);
  SELFHEAL_CHECK(size == digest.size());
  return digest;
}

std::string HmacSha256Hex(std::string_view key, std::string_view bytes) {
  return ToHex(View(HmacSha256(key, bytes)));
}

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text += kDigits[value >> 4];
    text += kDigits[value & 0xf];
  }
  return text;
}

bool ConstantTimeEqual(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string RandomBytes(std::size_t n) {
  std::string bytes(n, '\0');
  SELFHEAL_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()),
                            static_cast<int>(n)) == 1);
  return bytes;
}

}  // namespace selfheal
