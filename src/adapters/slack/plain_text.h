#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace selfheal::slack {

/// Foreign text made safe for any text field of Slack.
///
/// Control characters become spaces; bidirectional controls and zero-width
/// characters vanish; bytes that are not UTF-8 become U+FFFD; the rest is cut
/// to `max_code_points` (with a final ellipsis), and then & < > are escaped,
/// so that no mention, link or markup can be smuggled in. Line feeds stay.
std::string PlainText(std::string_view text, std::size_t max_code_points);

}  // namespace selfheal::slack
