#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace selfheal {

/// Wall-clock time in nanoseconds since 1970 UTC; for display, for the windows
/// of other programs and for what must survive a restart.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
/// CLOCK_BOOTTIME; for every wait and deadline inside one process.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock,
                                           std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;
using std::chrono::seconds;

/// Where time comes from; tests put a fake in its place.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time Now() const = 0;
  virtual SteadyTime SteadyNow() const = 0;
};

/// The clock of this machine. Thread-safe.
class SystemClock final : public Clock {
 public:
  Time Now() const override;
  SteadyTime SteadyNow() const override;
};

/// RFC 3339 in UTC with milliseconds, e.g. "2026-11-25T12:00:00.000Z".
std::string FormatTime(Time time);

/// RFC 3339 in UTC with nine fractional digits: loses nothing.
std::string FormatTimeNanos(Time time);

/// Parses RFC 3339 with 0 to 9 fractional digits and any offset.
///
/// @return nullopt where the text is not RFC 3339, the date does not exist, or
///         the year lies outside 1678..2261 (as Go's zero time 0001-01-01).
std::optional<Time> ParseTime(std::string_view text);

/// Seconds since 1970 UTC as Prometheus writes them.
double UnixSeconds(Time time);

/// The inverse of UnixSeconds, to the millisecond.
Time FromUnixSeconds(double seconds);

}  // namespace selfheal
