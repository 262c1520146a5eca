#pragma once

#include <atomic>

#include "core/clock.h"

namespace selfheal::testing {

/// A clock that stands still until it is moved. Thread-safe.
class FakeClock final : public Clock {
 public:
  /// 2026-11-25T12:00:00Z.
  static constexpr long long kStart = 1795608000LL * 1'000'000'000;

  Time Now() const override { return Time(Duration(wall_.load())); }
  SteadyTime SteadyNow() const override {
    return SteadyTime(Duration(steady_.load()));
  }

  /// Moves both clocks.
  void Advance(Duration by) {
    wall_ += by.count();
    steady_ += by.count();
  }
  /// Somebody sets the wall clock; waits are not concerned.
  void SetWall(Time time) { wall_ = time.time_since_epoch().count(); }

 private:
  std::atomic<long long> wall_{kStart};
  std::atomic<long long> steady_{1'000'000'000};
};

}  // namespace selfheal::testing
