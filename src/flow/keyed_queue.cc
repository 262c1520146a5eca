#include "flow/keyed_queue.h"

#include <algorithm>

namespace selfheal {
namespace {

/// How long a waiting worker sleeps at most: a fake or a jumping clock must
/// not leave it asleep.
constexpr std::chrono::milliseconds kLongestSleep{200};

}  // namespace

void KeyedQueue::AddLocked(const std::string& key, SteadyTime due) {
  auto& keys = working_.contains(key) ? again_ : waiting_;
  const auto [entry, added] = keys.try_emplace(key, due);
  if (!added && due < entry->second) entry->second = due;
}

void KeyedQueue::Add(const std::string& key) {
  AddAfter(key, Duration::zero());
}

void KeyedQueue::AddAfter(const std::string& key, Duration delay) {
  {
    MutexLock lock(mutex_);
    AddLocked(key, clock_.SteadyNow() + delay);
  }
  changed_.notify_one();
}

std::optional<std::string> KeyedQueue::Take(const std::stop_token& stop) {
  std::stop_callback wake(stop, [this] { changed_.notify_all(); });
  MutexLock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto next = std::min_element(
        waiting_.begin(), waiting_.end(),
        [](const auto& a, const auto& b) { return a.second < b.second; });
    const SteadyTime now = clock_.SteadyNow();
    if (next != waiting_.end() && next->second <= now) {
      std::string key = next->first;
      waiting_.erase(next);
      working_.insert(key);
      return key;
    }
    Duration sleep = kLongestSleep;
    if (next != waiting_.end()) sleep = std::min(sleep, next->second - now);
    changed_.wait_for(mutex_, sleep);
  }
  return std::nullopt;
}

void KeyedQueue::Done(const std::string& key) {
  {
    MutexLock lock(mutex_);
    working_.erase(key);
    const auto again = again_.find(key);
    if (again == again_.end()) return;
    AddLocked(key, again->second);
    again_.erase(again);
  }
  changed_.notify_one();
}

std::size_t KeyedQueue::Depth() const {
  MutexLock lock(mutex_);
  return waiting_.size() + again_.size();
}

}  // namespace selfheal
