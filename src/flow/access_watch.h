#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/mutex.h"
#include "guard/surroundings.h"
#include "plan/runbook_source.h"

namespace selfheal {

/// Asks whether our own account has the rights that the loaded runbooks need
/// in the configured namespaces. A runbook that lacks one is off: its guard
/// says so before an action is tried, log and metric before an alert comes. A
/// right to read of the cluster turns nothing off, as not every guard asks for
/// it each time; the log says what is lacking.
///
/// Where the API server does not answer, what it said last stands; it decides
/// in any case. Missing and Off are thread-safe; RunOnce belongs to one thread.
class AccessWatch {
 public:
  struct Ports {
    const Config& config;
    const Clock& clock;
    RunbookSource& runbooks;
    guard::AccessView& access;
    Logger& log;
  };

  explicit AccessWatch(const Ports& ports) : ports_(ports) {}

  /// Asks where the rules are new, a right is missing, or the last answers are
  /// some minutes old.
  void RunOnce();
  std::vector<guard::MissingRight> Missing() const EXCLUDES(mutex_);
  /// Names of the loaded runbooks that lack a right.
  std::set<std::string> Off() const EXCLUDES(mutex_);

 private:
  bool IsDue(const RuleSet& set) const;
  Result<std::vector<guard::MissingRight>> Ask(const RuleSet& set);
  /// What our account may not read of the cluster, as one text.
  Result<std::string> Unreadable();
  void TellUnreadable(const std::string& rights);
  void Keep(const RuleSet& set, std::vector<guard::MissingRight> missing)
      EXCLUDES(mutex_);

  const Ports ports_;
  std::string digest_;  ///< Of the rules that were asked for last.
  SteadyTime asked_at_;
  std::string unreadable_;  ///< As told last.

  mutable Mutex mutex_;
  std::vector<guard::MissingRight> missing_ GUARDED_BY(mutex_);
  std::set<std::string> off_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
