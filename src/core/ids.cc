#include "core/ids.h"

#include <sys/random.h>

#include <array>
#include <cstdint>

#include "core/result.h"

namespace selfheal {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

}  // namespace

std::string NewUlid(Time now) {
  std::array<unsigned char, 16> bytes{};
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch())
          .count());
  for (int i = 0; i < 6; ++i) {
    bytes[static_cast<std::size_t>(i)] =
        static_cast<unsigned char>(millis >> (40 - 8 * i));
  }
  SELFHEAL_CHECK(getrandom(bytes.data() + 6, 10, 0) == 10);
  // 128 bits in 26 digits of 5 bits: the first digit holds only 3.
  std::string text(26, '0');
  for (int digit = 0; digit < 26; ++digit) {
    unsigned value = 0;
    for (int bit = 0; bit < 5; ++bit) {
      const int index = digit * 5 + bit - 2;
      const bool set =
          index >= 0 &&
          ((bytes[static_cast<std::size_t>(index / 8)] >> (7 - index % 8)) &
           1U) != 0;
      value = value * 2 + (set ? 1U : 0U);
    }
    text[static_cast<std::size_t>(digit)] = kAlphabet[value];
  }
  return text;
}

bool IsUlid(std::string_view text) {
  return text.size() == 26 && text[0] <= '7' &&
         text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

unsigned long long StableHash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

}  // namespace selfheal
