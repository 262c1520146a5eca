#include "core/budget.h"

#include <algorithm>

#include "core/duration.h"

namespace selfheal {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

bool Counts(const ActionRow& row) {
  return !IsUndo(row.kind) && row.result != ActionResult::kCancelled;
}

struct Query {
  const std::vector<ActionRow>& rows;
  const Budgets& budgets;
  const ObjectRef& target;
  ActionKind kind;
  const std::string& runbook;
  Time now;
};

void CheckInFlight(const Query& q, std::vector<BudgetProblem>& out) {
  int all = 0;
  for (const ActionRow& row : q.rows) {
    if (row.result != ActionResult::kInFlight) continue;
    ++all;
    const bool same_namespace =
        !q.target.ns.empty() && row.target.ns == q.target.ns;
    if (row.target == q.target || same_namespace) {
      out.push_back({"in_flight",
                     std::string(ActionName(row.kind)) + " on " +
                         ToString(row.target) + " is still in flight",
                     q.now + seconds(5)});
      return;
    }
  }
  if (all >= q.budgets.max_in_flight) {
    out.push_back({"in_flight",
                   std::to_string(all) + " of " +
                       std::to_string(q.budgets.max_in_flight) +
                       " actions of the cluster are in flight",
                   q.now + seconds(5)});
  }
}

void CheckCooldown(const Query& q, std::vector<BudgetProblem>& out) {
  const seconds base =
      IsScale(q.kind) ? q.budgets.scale_cooldown : q.budgets.cooldown;
  std::optional<Time> until;
  for (const ActionRow& row : q.rows) {
    if (row.target != q.target || !Counts(row) || !row.finished_at) continue;
    const bool failed = row.result != ActionResult::kMitigated;
    const Time end =
        std::max(*row.finished_at, row.started_at) + (failed ? 2 * base : base);
    if (!until || end > *until) until = end;
  }
  if (until && *until > q.now) {
    out.push_back({"cooldown",
                   ToString(q.target) + " rests until " + FormatTime(*until),
                   until});
  }
}

/// Rows that `match` accepts and that started within `span`.
template <typename Match>
std::vector<Time> Starts(const Query& q, Duration span, Match match) {
  std::vector<Time> starts;
  for (const ActionRow& row : q.rows) {
    if (Counts(row) && row.started_at > q.now - span && match(row)) {
      starts.push_back(row.started_at);
    }
  }
  std::sort(starts.begin(), starts.end());
  return starts;
}

void CheckRate(const char* guard, const std::string& what,
               const std::vector<Time>& starts, int limit, Duration span,
               std::vector<BudgetProblem>& out) {
  const int used = static_cast<int>(starts.size());
  if (used < limit) return;
  if (limit <= 0) {
    out.push_back({guard, what + ": none is allowed", std::nullopt});
    return;
  }
  const Time free = starts[static_cast<std::size_t>(used - limit)] + span;
  out.push_back({guard,
                 what + ": " + std::to_string(used) + " of " +
                     std::to_string(limit) + " within " + FormatDuration(span),
                 free});
}

void CheckSameRunbook(const Query& q, std::vector<BudgetProblem>& out) {
  const auto starts = Starts(q, hours(24), [&](const ActionRow& row) {
    return row.target == q.target && row.runbook == q.runbook &&
           row.result != ActionResult::kMitigated &&
           row.result != ActionResult::kInFlight;
  });
  if (static_cast<int>(starts.size()) >= q.budgets.same_runbook_per_day) {
    out.push_back({"same_runbook",
                   "runbook " + q.runbook + " did not help " +
                       ToString(q.target) + " " +
                       std::to_string(starts.size()) +
                       " times in 24h: a person must look",
                   std::nullopt});
  }
}

bool SetsNodeAside(ActionKind kind) {
  return kind == ActionKind::kCordon || kind == ActionKind::kDrain;
}

void CheckNodePace(const Query& q, std::vector<BudgetProblem>& out) {
  const Duration span = q.budgets.node_interval;
  const auto starts = Starts(
      q, span, [](const ActionRow& row) { return SetsNodeAside(row.kind); });
  if (starts.empty()) return;
  out.push_back({"node_pace",
                 "a node was set aside at " + FormatTime(starts.back()) +
                     "; the next within " + FormatDuration(span),
                 starts.back() + span});
}

}  // namespace

std::string_view ActionResultName(ActionResult result) {
  switch (result) {
    case ActionResult::kInFlight:
      return "in_flight";
    case ActionResult::kMitigated:
      return "mitigated";
    case ActionResult::kNotMitigated:
      return "not_mitigated";
    case ActionResult::kInconclusive:
      return "inconclusive";
    case ActionResult::kFailed:
      return "failed";
    case ActionResult::kCancelled:
      return "cancelled";
  }
  return "failed";
}

std::vector<BudgetProblem> CheckBudgets(const std::vector<ActionRow>& rows,
                                        const Budgets& budgets,
                                        const ObjectRef& target,
                                        ActionKind kind,
                                        const std::string& runbook, Time now) {
  std::vector<BudgetProblem> out;
  if (IsUndo(kind)) return out;
  const Query q{rows, budgets, target, kind, runbook, now};
  CheckInFlight(q, out);
  CheckCooldown(q, out);
  const auto any = [](const ActionRow&) { return true; };
  CheckRate("rate", "actions of the cluster", Starts(q, minutes(10), any),
            budgets.max_per_10m, minutes(10), out);
  CheckRate("rate", "actions of the cluster", Starts(q, hours(1), any),
            budgets.max_per_hour, hours(1), out);
  if (IsRestart(kind)) {
    const auto restarts = Starts(q, hours(1), [&](const ActionRow& row) {
      return row.target == target && IsRestart(row.kind);
    });
    CheckRate("restarts", "restarts of " + ToString(target), restarts,
              budgets.max_restarts_per_hour, hours(1), out);
  }
  CheckSameRunbook(q, out);
  if (SetsNodeAside(kind)) CheckNodePace(q, out);
  return out;
}

}  // namespace selfheal
