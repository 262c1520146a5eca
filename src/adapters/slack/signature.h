#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"

namespace selfheal::slack {

/// True where `signature` is Slack's over `timestamp` and the raw `body`, made
/// with `secret`, and at most 300 s away from `now`. An empty secret signs
/// nothing. Compares in constant time.
bool Signed(std::string_view secret, std::string_view timestamp,
            std::string_view signature, std::string_view body, Time now);

/// The signature that Slack would send.
std::string SignatureOf(std::string_view secret, std::string_view timestamp,
                        std::string_view body);

}  // namespace selfheal::slack
