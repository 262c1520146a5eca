#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"

namespace selfheal {

/// A fresh ULID: 48 bits of milliseconds and 80 random bits from the kernel,
/// in Crockford base 32; 26 characters that sort by time. Thread-safe.
std::string NewUlid(Time now);

/// True where `text` has the form of a ULID.
bool IsUlid(std::string_view text);

/// FNV-1a 64 of `text`; a stable seed, not a digest.
unsigned long long StableHash(std::string_view text);

}  // namespace selfheal
