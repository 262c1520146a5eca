#pragma once

#include <condition_variable>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "core/clock.h"
#include "core/mutex.h"

namespace selfheal {

/// Keys that wait for work, each worked on by one worker at a time.
///
/// A key added while it waits is there once; a key added while it is worked
/// on is worked on again afterwards. Order: by due time, then by key.
/// Thread-safe.
class KeyedQueue {
 public:
  explicit KeyedQueue(const Clock& clock) : clock_(clock) {}

  /// Makes `key` due now.
  void Add(const std::string& key);
  /// Makes `key` due after `delay`, unless it is due earlier already.
  void AddAfter(const std::string& key, Duration delay);

  /// Waits for a due key and marks it as worked on; empty = stopped.
  std::optional<std::string> Take(const std::stop_token& stop);
  /// Ends the work on `key`; it is due again if it was added meanwhile.
  void Done(const std::string& key);

  /// Keys that are due or wait for their time.
  std::size_t Depth() const;

 private:
  void AddLocked(const std::string& key, SteadyTime due) REQUIRES(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;
  CondVar changed_;
  /// Invariant: a key is in at most one of waiting_ and again_; again_ holds
  /// only keys of working_.
  std::map<std::string, SteadyTime> waiting_ GUARDED_BY(mutex_);
  std::map<std::string, SteadyTime> again_ GUARDED_BY(mutex_);
  std::set<std::string> working_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
