#pragma once

#include <string>

namespace selfheal {

/// Two significant digits below ten, whole numbers from there on.
std::string Number(double value);

/// `value` in `unit` as people write it: "14 MiB", "250 ms", "31 %", "4.1/s",
/// "2 restarts", "3.2".
std::string Quantity(double value, const std::string& unit);

/// "40 s", "12 min", "3 hours", "3 days".
std::string Span(double seconds);

}  // namespace selfheal
