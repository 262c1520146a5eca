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
  friend class CondVar;
  std::mutex mutex_;
};

/// Holds a Mutex for a scope.
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

/// A condition variable to wait on with a Mutex that the caller holds. Without
/// the second lock of std::condition_variable_any.
class CondVar {
 public:
  void wait(Mutex& mutex) REQUIRES(mutex) {
    const Held held(mutex.mutex_);
    changed_.wait(held.lock);
  }
  template <typename TimePoint>
  std::cv_status wait_until(Mutex& mutex, const TimePoint& until)
      REQUIRES(mutex) {
    const Held held(mutex.mutex_);
    return changed_.wait_until(held.lock, until);
  }
  template <typename Length>
  std::cv_status wait_for(Mutex& mutex, const Length& length) REQUIRES(mutex) {
    const Held held(mutex.mutex_);
    return changed_.wait_for(held.lock, length);
  }
  void notify_one() { changed_.notify_one(); }
  void notify_all() { changed_.notify_all(); }

 private:
  /// Lends the caller's lock for one wait.
  struct Held {
    explicit Held(std::mutex& mutex) : lock(mutex, std::adopt_lock) {}
    ~Held() { lock.release(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    mutable std::unique_lock<std::mutex> lock;
  };

  std::condition_variable changed_;
};

}  // namespace selfheal
