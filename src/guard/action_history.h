#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/breaker.h"
#include "core/budget.h"
#include "core/clock.h"
#include "core/object.h"
#include "core/result.h"

namespace selfheal {

/// What becomes of one breaker, and who wants it so.
struct BreakerChange {
  std::string scope;
  std::optional<BreakerRow> row;  ///< Opens it; empty = closes it.
  std::string by;                 ///< "storm", "flow", "admin:alice".
  std::string reason = {};        ///< Of closing; opening has the row's.
};

/// The kill switch's row.
struct KillSwitchRow {
  bool on = false;
  std::string reason;
  std::string by;
  Time since;
};

/// A target with a new episode of a matched rule.
struct EpisodeRow {
  ObjectRef target;
  Time starts_at;
};

/// All that the guards remember, read in one go.
struct SafetyState {
  std::vector<ActionRow> actions;    ///< Started in the last 24 h.
  std::vector<BreakerRow> breakers;  ///< Open ones.
  std::vector<EpisodeRow> episodes;  ///< startsAt in the last 10 min.
  std::optional<Time> last_storm;    ///< Last trip of the storm breaker.
  KillSwitchRow kill_switch;
};

/// Port: what was done before, and the stored switches. Thread-safe.
class ActionHistory {
 public:
  virtual ~ActionHistory() = default;
  virtual Result<SafetyState> Recent(Time now) = 0;
  /// Opens a breaker durably (an open one keeps its first reason), or closes
  /// it; audited.
  virtual Result<void> SetBreaker(const BreakerChange& change) = 0;
  /// Returns after a durable COMMIT; audited.
  virtual Result<void> SetKillSwitch(const KillSwitchRow& row) = 0;
};

}  // namespace selfheal
