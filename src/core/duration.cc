#include "core/duration.h"

#include <array>
#include <cstdint>

namespace selfheal {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t millis;
};

constexpr std::array<Unit, 5> kUnits = {{{"d", 86'400'000},
                                         {"h", 3'600'000},
                                         {"m", 60'000},
                                         {"s", 1'000},
                                         {"ms", 1}}};
constexpr std::int64_t kMaxMillis = 10LL * 366 * 86'400'000;

/// The number at the front of `text`, which it is cut from; -1 if none.
std::int64_t TakeNumber(std::string_view& text) {
  std::size_t length = 0;
  std::int64_t value = 0;
  while (length < text.size() && text[length] >= '0' && text[length] <= '9') {
    if (length >= 15) return -1;
    value = value * 10 + (text[length++] - '0');
  }
  text.remove_prefix(length);
  return length == 0 ? -1 : value;
}

}  // namespace

std::optional<Duration> ParseDuration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    const std::int64_t number = TakeNumber(text);
    if (number < 0) return std::nullopt;
    std::size_t length = 0;
    while (length < text.size() && (text[length] < '0' || text[length] > '9')) {
      ++length;
    }
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) {
      ++next_unit;
    }
    if (next_unit == kUnits.size()) return std::nullopt;
    const std::int64_t millis = kUnits[next_unit++].millis;
    if (number > kMaxMillis / millis) return std::nullopt;
    total += number * millis;
    if (total > kMaxMillis) return std::nullopt;
  }
  return std::chrono::milliseconds(total);
}

std::string FormatDuration(Duration duration) {
  auto rest =
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (rest == 0) return "0s";
  std::string text = rest < 0 ? "-" : "";
  if (rest < 0) rest = -rest;
  for (const Unit& unit : kUnits) {
    if (rest < unit.millis) continue;
    text += std::to_string(rest / unit.millis);
    text += unit.name;
    rest %= unit.millis;
  }
  return text;
}

}  // namespace selfheal
