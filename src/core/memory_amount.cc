#include "core/memory_amount.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace selfheal {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 10> kUnits = {{
    {"", 1.0},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"Ki", 1024.0},
    {"Mi", 1048576.0},
    {"Gi", 1073741824.0},
    {"Ti", 1099511627776.0},
    {"m", 1e-3},
}};
constexpr double kMost = 1e15;
constexpr long long kMiB = 1048576;

}  // namespace

std::optional<long long> ParseMemory(std::string_view text) {
  double number = 0;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || !(number >= 0)) return std::nullopt;
  const std::string_view unit =
      text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
  for (const auto& [name, factor] : kUnits) {
    if (name != unit) continue;
    const double bytes = std::ceil(number * factor);
    if (!(bytes <= kMost)) return std::nullopt;
    return static_cast<long long>(bytes);
  }
  return std::nullopt;
}

std::string MemoryText(long long bytes) {
  return std::to_string((bytes + kMiB - 1) / kMiB) + "Mi";
}

}  // namespace selfheal
