// The transactions of SqliteStore that span several tables.
#include <algorithm>

#include "adapters/sqlite/action_rows.h"
#include "adapters/sqlite/alert_rows.h"
#include "adapters/sqlite/approval_rows.h"
#include "adapters/sqlite/evidence_rows.h"
#include "adapters/sqlite/incident_rows.h"
#include "adapters/sqlite/intent_rows.h"
#include "adapters/sqlite/sqlite_store.h"

namespace selfheal {
namespace {

using sqlite::Connection;
using sqlite::WriteContext;

/// An IncidentUpdate that owns what it writes.
struct OwnedUpdate {
  sqlite::IncidentRow incident;
  std::vector<AuditRecord> records;
  std::optional<sqlite::EvidenceRow> evidence;
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
void NoteEvidence(const std::string& incident, const sqlite::EvidenceRow& row,
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
  Result<sqlite::EvidenceRow> row = sqlite::RowOf(*evidence, digest);
  if (!row.ok()) return row.error();
  NoteEvidence(update.incident.id, *row, update.now, update.records);
  update.evidence = std::move(*row);
  return {};
}

Result<void> WriteUpdate(WriteContext& context, const OwnedUpdate& update) {
  Connection& db = context.db;
  Result<void> done = sqlite::PutIncident(db, update.incident);
  if (done.ok()) {
    done = sqlite::LinkAlerts(db, update.alert_rows, update.incident.id);
  }
  if (done.ok() && update.evidence) {
    done = sqlite::InsertEvidence(db, update.incident.id, *update.evidence);
  }
  for (const IntentOutcome& outcome : update.outcomes) {
    if (done.ok()) done = sqlite::EndIntent(db, outcome);
  }
  if (done.ok()) {
    done = sqlite::CheckOpenIntents(db, update.incident.id,
                                    update.incident.intents);
  }
  if (done.ok() && update.action_end) {
    done = sqlite::EndAction(db, *update.action_end, update.now);
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

Result<void> SqliteStore::Save(const IncidentUpdate& update) {
  SELFHEAL_CHECK(update.incident != nullptr);
  OwnedUpdate owned{sqlite::RowOf(*update.incident),
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
      [owned = std::move(owned)](WriteContext& context) {
        return WriteUpdate(context, owned);
      },
      bytes);
}

Result<void> SqliteStore::CommitIntent(const Permit& permit,
                                       const Incident& incident,
                                       std::span<const AuditRecord> records,
                                       const KeptEvidence* evidence) {
  const Time now = std::max(clock_.Now(), permit.issued_at());
  OwnedUpdate owned{.incident = sqlite::RowOf(incident),
                    .records = {records.begin(), records.end()},
                    .evidence = std::nullopt,
                    .alert_rows = {},
                    .outcomes = {},
                    .action_end = std::nullopt,
                    .now = now};
  Result<void> added = AddEvidence(evidence, digester_, owned);
  if (!added.ok()) return added;
  sqlite::IntentRow intent = sqlite::RowOf(permit);
  const std::string digest = digester_(intent.request.body);
  const std::size_t bytes = owned.Bytes() + intent.request.body.size() + 2048;
  return writer_->Write(
      [owned = std::move(owned), intent = std::move(intent),
       digest](WriteContext& context) mutable {
        const Result<std::string> approved_by =
            sqlite::InsertIntent(context.db, intent, owned.now);
        if (!approved_by.ok()) return Result<void>(approved_by.error());
        if (std::none_of(owned.records.begin(), owned.records.end(),
                         SaysIntent)) {
          owned.records.push_back(
              sqlite::IntentRecord(intent, *approved_by, digest, owned.now));
        }
        return WriteUpdate(context, owned);
      },
      bytes);
}

Result<Incident> SqliteStore::Decide(const ApprovalDecision& decision,
                                     Time now) {
  auto decided = std::make_shared<Incident>();
  Result<void> done = writer_->Write(
      [decided, decision, now](WriteContext& context) {
        Result<void> step = CheckUndecided(
            sqlite::ReadIncident(context.db, decision.incident_id));
        if (step.ok()) step = sqlite::DecideApproval(context.db, decision, now);
        if (!step.ok()) return Result<void>(RowError(step.error()));
        Result<Incident> after =
            sqlite::ReadIncident(context.db, decision.incident_id);
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
