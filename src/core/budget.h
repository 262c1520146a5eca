#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/action.h"
#include "core/clock.h"
#include "core/object.h"

namespace selfheal {

/// How an action ended; kInFlight until its step is verified or given up.
enum class ActionResult {
  kInFlight,
  kMitigated,
  kNotMitigated,
  kInconclusive,
  kFailed,
  kCancelled,  ///< Provably without any effect on the cluster.
};

std::string_view ActionResultName(ActionResult result);

/// One action (a runbook step on one target) as history remembers it.
struct ActionRow {
  std::string action_id;
  std::string incident_id;
  ObjectRef target;
  ActionKind kind = ActionKind::kNotify;
  std::string runbook;
  Time started_at;
  std::optional<Time> finished_at;
  ActionResult result = ActionResult::kInFlight;
};

/// The limits that are counted from rows, in the intent's transaction.
struct Budgets {
  seconds cooldown{300};
  seconds scale_cooldown{180};
  int max_restarts_per_hour = 3;
  int max_in_flight = 1;
  int max_per_10m = 3;
  int max_per_hour = 10;
  int same_runbook_per_day = 2;
  seconds node_interval{600};  ///< Between two nodes that are set aside.
};

/// One exhausted budget.
struct BudgetProblem {
  std::string guard;  ///< "cooldown", "in_flight", "restarts", "rate",
                      ///< "same_runbook", "node_pace".
  std::string reason;
  std::optional<Time> retry_at;  ///< Set where waiting alone helps.
};

/// Counts `rows` (the last 24 h, any order) against `budgets` for a new
/// action; empty = within all of them. Undo kinds are exempt: always empty.
///
/// Pure. Cooldown runs from the later of start and finish of the target's
/// last action and is doubled after one that did not end Mitigated.
std::vector<BudgetProblem> CheckBudgets(const std::vector<ActionRow>& rows,
                                        const Budgets& budgets,
                                        const ObjectRef& target,
                                        ActionKind kind,
                                        const std::string& runbook, Time now);

}  // namespace selfheal
