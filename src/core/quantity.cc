#include "core/quantity.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace selfheal {

std::string Number(double value) {
  std::array<char, 32> text{};
  const double size = std::abs(value);
  const char* form = size >= 10 || value == std::round(value) ? "%.0f" : "%.2g";
  if (size >= 1e6) form = "%.3g";
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

std::string Span(double seconds) {
  if (seconds < 120) return Number(seconds) + " s";
  if (seconds < 2 * 3600) return Number(std::round(seconds / 60)) + " min";
  if (seconds < 2 * 86400) return Number(std::round(seconds / 3600)) + " hours";
  return Number(std::round(seconds / 86400)) + " days";
}

std::string Quantity(double value, const std::string& unit) {
  if (unit == "bytes" || unit == "byte" || unit == "B") {
    constexpr std::array<const char*, 5> kNames = {"B", "KiB", "MiB", "GiB",
                                                   "TiB"};
    std::size_t power = 0;
    while (std::abs(value) >= 1024 && power + 1 < kNames.size()) {
      value /= 1024;
      ++power;
    }
    return Number(value) + " " + kNames[power];
  }
  if (unit == "ms") return Quantity(value / 1000, "s");
  if (unit == "seconds" || unit == "s") {
    return std::abs(value) < 1 ? Number(value * 1000) + " ms"
                               : Number(value) + " s";
  }
  if (unit == "percent") return Number(value) + " %";
  if (unit == "per second") return Number(value) + "/s";
  return unit.empty() ? Number(value) : Number(value) + " " + unit;
}

}  // namespace selfheal
