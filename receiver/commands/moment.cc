#include "receiver/commands/moment.h"

#include <string>

#include "core/duration.h"

namespace selfheal {

std::optional<Time> ParseMoment(std::string_view text, Time now) {
  constexpr std::string_view kNow = "now";
  constexpr std::size_t kDate = 10;
  if (text == kNow) return now;
  if (text.starts_with("now-")) {
    const auto ago = ParseDuration(text.substr(kNow.size() + 1));
    if (!ago) return std::nullopt;
    return now - *ago;
  }
  if (text.size() == kDate) {
    return ParseTime(std::string(text) + "T00:00:00Z");
  }
  return ParseTime(text);
}

}  // namespace selfheal
