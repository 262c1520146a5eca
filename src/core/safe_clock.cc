#include "core/safe_clock.h"

#include <algorithm>

namespace selfheal {
namespace {

/// Of the time that passes, this part may go into following the wall clock.
constexpr int kFollow = 1000;

}  // namespace

SafeClock::SafeClock(const Clock& wall)
    : wall_(wall), now_(wall.Now()), seen_(wall.SteadyNow()) {}

Time SafeClock::Advance(Time wall) const {
  const SteadyTime steady = wall_.SteadyNow();
  const Duration passed = std::max<Duration>(steady - seen_, Duration::zero());
  now_ += passed;
  seen_ = std::max(seen_, steady);
  if (!Apart(wall, now_)) {
    now_ +=
        std::clamp<Duration>(wall - now_, -passed / kFollow, passed / kFollow);
  }
  return now_;
}

Time SafeClock::Now() const {
  const MutexLock lock(mutex_);
  return Advance(wall_.Now());
}

Duration SafeClock::Skew() const {
  const MutexLock lock(mutex_);
  const Time wall = wall_.Now();
  return wall - Advance(wall);
}

void SafeClock::SetTo(Time now) {
  const MutexLock lock(mutex_);
  now_ = now;
  seen_ = wall_.SteadyNow();
}

}  // namespace selfheal
