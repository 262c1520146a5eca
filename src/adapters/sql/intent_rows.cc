#include "adapters/sql/intent_rows.h"

#include <algorithm>

#include "adapters/sql/action_rows.h"
#include "adapters/sql/approval_rows.h"
#include "adapters/sql/safety_rows.h"
#include "codec/mutation_json.h"
#include "codec/names.h"

namespace selfheal::sql {
namespace {

Error Refused(const std::string& check, const std::string& why) {
  return {Code::kFailedPrecondition, check + ": " + why};
}

Result<std::optional<ExecutionOutcome>> OutcomeFrom(const Statement& query,
                                                    int column) {
  if (query.IsNull(column)) return std::optional<ExecutionOutcome>();
  const auto outcome = ParseOutcome(query.Text(column));
  if (!outcome) return Error{Code::kInternal, "intent: unknown outcome"};
  return outcome;
}

Result<void> CheckNew(Connection& db, const std::string& intent_id) {
  Statement query =
      db.Query("SELECT 1 FROM intents WHERE intent_id = ?", intent_id);
  const bool known = query.Next();
  if (Result<void> status = query.status(); !status.ok()) return status;
  if (known) {
    return Error{Code::kAlreadyExists, "intent " + intent_id + " exists"};
  }
  return {};
}

Result<void> CheckKillSwitch(Connection& db) {
  const Result<KillSwitchRow> row = ReadKillSwitch(db);
  if (!row.ok()) return row.error();
  if (!row->on) return {};
  return Refused("kill_switch",
                 "on since " + FormatTime(row->since) + ": " + row->reason);
}

Result<void> CheckBreakers(Connection& db, const MutationPurpose& purpose,
                           Time now) {
  if (IsUndo(purpose.kind)) return {};
  const Result<std::vector<BreakerRow>> open = OpenBreakers(db, now);
  if (!open.ok()) return open.error();
  for (const BreakerRow& row : *open) {
    if (row.scope == "global" || row.scope == purpose.runbook) {
      return Refused("breaker", row.scope + " is open: " + row.reason);
    }
  }
  return {};
}

Result<void> BeginAction(Connection& db, const IntentRow& row, Time now) {
  const MutationPurpose& purpose = row.purpose;
  const Result<std::vector<ActionRow>> recent = RecentActions(db, now);
  if (!recent.ok()) return recent.error();
  const std::vector<BudgetProblem> problems = CheckBudgets(
      *recent, row.budgets, purpose.target, purpose.kind, purpose.runbook, now);
  if (!problems.empty()) {
    return Refused(problems.front().guard, problems.front().reason);
  }
  return InsertAction(
      db, {purpose.action_id, purpose.incident_id, purpose.target, purpose.kind,
           purpose.runbook, now, std::nullopt, ActionResult::kInFlight});
}

/// A later intent of an action uses no budget, but the action must be there
/// and in flight; an undo may come alone.
Result<void> CheckAction(Connection& db, const IntentRow& row, Time now) {
  const auto action = FindAction(db, row.purpose.action_id);
  if (!action.ok()) return action.error();
  if (!*action) {
    if (row.purpose.first_of_action) return BeginAction(db, row, now);
    if (IsUndo(row.purpose.kind)) return {};
    return Refused("action", "the first intent of " + row.purpose.action_id +
                                 " is missing");
  }
  if ((*action)->result != ActionResult::kInFlight &&
      !IsUndo(row.purpose.kind)) {
    return Refused("action", row.purpose.action_id + " ended already");
  }
  return {};
}

Result<void> Insert(Connection& db, const IntentRow& row, Time now) {
  const MutationPurpose& purpose = row.purpose;
  const Result<long long> done = db.Run(
      "INSERT INTO intents(intent_id, incident, action_id, plan_hash,"
      " target_uid, purpose, mutation, method, path, content_type, body,"
      " created_at, deadline) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
      purpose.intent_id, purpose.incident_id, purpose.action_id,
      purpose.plan_hash, purpose.target_uid, PurposeJson(purpose),
      MutationJson(row.mutation), row.request.method, row.request.path,
      row.request.content_type, Blob{row.request.body}, now, row.deadline);
  if (!done.ok()) return done.error();
  return {};
}

Result<StoredIntent> Read(const Statement& query) {
  Result<MutationPurpose> purpose = ParsePurpose(query.Text(0));
  if (!purpose.ok()) return purpose.error();
  Result<Mutation> mutation = ParseMutation(query.Text(1));
  if (!mutation.ok()) return mutation.error();
  const auto outcome = OutcomeFrom(query, 8);
  if (!outcome.ok()) return outcome.error();
  return StoredIntent{
      std::move(*purpose),
      std::move(*mutation),
      WireRequest{query.Text(2), query.Text(3), query.Text(4), query.Text(5)},
      query.At(6),
      query.At(7),
      *outcome};
}

}  // namespace

IntentRow RowOf(const Permit& permit) {
  return {permit.purpose(), permit.mutation(),  permit.request(),
          permit.budgets(), permit.issued_at(), permit.deadline()};
}

Result<std::string> InsertIntent(Connection& db, const IntentRow& row,
                                 Time now) {
  Result<void> check = CheckNew(db, row.purpose.intent_id);
  if (check.ok()) check = CheckKillSwitch(db);
  if (check.ok()) check = CheckBreakers(db, row.purpose, now);
  if (check.ok()) check = CheckAction(db, row, now);
  if (!check.ok()) return check.error();
  Result<std::string> approved_by = std::string();
  if (row.purpose.needs_approval) {
    approved_by = ConsumeApproval(db, row.purpose, now);
    if (!approved_by.ok()) return approved_by;
  }
  if (Result<void> done = Insert(db, row, now); !done.ok()) {
    return done.error();
  }
  return approved_by;
}

AuditRecord IntentRecord(const IntentRow& row, const std::string& approved_by,
                         const std::string& body_digest, Time now) {
  const MutationPurpose& purpose = row.purpose;
  return {0,
          now,
          purpose.incident_id,
          Stage::kExecute,
          "intent",
          std::string(ActionName(purpose.kind)) + " (" + purpose.phase +
              ") of " + ToString(ObjectOf(row.mutation)) + " is to be sent",
          {{"intent_id", purpose.intent_id},
           {"action_id", purpose.action_id},
           {"plan_hash", purpose.plan_hash},
           {"uid", UidOf(row.mutation)},
           {"resource_version", ResourceVersionOf(row.mutation)},
           {"method", row.request.method},
           {"path", row.request.path},
           {"body_sha256", body_digest},
           {"deadline", FormatTime(row.deadline)},
           {"approved_by", approved_by}}};
}

Result<void> EndIntent(Connection& db, const IntentOutcome& end) {
  const std::string_view outcome = OutcomeName(end.outcome);
  const Result<long long> done = db.Run(
      "UPDATE intents SET outcome = ?, detail = ? WHERE intent_id = ?"
      " AND (outcome IS NULL OR outcome = 'unknown')",
      outcome, end.detail, end.intent_id);
  if (!done.ok()) return done.error();
  if (*done == 1) return {};
  Statement query = db.Query("SELECT outcome FROM intents WHERE intent_id = ?",
                             end.intent_id);
  if (!query.Next()) {
    if (Result<void> status = query.status(); !status.ok()) return status;
    return Error{Code::kNotFound, "no intent " + end.intent_id};
  }
  if (query.Text(0) == outcome) return {};
  return Error{Code::kFailedPrecondition,
               "intent " + end.intent_id + " ended already: " + query.Text(0)};
}

Result<void> CheckOpenIntents(Connection& db, const std::string& incident,
                              const std::vector<std::string>& known) {
  Statement query = db.Query(
      "SELECT intent_id FROM intents WHERE incident = ? AND outcome IS NULL",
      incident);
  while (query.Next()) {
    const std::string id = query.Text(0);
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    return Error{
        Code::kAborted,
        "incident " + incident + " has an open intent that was missed: " + id};
  }
  return query.status();
}

Result<std::vector<StoredIntent>> ListIntents(Connection& db,
                                              const std::string& incident) {
  Statement query = db.Query(
      "SELECT purpose, mutation, method, path, content_type, body, created_at,"
      " deadline, outcome FROM intents WHERE incident = ? ORDER BY row",
      incident);
  std::vector<StoredIntent> out;
  while (query.Next()) {
    Result<StoredIntent> intent = Read(query);
    if (!intent.ok()) return intent.error();
    out.push_back(std::move(*intent));
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

}  // namespace selfheal::sql
