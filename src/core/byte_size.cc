#include "core/byte_size.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace selfheal {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 12> kUnits = {
    {{"", 1},
     {"k", 1e3},
     {"M", 1e6},
     {"G", 1e9},
     {"T", 1e12},
     {"P", 1e15},
     {"Ki", 1024.0},
     {"Mi", 1048576.0},
     {"Gi", 1073741824.0},
     {"Ti", 1099511627776.0},
     {"Pi", 1125899906842624.0},
     {"m", 1e-3}}};
/// More than any disk has, and far from what overflows.
constexpr double kMost = 4e18;

}  // namespace

std::optional<long long> ParseByteSize(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  for (const auto& [name, factor] : kUnits) {
    if (name != unit) continue;
    const double bytes = std::ceil(number * factor);
    if (!(bytes < kMost)) return std::nullopt;
    return static_cast<long long>(bytes);
  }
  return std::nullopt;
}

std::string MemoryText(long long bytes) {
  constexpr long long kMebibyte = 1048576;
  return std::to_string((bytes + kMebibyte - 1) / kMebibyte) + "Mi";
}

}  // namespace selfheal
