#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace selfheal {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of `bytes` (FIPS 180-4). Thread-safe.
Sha256Digest Sha256(std::string_view bytes);

/// SHA-256 of `bytes` as 64 lower-hex. Thread-safe.
std::string Sha256Hex(std::string_view bytes);

/// HMAC-SHA256 of `bytes` under `key` (RFC 2104); any key length, also empty.
Sha256Digest HmacSha256(std::string_view key, std::string_view bytes);

/// HMAC-SHA256 of `bytes` under `key` as 64 lower-hex.
std::string HmacSha256Hex(std::string_view key, std::string_view bytes);

/// Lower-hex of `bytes`.
std::string ToHex(std::string_view bytes);

/// True where both are equal; time depends on the lengths only.
bool ConstantTimeEqual(std::string_view left, std::string_view right);

/// `n` bytes of the kernel's randomness.
std::string RandomBytes(std::size_t n);

}  // namespace selfheal
