#include <algorithm>

#include "sim/fakes/fake_store_state.h"

namespace selfheal::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

Error Refused(const std::string& check, const std::string& why) {
  return {Code::kFailedPrecondition, check + ": " + why};
}

bool IsOpen(const BreakerRow& row, Time now) {
  return !row.closes_at || *row.closes_at > now;
}

ActionRow* FindAction(FakeStoreState& state, const std::string& id) {
  for (ActionRow& row : state.actions) {
    if (row.action_id == id) return &row;
  }
  return nullptr;
}

std::vector<ActionRow> RecentActions(const FakeStoreState& state, Time now) {
  std::vector<ActionRow> out;
  for (const ActionRow& row : state.actions) {
    if (row.started_at > now - hours(24) ||
        row.result == ActionResult::kInFlight) {
      out.push_back(row);
    }
  }
  return out;
}

Result<void> CheckSwitches(const FakeStoreState& state,
                           const MutationPurpose& purpose, Time now) {
  if (state.kill_switch.on) {
    return Refused("kill_switch", state.kill_switch.reason);
  }
  if (IsUndo(purpose.kind)) return {};
  for (const auto& [scope, row] : state.breakers) {
    if (IsOpen(row, now) && (scope == "global" || scope == purpose.runbook)) {
      return Refused("breaker", scope + " is open: " + row.reason);
    }
  }
  return {};
}

Result<void> CheckAction(FakeStoreState& state, const MutationPurpose& purpose,
                         const Budgets& budgets, Time now) {
  const ActionRow* action = FindAction(state, purpose.action_id);
  const bool undo = IsUndo(purpose.kind);
  if (action != nullptr) {
    if (action->result == ActionResult::kInFlight || undo) return {};
    return Refused("action", purpose.action_id + " ended already");
  }
  if (!purpose.first_of_action) {
    if (undo) return {};
    return Refused("action", "the first intent is missing");
  }
  const auto problems =
      CheckBudgets(RecentActions(state, now), budgets, purpose.target,
                   purpose.kind, purpose.runbook, now);
  if (!problems.empty()) {
    return Refused(problems.front().guard, problems.front().reason);
  }
  state.actions.push_back({purpose.action_id, purpose.incident_id,
                           purpose.target, purpose.kind, purpose.runbook, now,
                           std::nullopt, ActionResult::kInFlight});
  return {};
}

Result<void> ConsumeApproval(FakeStoreState& state,
                             const MutationPurpose& purpose, Time now) {
  for (auto& row : state.approvals) {
    Approval& approval = row.approval;
    if (row.incident != purpose.incident_id ||
        approval.plan_hash != purpose.plan_hash ||
        approval.target_uid != purpose.target_uid) {
      continue;
    }
    const bool granted =
        approval.state == ApprovalState::kGranted && approval.expires_at > now;
    const bool held = approval.state == ApprovalState::kConsumed &&
                      row.consumed_by == purpose.action_id;
    if (!granted && !held) continue;
    approval.state = ApprovalState::kConsumed;
    row.consumed_by = purpose.action_id;
    return {};
  }
  return Refused("approval", "no unexpired grant of this plan and target");
}

}  // namespace

Result<void> InsertIntent(FakeStoreState& state, const Permit& permit,
                          Time now) {
  const MutationPurpose& purpose = permit.purpose();
  for (const StoredIntent& intent : state.intents) {
    if (intent.purpose.intent_id == purpose.intent_id) {
      return Error{Code::kAlreadyExists,
                   "intent " + purpose.intent_id + " exists"};
    }
  }
  Result<void> check = CheckSwitches(state, purpose, now);
  if (check.ok()) check = CheckAction(state, purpose, permit.budgets(), now);
  if (check.ok() && purpose.needs_approval) {
    check = ConsumeApproval(state, purpose, now);
  }
  if (!check.ok()) return check;
  state.intents.push_back({purpose, permit.mutation(), permit.request(), now,
                           permit.deadline(), std::nullopt});
  return {};
}

Result<void> EndIntent(FakeStoreState& state, const IntentOutcome& end) {
  for (StoredIntent& intent : state.intents) {
    if (intent.purpose.intent_id != end.intent_id) continue;
    if (!intent.outcome || *intent.outcome == ExecutionOutcome::kUnknown) {
      intent.outcome = end.outcome;
    }
    if (*intent.outcome == end.outcome) return {};
    return Error{Code::kFailedPrecondition,
                 "intent " + end.intent_id + " ended already"};
  }
  return Error{Code::kNotFound, "no intent " + end.intent_id};
}

Result<void> CheckOpenIntents(const FakeStoreState& state,
                              const Incident& incident) {
  for (const StoredIntent& intent : state.intents) {
    const std::string& id = intent.purpose.intent_id;
    if (intent.purpose.incident_id != incident.id || intent.outcome) continue;
    if (std::none_of(incident.executions.begin(), incident.executions.end(),
                     [&](const Execution& e) { return e.intent_id == id; })) {
      return Error{Code::kAborted, "open intent " + id + " was missed"};
    }
  }
  return {};
}

Result<void> EndAction(FakeStoreState& state, const ActionEnd& end, Time now) {
  ActionRow* action = FindAction(state, end.action_id);
  if (action == nullptr) return {};
  if (action->result == ActionResult::kInFlight) {
    action->result = end.result;
    action->finished_at = now;
  }
  if (action->result == end.result) return {};
  return Error{Code::kFailedPrecondition,
               "action " + end.action_id + " ended already"};
}

Result<void> WriteBreaker(FakeStoreState& state, const BreakerChange& change,
                          Time now) {
  const auto& [scope, row, by, reason] = change;
  const auto found = state.breakers.find(scope);
  const bool open = found != state.breakers.end() && IsOpen(found->second, now);
  AuditRecord record{0, now, "", Stage::kGuard, "", "", {{"scope", scope}}};
  if (!row) {
    state.breakers.erase(scope);
    record.outcome = "breaker_closed";
    record.reason = "closed by " + by + (reason.empty() ? "" : ": " + reason);
    record.data.emplace_back("by", by);
    if (open) AppendAudit(state, std::span(&record, 1));
    return {};
  }
  if (!IsOpen(*row, now)) {
    return Error{Code::kInvalidArgument, "a breaker that closes in the past"};
  }
  if (open) {
    auto& closes_at = found->second.closes_at;
    if (!closes_at) return {};
    if (by == "storm") {
      closes_at =
          std::max(*closes_at, row->opened_at + state.breaker_lasts[scope]);
    } else if (!row->closes_at) {
      closes_at.reset();
    } else {
      closes_at = std::max(*closes_at, *row->closes_at);
    }
    return {};
  }
  state.breakers[scope] = *row;
  state.breakers[scope].scope = scope;
  if (row->closes_at) {
    state.breaker_lasts[scope] = *row->closes_at - row->opened_at;
  }
  if (by == "storm") state.last_storm = row->opened_at;
  record.outcome = "breaker_opened";
  record.reason = row->reason;
  AppendAudit(state, std::span(&record, 1));
  return {};
}

SafetyState ReadSafety(const FakeStoreState& state, Time now) {
  SafetyState out;
  out.actions = RecentActions(state, now);
  for (const auto& [scope, row] : state.breakers) {
    if (IsOpen(row, now)) out.breakers.push_back(row);
  }
  const Time since = now - minutes(10);
  for (const auto& row : state.alerts) {
    const auto incident = state.incidents.find(row.stored.incident);
    if (incident != state.incidents.end() &&
        row.stored.alert.status == AlertStatus::kFiring &&
        row.stored.alert.starts_at > since) {
      out.episodes.push_back(
          {incident->second.target, row.stored.alert.starts_at});
    }
  }
  for (const auto& [id, incident] : state.incidents) {
    if (incident.from_watch && incident.opened_at > since) {
      out.episodes.push_back({incident.target, incident.opened_at});
    }
  }
  out.last_storm = state.last_storm;
  out.kill_switch = state.kill_switch;
  return out;
}

}  // namespace selfheal::testing
