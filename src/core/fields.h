#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace selfheal {

/// One value beside a log line or in an audit record.
using FieldValue = std::variant<std::string, std::int64_t, double, bool>;

/// Keys (lower snake case) with values, in the order in which they are shown.
using Fields = std::vector<std::pair<std::string, FieldValue>>;

}  // namespace selfheal
