// The transactions of SqlStore that span several tables.
#include <algorithm>

#include "adapters/sql/action_rows.h"
#include "adapters/sql/alert_rows.h"
#include "adapters/sql/approval_rows.h"
#include "adapters/sql/evidence_rows.h"
#include "adapters/sql/incident_rows.h"
#include "adapters/sql/intent_rows.h"
#include "adapters/sql/sql_store.h"

namespace selfheal {
namespace {

using sql::Connection;
using sql::WriteContext;

/// An IncidentUpdate that owns what it writes.
struct OwnedUpdate {
  sql::IncidentRow incident;
  std::vector<AuditRecord> records;
  std::optional<sql::EvidenceRow> evidence;
  std::vector<long long> alert_rows;
  std::vector<IntentOutcome> outcomes;
  std::optional<ActionEnd> action_end;
  Time now;

  std::size_t Bytes() const {
    return incident.body.size() + records.size() * 512 +
           (evidence ? evidence->body.size() : 0) + alert_rows.size() * 8;
  }
};

/// Notes the evidence's digest in the record of its assessment, else of its
/// collection, else in the last one, else in one of its own.
void NoteEvidence(const std::string& incident, const sql::EvidenceRow& row,
                  Time now, std::vector<AuditRecord>& records) {
  const Stage stage = row.judged ? Stage::kAssess : Stage::kCollect;
  auto record =
      std::find_if(records.begin(), records.end(),
                   [stage](const AuditRecord& r) { return r.stage == stage; });
  if (record == records.end() && !records.empty()) --record;
  if (record == records.end()) {
    records.push_back({0,
                       now,
                       incident,
                       Stage::kCollect,
                       "kept",
                       "The evidence is kept with the incident.",
                       {}});
    record = records.end() - 1;
  }
  record->data.emplace_back("evidence_sha256", row.digest);
}

/// Takes `evidence` (null: none) into `update`, with its digest in a record.
Result<void> AddEvidence(const KeptEvidence* evidence, const Digester& digest,
                         OwnedUpdate& update) {
  if (evidence == nullptr) return {};
  Result<sql::EvidenceRow> row = sql::RowOf(*evidence, digest);
  if (!row.ok()) return row.error();
  NoteEvidence(update.incident.id, *row, update.now, update.records);
  update.evidence = std::move(*row);
  return {};
}

/// A new incident of a target may be written while another process works on
/// an earlier one.
Result<void> CheckFence(Connection& db, const sql::Fence* fence,
                        const sql::IncidentRow& incident) {
  if (fence == nullptr) return {};
  const Result<bool> open = sql::IsUnfinished(db, incident.id);
  if (!open.ok()) return open.error();
  return *open ? fence->CheckFree(db, incident.target) : Result<void>();
}

Result<void> WriteUpdate(WriteContext& context, const OwnedUpdate& update) {
  Connection& db = context.db;
  Result<void> done = sql::PutIncident(db, update.incident);
  if (done.ok()) {
    done = sql::LinkAlerts(db, update.alert_rows, update.incident.id);
  }
  if (done.ok() && update.evidence) {
    done = sql::InsertEvidence(db, update.incident.id, *update.evidence);
  }
  for (const IntentOutcome& outcome : update.outcomes) {
    if (done.ok()) done = sql::EndIntent(db, outcome);
  }
  if (done.ok()) {
    done =
        sql::CheckOpenIntents(db, update.incident.id, update.incident.intents);
  }
  if (done.ok() && update.action_end) {
    done = sql::EndAction(db, *update.action_end, update.now);
  }
  if (!done.ok()) return done;
  return context.audit.Append(db, update.records);
}

bool SaysIntent(const AuditRecord& record) {
  return record.stage == Stage::kExecute && record.outcome == "intent";
}

/// Whether the incident can still be decided about.
Result<void> CheckUndecided(const Result<Incident>& incident) {
  if (!incident.ok()) return incident.error();
  if (!IsTerminal(incident->phase)) return {};
  return Error{Code::kFailedPrecondition,
               "approval: the incident is closed: " +
                   std::string(PhaseName(incident->phase))};
}

/// @param after  What the decision made of the question.
AuditRecord DecisionRecord(const ApprovalDecision& decision,
                           const Approval& after, Time now) {
  Fields data = {{"by", decision.by}, {"plan_hash", decision.plan_hash}};
  if (decision.grant && after.people > 1) {
    data.emplace_back("granted_by", GrantedBy(after));
    data.emplace_back("people", static_cast<std::int64_t>(after.people));
  }
  data.insert(data.end(), decision.via.begin(), decision.via.end());
  const bool whole = after.state != ApprovalState::kPending;
  return {0,
          now,
          decision.incident_id,
          Stage::kGuard,
          !decision.grant ? "denied"
          : whole         ? "granted"
                          : "granted_in_part",
          decision.reason.empty()
              ? std::string(decision.grant ? "Granted" : "Denied") + " by " +
                    decision.by + "."
              : decision.reason,
          std::move(data)};
}

/// Damage of one row is no damage of the file.
Error RowError(Error error) {
  if (error.code == Code::kDataLoss) error.code = Code::kInternal;
  return error;
}

}  // namespace

Result<void> SqlStore::Save(const IncidentUpdate& update) {
  SELFHEAL_CHECK(update.incident != nullptr);
  OwnedUpdate owned{sql::RowOf(*update.incident),
                    update.records,
                    std::nullopt,
                    update.alert_rows,
                    update.outcomes,
                    update.action_end,
                    clock_.Now()};
  Result<void> added = AddEvidence(update.evidence, digester_, owned);
  if (!added.ok()) return added;
  const std::size_t bytes = owned.Bytes();
  return writer_->Write(
      [owned = std::move(owned),
       fence = engine_->fence()](WriteContext& context) {
        Result<void> free = CheckFence(context.db, fence, owned.incident);
        return free.ok() ? WriteUpdate(context, owned) : free;
      },
      bytes);
}

Result<void> SqlStore::CommitIntent(const Permit& permit,
                                    const Incident& incident,
                                    std::span<const AuditRecord> records,
                                    const KeptEvidence* evidence) {
  const Time now = std::max(clock_.Now(), permit.issued_at());
  OwnedUpdate owned{.incident = sql::RowOf(incident),
                    .records = {records.begin(), records.end()},
                    .evidence = std::nullopt,
                    .alert_rows = {},
                    .outcomes = {},
                    .action_end = std::nullopt,
                    .now = now};
  Result<void> added = AddEvidence(evidence, digester_, owned);
  if (!added.ok()) return added;
  sql::IntentRow intent = sql::RowOf(permit);
  const std::string digest = digester_(intent.request.body);
  const std::size_t bytes = owned.Bytes() + intent.request.body.size() + 2048;
  return writer_->Write(
      [owned = std::move(owned), intent = std::move(intent), digest,
       fence = engine_->fence()](WriteContext& context) mutable {
        if (fence != nullptr) {
          auto held = fence->CheckHeld(context.db, owned.incident.target);
          if (!held.ok()) return held;
        }
        const Result<std::string> approved_by =
            sql::InsertIntent(context.db, intent, owned.now);
        if (!approved_by.ok()) return Result<void>(approved_by.error());
        if (std::none_of(owned.records.begin(), owned.records.end(),
                         SaysIntent)) {
          owned.records.push_back(
              sql::IntentRecord(intent, *approved_by, digest, owned.now));
        }
        return WriteUpdate(context, owned);
      },
      bytes);
}

Result<Incident> SqlStore::Decide(const ApprovalDecision& decision, Time now) {
  auto decided = std::make_shared<Incident>();
  Result<void> done = writer_->Write(
      [decided, decision, now](WriteContext& context) {
        Result<void> step =
            CheckUndecided(sql::ReadIncident(context.db, decision.incident_id));
        if (step.ok()) step = sql::DecideApproval(context.db, decision, now);
        if (!step.ok()) return Result<void>(RowError(step.error()));
        Result<Incident> after =
            sql::ReadIncident(context.db, decision.incident_id);
        if (!after.ok()) return Result<void>(RowError(after.error()));
        *decided = std::move(*after);
        const AuditRecord record =
            DecisionRecord(decision, *decided->approval, now);
        step = context.audit.Append(context.db, std::span(&record, 1));
        if (!step.ok()) return step;
        return Result<void>();
      },
      1024);
  if (!done.ok()) return done.error();
  return std::move(*decided);
}

}  // namespace selfheal
