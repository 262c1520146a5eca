#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace selfheal {

/// A decimal integer, full match: optional "-", no leading zero, no "+".
std::optional<long long> ParseInteger(std::string_view text);

/// A finite decimal number, full match; an exponent is allowed.
std::optional<double> ParseNumber(std::string_view text);

/// Exactly "true" or "false".
std::optional<bool> ParseBool(std::string_view text);

/// Bytes: a whole number with a unit of B, KiB, MiB or GiB ("16MiB").
std::optional<long long> ParseSize(std::string_view text);

/// The shortest such text: 16777216 -> "16MiB".
std::string FormatSize(long long bytes);

/// The shortest text that ParseNumber reads back: 0.7 -> "0.7", 3 -> "3".
std::string FormatNumber(double value);

/// `name` among `known`, or the closest of them where it looks like a slip
/// of the pen (edit distance of at most 2 and a third of its length); empty
/// if none is near.
template <typename Strings>
std::string_view ClosestName(std::string_view name, const Strings& known);

/// Edits (insert, delete, replace, swap of neighbours) from `a` to `b`.
int EditDistance(std::string_view a, std::string_view b);

template <typename Strings>
std::string_view ClosestName(std::string_view name, const Strings& known) {
  std::string_view best;
  int best_distance = 3;
  for (const auto& candidate : known) {
    const std::string_view text(candidate);
    const int distance = EditDistance(name, text);
    const int allowed = static_cast<int>(text.size() + 2) / 3;
    if (distance < best_distance && distance <= allowed) {
      best = text;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace selfheal
