#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/result.h"

namespace selfheal {

/// The leaves of a small JSON object: keys joined by '|' -> the raw literal
/// ("\"text\"", "3", "true", "false", "null").
using FlatJson = std::map<std::string, std::string, std::less<>>;

/// Reads the few shapes that our own requests have: objects of strings,
/// non-negative integers, truth values and nulls. Written for the last look
/// before a request, so it shares no code with what wrote the text.
///
/// @error kInvalidArgument  anything else: arrays, escapes, white space,
///        repeated keys, empty objects, more than 8 levels or 64 KiB.
Result<FlatJson> Flatten(std::string_view text);

}  // namespace selfheal
