#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/result.h"

namespace selfheal {

/// The members of a flat JSON object as a person's request carries it.
using SmallJson =
    std::map<std::string, std::variant<bool, std::string>, std::less<>>;

/// Reads `{"a":"text","b":true}`; an empty body is an empty object, and a
/// member that is null is absent.
///
/// @param known  the members that may stand there.
/// @error kInvalidArgument  not such an object, a member is unknown or stands
///        twice, or a value is neither text (of at most 1,000 characters,
///        none of them NUL) nor a truth value.
Result<SmallJson> ParseSmallJson(std::string_view body,
                                 std::initializer_list<std::string_view> known);

/// The text of `name`; none where it is absent.
///
/// @error kInvalidArgument  it is not text.
Result<std::optional<std::string>> TextOf(const SmallJson& json,
                                          std::string_view name);

/// The truth value of `name`; none where it is absent.
///
/// @error kInvalidArgument  it is not a truth value.
Result<std::optional<bool>> TruthOf(const SmallJson& json,
                                    std::string_view name);

}  // namespace selfheal
