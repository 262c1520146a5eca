#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/notice.h"

namespace selfheal::slack {

/// The names of the two buttons.
inline constexpr std::string_view kApprove = "approve";
inline constexpr std::string_view kDeny = "deny";

/// Text and blocks of one message; plain text but for our own link.
struct Message {
  std::string text;
  nlohmann::json blocks;
};

/// How an incident stands: title, facts, the buttons while people are asked,
/// and a link.
///
/// @param public_url  where people reach this service; "" = no link.
/// @param value       of the buttons; "" = none are shown.
Message StateMessage(const Notice& notice, const std::string& public_url,
                     const std::string& value);

/// Lines that need no name.
std::vector<NoticeFact> AsFacts(const std::vector<std::string>& lines);

/// What is new, as a message of its own.
Message NewsMessage(const std::vector<std::string>& lines);

/// One line of text and nothing else.
Message LineMessage(const std::string& line);

/// The JSON of `value`, with U+FFFD for what is not UTF-8.
std::string Dumped(const nlohmann::json& value);

}  // namespace selfheal::slack
