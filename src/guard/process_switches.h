#pragma once

#include <atomic>
#include <string>

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

  /// Sets or clears the flag. May be called from a signal handler.
  void SetFlag(bool on) { flag_.store(on, std::memory_order_release); }
  bool flag() const { return flag_.load(std::memory_order_acquire); }

 private:
  const std::string file_;
  std::atomic<bool> flag_{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
};

}  // namespace selfheal::guard
