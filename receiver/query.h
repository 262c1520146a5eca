#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace selfheal {

/// The parameters of a request, percent-decoded; an empty one is absent.
using QueryParameters = std::map<std::string, std::string, std::less<>>;

/// Reads "a=1&b=%20x"; '+' is a blank.
///
/// @error kInvalidArgument  a parameter stands twice, or decodes to something
///        other than UTF-8 without control characters.
Result<QueryParameters> ParseQuery(std::string_view query);

/// The value of `name`; none where it is absent.
std::optional<std::string> Find(const QueryParameters& parameters,
                                std::string_view name);

/// Reads "limit": 50 where absent, else 1..500.
///
/// @error kInvalidArgument  anything else.
Result<int> PageLimit(const QueryParameters& parameters);

}  // namespace selfheal
