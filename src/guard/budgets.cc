#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {

Budgets BudgetsOf(const Config::GuardsConfig& guards, const Runbook* runbook) {
  Budgets budgets{
      .cooldown = guards.cooldown,
      .scale_cooldown = guards.scale.cooldown,
      .max_restarts_per_hour = guards.max_restarts_per_hour,
      .max_in_flight = std::clamp(guards.max_actions_in_flight, 0, 3),
      .max_per_10m = guards.max_actions_per_10m,
      .max_per_hour = guards.max_actions_per_hour,
      .same_runbook_per_day = guards.same_runbook_per_day,
      .node_interval = guards.drain.interval};
  if (runbook == nullptr) return budgets;
  if (const auto& cooldown = runbook->guards.cooldown) {
    budgets.cooldown = std::max(budgets.cooldown, *cooldown);
    budgets.scale_cooldown = std::max(budgets.scale_cooldown, *cooldown);
  }
  if (const auto& restarts = runbook->guards.max_restarts_per_hour) {
    budgets.max_restarts_per_hour =
        std::min(budgets.max_restarts_per_hour, *restarts);
  }
  return budgets;
}

namespace {

/// The denial of the budget called `guard`, or an allowance that says `fine`.
Finding FromBudget(const GuardInput& input, std::string_view guard,
                   std::string fine) {
  if (input.undo()) return Allow("an undo takes back our own action");
  if (input.child()) return Allow("its action holds the budget already");
  if (!input.facts.history.ok()) return Unread(input.facts.history.error());
  const MutationPurpose& purpose = input.purpose();
  const auto check = [&](const ObjectRef& target) {
    return CheckBudgets(input.facts.history->actions,
                        BudgetsOf(input.policy.guards, input.request.runbook),
                        target, purpose.kind, purpose.runbook, input.now);
  };
  auto problems = check(purpose.target);
  if (input.for_workload()) {
    // The workload rests as well as its node.
    const auto more = check(input.request.incident->target);
    problems.insert(problems.end(), more.begin(), more.end());
  }
  Finding worst = Allow(std::move(fine));
  for (const BudgetProblem& problem : problems) {
    if (problem.guard != guard) continue;
    const bool first = worst.outcome == FindingOutcome::kAllow;
    const bool longer =
        !first && worst.retry_at &&
        (!problem.retry_at || *problem.retry_at > *worst.retry_at);
    if (!first && !longer) continue;
    worst = Deny(problem.reason);
    worst.retry_at = problem.retry_at;
  }
  return worst;
}

}  // namespace

Finding GuardInFlight(const GuardInput& input) {
  return FromBudget(input, "in_flight", "nothing is in the way");
}

Finding GuardCooldown(const GuardInput& input) {
  return FromBudget(input, "cooldown", "the target is rested");
}

Finding GuardRestarts(const GuardInput& input) {
  return FromBudget(input, "restarts", "within the restarts of an hour");
}

Finding GuardRate(const GuardInput& input) {
  return FromBudget(input, "rate", "within the actions of the cluster");
}

Finding GuardNodePace(const GuardInput& input) {
  return FromBudget(input, "node_pace", "no node was set aside lately");
}

Finding GuardSameRunbook(const GuardInput& input) {
  return FromBudget(input, "same_runbook", "this runbook may still help");
}

}  // namespace selfheal::guard
