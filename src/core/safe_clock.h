#pragma once

#include "core/clock.h"
#include "core/mutex.h"

namespace selfheal {

/// Two clocks that are further apart disagree.
inline constexpr seconds kMostClockSkew{30};

/// True where `a` and `b` are more than kMostClockSkew apart.
inline bool Apart(Time a, Time b) {
  return a - b > kMostClockSkew || b - a > kMostClockSkew;
}

/// A wall clock that nobody can set: it starts with the wall's time and runs
/// on with CLOCK_BOOTTIME, so that no cooldown ends early and no approval ends
/// late when the wall clock is set.
///
/// A step of the wall of at most kMostClockSkew is followed, a thousandth of
/// the time that passes; a larger one shows as Skew() and is not followed.
/// Never goes back. Thread-safe.
class SafeClock final : public Clock {
 public:
  /// `wall` outlives the clock.
  explicit SafeClock(const Clock& wall);

  Time Now() const override;
  SteadyTime SteadyNow() const override { return wall_.SteadyNow(); }

  /// The wall clock minus this one.
  Duration Skew() const;
  const Clock& wall() const { return wall_; }

  /// Begins anew at `now`: at the start, or where a second clock has proved
  /// for long that the wall clock is right.
  void SetTo(Time now);

 private:
  Time Advance(Time wall) const REQUIRES(mutex_);

  const Clock& wall_;
  mutable Mutex mutex_;
  mutable Time now_ GUARDED_BY(mutex_);
  mutable SteadyTime seen_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
