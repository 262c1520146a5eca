#include "core/clock.h"

#include <time.h>

#include <cmath>
#include <cstdint>
#include <cstdio>

namespace selfheal {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;

Duration ReadClock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

std::string Format(Time time, int digits, std::int64_t divisor) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%0*lldZ",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), digits,
                static_cast<long long>(clock.subseconds().count() / divisor));
  return text;
}

/// Reads exactly `width` digits at `pos`, or returns -1.
int Digits(std::string_view text, std::size_t pos, std::size_t width) {
  if (pos + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = pos; i < pos + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// The offset from UTC in minutes of "Z", "+hh:mm" or "-hh:mm".
std::optional<int> Offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') ||
      text[3] != ':') {
    return std::nullopt;
  }
  const int hour = Digits(text, 1, 2);
  const int minute = Digits(text, 4, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  const int total = hour * 60 + minute;
  return text[0] == '-' ? -total : total;
}

/// Nanoseconds of the fraction that starts behind the dot at `pos`; moves
/// `pos` behind it.
std::optional<std::int64_t> Fraction(std::string_view text, std::size_t& pos) {
  if (pos >= text.size() || text[pos] != '.') return 0;
  std::int64_t value = 0;
  int digits = 0;
  for (++pos; pos < text.size() && text[pos] >= '0' && text[pos] <= '9';
       ++pos) {
    if (++digits > 9) return std::nullopt;
    value = value * 10 + (text[pos] - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 9; ++digits) value *= 10;
  return value;
}

}  // namespace

Time SystemClock::Now() const { return Time(ReadClock(CLOCK_REALTIME)); }

SteadyTime SystemClock::SteadyNow() const {
  return SteadyTime(ReadClock(CLOCK_BOOTTIME));
}

std::string FormatTime(Time time) { return Format(time, 3, 1'000'000); }

std::string FormatTimeNanos(Time time) { return Format(time, 9, 1); }

std::optional<Time> ParseTime(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  const int day = Digits(text, 8, 2);
  const int hour = Digits(text, 11, 2);
  const int minute = Digits(text, 14, 2);
  const int second = Digits(text, 17, 2);
  if (year < 1678 || year > 2261 || month < 0 || day < 0 || hour < 0 ||
      hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::size_t pos = 19;
  const auto fraction = Fraction(text, pos);
  if (!fraction) return std::nullopt;
  const auto offset = Offset(text.substr(pos));
  if (!offset) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + hours(hour) + minutes(minute) +
         seconds(second) + nanoseconds(*fraction) - minutes(*offset);
}

double UnixSeconds(Time time) {
  const auto millis =
      std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  return static_cast<double>(millis.count()) / 1000.0;
}

Time FromUnixSeconds(double value) {
  return Time(std::chrono::milliseconds(
      static_cast<std::int64_t>(std::llround(value * 1000.0))));
}

}  // namespace selfheal
