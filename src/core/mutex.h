#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define SELFHEAL_TSA(x) __attribute__((x))
#else
#define SELFHEAL_TSA(x)
#endif
#define SELFHEAL_CAPABILITY(x) SELFHEAL_TSA(capability(x))
#define SELFHEAL_SCOPED SELFHEAL_TSA(scoped_lockable)
#define GUARDED_BY(x) SELFHEAL_TSA(guarded_by(x))
#define REQUIRES(...) SELFHEAL_TSA(requires_capability(__VA_ARGS__))
#define ACQUIRE(...) SELFHEAL_TSA(acquire_capability(__VA_ARGS__))
#define RELEASE(...) SELFHEAL_TSA(release_capability(__VA_ARGS__))
#define EXCLUDES(...) SELFHEAL_TSA(locks_excluded(__VA_ARGS__))

namespace selfheal {

/// A std::mutex that clang's thread-safety analysis understands.
class SELFHEAL_CAPABILITY("mutex") Mutex {
 public:
  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

/// Holds a Mutex for a scope. Wait on a std::condition_variable_any with it.
class SELFHEAL_SCOPED MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// A condition variable to wait on with a Mutex that the caller holds.
using CondVar = std::condition_variable_any;

}  // namespace selfheal
