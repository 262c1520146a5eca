#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/mutex.h"

namespace selfheal {

/// A text of lines that is made at most once in `age`, however often it is
/// asked for, and is cut at a line's end where it is too long. Thread-safe.
class CachedText {
 public:
  explicit CachedText(Duration age = std::chrono::seconds(1),
                      std::size_t most_bytes = 1 << 20)
      : age_(age), most_bytes_(most_bytes) {}

  /// The text; of several callers one makes it, the others wait for it.
  std::string Get(SteadyTime now, const std::function<std::string()>& make) {
    const MutexLock lock(mutex_);
    if (made_at_ && now - *made_at_ < age_) return text_;
    text_ = make();
    if (text_.size() > most_bytes_) {
      const std::size_t end = text_.rfind('\n', most_bytes_ - 1);
      text_.resize(end == std::string::npos ? 0 : end + 1);
    }
    made_at_ = now;
    return text_;
  }

  /// The next Get makes it anew.
  void Drop() {
    const MutexLock lock(mutex_);
    made_at_.reset();
  }

 private:
  const Duration age_;
  const std::size_t most_bytes_;
  Mutex mutex_;
  std::string text_ GUARDED_BY(mutex_);
  std::optional<SteadyTime> made_at_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
