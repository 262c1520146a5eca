#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/clock.h"
#include "core/mutex.h"
#include "core/object.h"

namespace selfheal {

/// What the periodic loops saw last: the Watchdog alert, and which targets a
/// rule's watch expression named. Thread-safe.
class Sightings {
 public:
  void SawWatchdog(Time at) {
    MutexLock lock(mutex_);
    watchdog_ = at;
  }
  std::optional<Time> Watchdog() const {
    MutexLock lock(mutex_);
    return watchdog_;
  }

  void SawTarget(const std::string& rule, const ObjectRef& target, Time at) {
    MutexLock lock(mutex_);
    targets_[{rule, target}] = at;
  }
  std::optional<Time> Target(const std::string& rule,
                             const ObjectRef& target) const {
    MutexLock lock(mutex_);
    const auto found = targets_.find({rule, target});
    if (found == targets_.end()) return std::nullopt;
    return found->second;
  }
  /// Forgets targets that were last seen before `time`.
  void Forget(Time time) {
    MutexLock lock(mutex_);
    std::erase_if(targets_,
                  [time](const auto& entry) { return entry.second < time; });
  }

 private:
  mutable Mutex mutex_;
  std::optional<Time> watchdog_ GUARDED_BY(mutex_);
  std::map<std::pair<std::string, ObjectRef>, Time> targets_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
