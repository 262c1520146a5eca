#pragma once

#include <atomic>
#include <limits>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/switch.h"

namespace selfheal::guard {

/// The kill switches of this process: a file and a flag. Thread-safe.
///
/// The file exists, whatever its content = on; it does not exist and its
/// folder does = off; any other answer = on. An empty path is no switch.
class ProcessSwitches final : public SwitchReader {
 public:
  explicit ProcessSwitches(std::string file) : file_(std::move(file)) {}

  SwitchReading Read() override;

  /// Sets or clears the flag, at `now`.
  void SetFlag(bool on, Time now) {
    flagged_at_.store(on ? now.time_since_epoch().count() : kClear,
                      std::memory_order_release);
  }
  bool flag() const { return flagged_at().has_value(); }
  /// Since when the flag is set.
  std::optional<Time> flagged_at() const {
    const auto at = flagged_at_.load(std::memory_order_acquire);
    if (at == kClear) return std::nullopt;
    return Time(Time::duration(at));
  }

 private:
  static constexpr Time::rep kClear = std::numeric_limits<Time::rep>::min();

  const std::string file_;
  std::atomic<Time::rep> flagged_at_{kClear};
};

}  // namespace selfheal::guard
