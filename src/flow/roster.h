#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/mutex.h"

namespace selfheal {

/// Which unfinished incidents wait behind which key of the queue.
/// Thread-safe.
class Roster {
 public:
  void Add(const std::string& key, const std::string& incident_id) {
    MutexLock lock(mutex_);
    incidents_[key].insert(incident_id);
  }

  void Remove(const std::string& key, const std::string& incident_id) {
    MutexLock lock(mutex_);
    const auto found = incidents_.find(key);
    if (found == incidents_.end()) return;
    found->second.erase(incident_id);
    if (found->second.empty()) incidents_.erase(found);
  }

  /// Every incident that waits behind some key.
  std::set<std::string> All() const {
    MutexLock lock(mutex_);
    std::set<std::string> all;
    for (const auto& [key, ids] : incidents_)
      all.insert(ids.begin(), ids.end());
    return all;
  }

  /// The incidents of `key`, oldest first (ULIDs sort by time).
  std::vector<std::string> Of(const std::string& key) const {
    MutexLock lock(mutex_);
    const auto found = incidents_.find(key);
    if (found == incidents_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::set<std::string>> incidents_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
