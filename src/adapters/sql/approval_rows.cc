#include "adapters/sql/approval_rows.h"

#include "codec/names.h"

namespace selfheal::sql {
namespace {

Error Refused(const std::string& why) {
  return {Code::kFailedPrecondition, "approval: " + why};
}

Result<void> TakeBack(Connection& db, const std::string& incident) {
  const Result<long long> done = db.Run(
      "UPDATE approvals SET state = 'expired' WHERE incident = ?"
      " AND state IN ('pending', 'granted')",
      incident);
  if (!done.ok()) return done.error();
  return {};
}

Result<bool> IsKnown(Connection& db, const std::string& incident,
                     const Approval& approval) {
  Statement query = db.Query(
      "SELECT 1 FROM approvals WHERE incident = ? AND plan_hash = ?"
      " AND asked_at = ?",
      incident, approval.plan_hash, approval.asked_at);
  const bool known = query.Next();
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return known;
}

Result<void> Ask(Connection& db, const std::string& incident,
                 const Approval& approval) {
  const Result<bool> known = IsKnown(db, incident, approval);
  if (!known.ok()) return known.error();
  if (*known) return {};
  if (Result<void> done = TakeBack(db, incident); !done.ok()) return done;
  const Result<long long> done = db.Run(
      "INSERT INTO approvals(incident, plan_hash, target_uid, generation,"
      " asked_at, expires_at, people, state) VALUES(?,?,?,?,?,?,?,'pending')",
      incident, approval.plan_hash, approval.target_uid, approval.generation,
      approval.asked_at, approval.expires_at, approval.people);
  if (!done.ok()) return done.error();
  return {};
}

Result<void> Expire(Connection& db, const std::string& incident,
                    const Approval& approval) {
  const Result<long long> done = db.Run(
      "UPDATE approvals SET state = 'expired' WHERE incident = ?"
      " AND plan_hash = ? AND asked_at = ? AND state IN ('pending', 'granted')",
      incident, approval.plan_hash, approval.asked_at);
  if (!done.ok()) return done.error();
  return {};
}

/// An approval and the row that it is.
struct ApprovalRow {
  long long row = 0;
  Approval approval;
};

Result<void> ReadGrants(Connection& db, ApprovalRow& out) {
  Statement query = db.Query(
      "SELECT by, at, reason FROM grants WHERE approval = ? ORDER BY rowid",
      out.row);
  while (query.Next()) {
    out.approval.grants.push_back({query.Text(0), query.At(1), query.Text(2)});
  }
  return query.status();
}

Result<std::optional<ApprovalRow>> LastRow(Connection& db,
                                           const std::string& incident) {
  Statement query = db.Query(
      "SELECT row, plan_hash, target_uid, generation, asked_at, expires_at,"
      " state, decided_by, reason, people FROM approvals WHERE incident = ?"
      " ORDER BY row DESC LIMIT 1",
      incident);
  std::optional<ApprovalRow> out;
  if (query.Next()) {
    const auto state = ParseApprovalState(query.Text(6));
    if (!state) return Error{Code::kInternal, "approval: unknown state"};
    out = ApprovalRow{query.Integer(0),
                      {.plan_hash = query.Text(1),
                       .target_uid = query.Text(2),
                       .generation = query.Integer(3),
                       .asked_at = query.At(4),
                       .expires_at = query.At(5),
                       .state = *state,
                       .decided_by = query.Text(7),
                       .reason = query.Text(8),
                       .people = static_cast<int>(query.Integer(9)),
                       .grants = {}}};
  }
  Result<void> status = query.status();
  if (status.ok() && out) status = ReadGrants(db, *out);
  if (!status.ok()) return status.error();
  return out;
}

/// Why it can't be decided now, or nothing.
Result<void> CheckPending(const Approval& asked,
                          const ApprovalDecision& decision, Time now) {
  if (asked.plan_hash != decision.plan_hash) {
    return Refused("the plan in question is another one");
  }
  if (asked.state != ApprovalState::kPending) {
    return Refused("not pending any more, but " +
                   std::string(ApprovalStateName(asked.state)));
  }
  if (asked.expires_at <= now) {
    return Refused("expired at " + FormatTime(asked.expires_at));
  }
  return {};
}

Result<void> AddGrant(Connection& db, ApprovalRow& asked,
                      const ApprovalDecision& decision, Time now) {
  for (const ApprovalGrant& grant : asked.approval.grants) {
    if (grant.by != decision.by) continue;
    return Refused(decision.by + " has granted it already; " +
                   std::to_string(asked.approval.people) +
                   " different people are needed");
  }
  const Result<long long> done =
      db.Run("INSERT INTO grants(approval, by, at, reason) VALUES(?,?,?,?)",
             asked.row, decision.by, now, decision.reason);
  if (!done.ok()) return done.error();
  asked.approval.grants.push_back({decision.by, now, decision.reason});
  return {};
}

}  // namespace

Result<std::optional<Approval>> LastApproval(Connection& db,
                                             const std::string& incident) {
  Result<std::optional<ApprovalRow>> last = LastRow(db, incident);
  if (!last.ok()) return last.error();
  if (!*last) return std::optional<Approval>();
  return std::optional<Approval>(std::move((*last)->approval));
}

Result<void> SaveApproval(Connection& db, const std::string& incident,
                          const std::optional<Approval>& approval,
                          bool finished) {
  if (approval && approval->state == ApprovalState::kPending && !finished) {
    return Ask(db, incident, *approval);
  }
  if (approval && approval->state == ApprovalState::kExpired) {
    if (Result<void> done = Expire(db, incident, *approval); !done.ok()) {
      return done;
    }
  }
  return finished ? TakeBack(db, incident) : Result<void>();
}

Result<void> DecideApproval(Connection& db, const ApprovalDecision& decision,
                            Time now) {
  Result<std::optional<ApprovalRow>> last = LastRow(db, decision.incident_id);
  if (!last.ok()) return last.error();
  if (!*last) return Refused("nothing was asked about this incident");
  ApprovalRow& asked = **last;
  Result<void> step = CheckPending(asked.approval, decision, now);
  if (step.ok() && decision.grant) step = AddGrant(db, asked, decision, now);
  if (!step.ok()) return step;
  const int lacking = LackingPeople(asked.approval, asked.approval.people);
  if (decision.grant && lacking > 0) return {};
  const Result<long long> done = db.Run(
      "UPDATE approvals SET state = ?, decided_by = ?, reason = ?"
      " WHERE row = ? AND state = 'pending'",
      ApprovalStateName(decision.grant ? ApprovalState::kGranted
                                       : ApprovalState::kDenied),
      decision.grant ? GrantedBy(asked.approval) : decision.by, decision.reason,
      asked.row);
  if (!done.ok()) return done.error();
  if (*done != 1) return Refused("not pending any more");
  return {};
}

Result<std::string> ConsumeApproval(Connection& db,
                                    const MutationPurpose& purpose, Time now) {
  const Result<long long> done = db.Run(
      "UPDATE approvals SET state = 'consumed', consumed_by = ?"
      " WHERE incident = ? AND plan_hash = ? AND target_uid = ?"
      " AND state = 'granted' AND expires_at > ?",
      purpose.action_id, purpose.incident_id, purpose.plan_hash,
      purpose.target_uid, now);
  if (!done.ok()) return done.error();
  Statement query = db.Query(
      "SELECT decided_by FROM approvals WHERE incident = ? AND plan_hash = ?"
      " AND target_uid = ? AND state = 'consumed' AND consumed_by = ?",
      purpose.incident_id, purpose.plan_hash, purpose.target_uid,
      purpose.action_id);
  const bool consumed = query.Next();
  std::string by = consumed ? query.Text(0) : "";
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  if (!consumed) return Refused("no unexpired grant of this plan and target");
  return by;
}

}  // namespace selfheal::sql
