#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "assess/judge.h"
#include "core/kept_evidence.h"
#include "core/mutex.h"

namespace selfheal {

/// The score lines of the incidents that were looked at last: a page asks for
/// its incident every two seconds. Thread-safe.
class ScoreLines {
 public:
  /// Of the evidence on which `incident` was judged; empty where nobody did.
  std::vector<double> Of(const std::string& incident, const KeptEvidence& shown)
      EXCLUDES(mutex_) {
    if (!shown.judged) return {};
    {
      const MutexLock lock(mutex_);
      const auto found = kept_.find(incident);
      if (found != kept_.end() && found->second.first == shown.window.at) {
        return found->second.second;
      }
    }
    const Judged& judged = *shown.judged;
    std::vector<double> line =
        ScoreLine(shown.window, judged.options, judged.assessment.seed);
    const MutexLock lock(mutex_);
    if (kept_.size() >= kMost) kept_.clear();
    kept_[incident] = {shown.window.at, line};
    return line;
  }

 private:
  static constexpr std::size_t kMost = 64;

  Mutex mutex_;
  /// When it was judged, and the line.
  std::map<std::string, std::pair<Time, std::vector<double>>> kept_
      GUARDED_BY(mutex_);
};

}  // namespace selfheal
