#include "core/byte_size.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace selfheal {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 15> kUnits = {
    {{"", 1},
     {"n", 1e-9},
     {"u", 1e-6},
     {"m", 1e-3},
     {"k", 1e3},
     {"M", 1e6},
     {"G", 1e9},
     {"T", 1e12},
     {"P", 1e15},
     {"E", 1e18},
     {"Ki", 1024.0},
     {"Mi", 1048576.0},
     {"Gi", 1073741824.0},
     {"Ti", 1099511627776.0},
     {"Pi", 1125899906842624.0}}};
/// More than any disk has, and far from what overflows.
constexpr double kMost = 4e18;

}  // namespace

std::optional<double> ParseQuantity(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  for (const auto& [name, factor] : kUnits) {
    if (name == unit) return value * factor;
  }
  return std::nullopt;
}

std::optional<long long> ParseByteSize(std::string_view text) {
  const auto value = ParseQuantity(text);
  if (!value || !(*value >= 0)) return std::nullopt;
  const double bytes = std::ceil(*value);
  if (!(bytes < kMost)) return std::nullopt;
  return static_cast<long long>(bytes);
}

std::string MemoryText(long long bytes) {
  constexpr long long kMebibyte = 1048576;
  return std::to_string((bytes + kMebibyte - 1) / kMebibyte) + "Mi";
}

}  // namespace selfheal
