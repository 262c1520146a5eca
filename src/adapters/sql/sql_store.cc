#include "adapters/sql/sql_store.h"

#include <utility>

#include "adapters/sql/alert_rows.h"
#include "adapters/sql/approval_rows.h"
#include "adapters/sql/evidence_rows.h"
#include "adapters/sql/heartbeat_rows.h"
#include "adapters/sql/incident_rows.h"
#include "adapters/sql/intent_rows.h"
#include "adapters/sql/safety_rows.h"

namespace selfheal {
namespace {

using sql::Connection;
using sql::WriteContext;

std::size_t SizeOf(std::span<const AuditRecord> records) {
  return records.size() * 512;
}

/// Writes the alerts of `group`, and what it left out into the audit; what came
/// of it lands in `stored`.
sql::Writer::SizedJob AppendJob(
    const AlertGroup& group, Time now, std::shared_ptr<StoredGroup> stored,
    const std::function<bool(const Labels&)>& concerns) {
  std::vector<sql::AlertRow> rows;
  rows.reserve(group.alerts.size());
  std::vector<AuditRecord> left_out = LeftOut(group, now);
  std::size_t bytes = SizeOf(left_out);
  for (const Alert& alert : group.alerts) {
    rows.push_back(sql::RowOf(alert, !concerns || concerns(alert.labels)));
    bytes += 256 + rows.back().labels.size() + rows.back().annotations.size();
  }
  return {[stored = std::move(stored), rows = std::move(rows),
           left_out = std::move(left_out), now](WriteContext& context) {
            Result<StoredGroup> group_of =
                sql::AppendAlerts(context.db, rows, now);
            if (!group_of.ok()) return Result<void>(group_of.error());
            *stored = std::move(*group_of);
            return context.audit.Append(context.db, left_out);
          },
          bytes};
}

}  // namespace

Result<std::unique_ptr<SqlStore>> SqlStore::Over(
    std::unique_ptr<sql::Engine> engine, std::unique_ptr<Connection> db,
    SqlStoreOptions options) {
  SELFHEAL_CHECK(options.digester && options.clock != nullptr);
  sql::AuditChain audit(options.digester);
  if (auto loaded = audit.Load(*db); !loaded.ok()) return loaded.error();
  return std::unique_ptr<SqlStore>(new SqlStore(
      std::move(engine), std::move(db), std::move(audit), std::move(options)));
}

SqlStore::SqlStore(std::unique_ptr<sql::Engine> engine,
                   std::unique_ptr<Connection> db, sql::AuditChain audit,
                   SqlStoreOptions options)
    : digester_(std::move(options.digester)),
      clock_(*options.clock),
      concerns_(std::move(options.concerns)),
      engine_(std::move(engine)),
      writer_(std::make_unique<sql::Writer>(*engine_, std::move(db),
                                            std::move(audit), options.limits)),
      readers_(*engine_) {}

Result<void> SqlStore::CheckDatabase() {
  const Result<void> checked =
      readers_.With([this](Connection& db) { return engine_->Check(db); });
  if (!checked.ok() && checked.error().code != Code::kUnavailable) {
    writer_->Doubt(checked.error());
  }
  return checked;
}

Result<StoredGroup> SqlStore::Append(const AlertGroup& group, Time now) {
  const AlertGroup* const one = &group;
  return std::move(AppendAll({&one, 1}, now).front());
}

std::vector<Result<StoredGroup>> SqlStore::AppendAll(
    std::span<const AlertGroup* const> groups, Time now) {
  std::vector<std::shared_ptr<StoredGroup>> stored;
  std::vector<sql::Writer::SizedJob> jobs;
  for (const AlertGroup* group : groups) {
    stored.push_back(std::make_shared<StoredGroup>());
    jobs.push_back(AppendJob(*group, now, stored.back(), concerns_));
  }
  const std::vector<Result<void>> done = writer_->WriteAll(std::move(jobs));
  std::vector<Result<StoredGroup>> results;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!done[i].ok()) {
      results.emplace_back(done[i].error());
      continue;
    }
    stored[i]->received = groups[i]->received;
    results.emplace_back(std::move(*stored[i]));
  }
  return results;
}

Result<std::vector<StoredAlert>> SqlStore::Uncorrelated(std::size_t limit) {
  return readers_.With(
      [&](Connection& db) { return sql::UncorrelatedAlerts(db, limit); });
}

Result<AlertPage> SqlStore::List(const AlertQuery& query) {
  return readers_.With(
      [&](Connection& db) { return sql::ListAlerts(db, query); });
}

Result<Incident> SqlStore::Load(const std::string& id) {
  return readers_.With(
      [&](Connection& db) { return sql::ReadIncident(db, id); });
}

Result<std::vector<Incident>> SqlStore::Unfinished() {
  return readers_.With(sql::ReadUnfinished);
}

Result<std::optional<std::string>> SqlStore::FindOpen(const ObjectRef& target,
                                                      IncidentType type) {
  return readers_.With(
      [&](Connection& db) { return sql::FindOpenIncident(db, target, type); });
}

Result<std::vector<Incident>> SqlStore::OfTarget(const ObjectRef& target,
                                                 Time since) {
  return readers_.With(
      [&](Connection& db) { return sql::ReadIncidentsOf(db, target, since); });
}

Result<void> SqlStore::Link(const std::vector<AlertLinks>& links) {
  std::size_t bytes = 0;
  for (const AlertLinks& one : links) {
    bytes += SizeOf(one.records) + one.alert_rows.size() * sizeof(long long);
  }
  return writer_->Write(
      [links](WriteContext& context) {
        for (const AlertLinks& one : links) {
          if (one.if_open) {
            const auto open = sql::IsUnfinished(context.db, one.incident_id);
            if (!open.ok()) return Result<void>(open.error());
            if (!*open) continue;
          }
          Result<void> done =
              sql::LinkAlerts(context.db, one.alert_rows, one.incident_id);
          if (done.ok()) done = context.audit.Append(context.db, one.records);
          if (!done.ok()) return done;
        }
        return Result<void>();
      },
      bytes);
}

Result<void> SqlStore::Append(std::span<const AuditRecord> records) {
  return writer_->Write(
      [rows = std::vector<AuditRecord>(records.begin(), records.end())](
          WriteContext& context) {
        return context.audit.Append(context.db, rows);
      },
      SizeOf(records));
}

Result<std::vector<AuditRecord>> SqlStore::Find(
    const std::string& incident_id) {
  return readers_.With(
      [&](Connection& db) { return sql::FindRecords(db, incident_id); });
}

Result<std::vector<StoredIntent>> SqlStore::Intents(
    const std::string& incident_id) {
  return readers_.With(
      [&](Connection& db) { return sql::ListIntents(db, incident_id); });
}

Result<SafetyState> SqlStore::Recent(Time now) {
  return readers_.With(
      [&](Connection& db) { return sql::ReadSafety(db, now); });
}

Result<void> SqlStore::SetBreaker(const BreakerChange& change) {
  return writer_->Write(
      [change, now = clock_.Now()](WriteContext& context) {
        return sql::WriteBreaker(context, change, now);
      },
      512 + change.reason.size());
}

Result<std::optional<Heartbeat>> SqlStore::LastBeat() {
  return readers_.With(sql::ReadHeartbeat);
}

Result<void> SqlStore::Beat(const Heartbeat& beat) {
  return writer_->Write(
      [beat](WriteContext& context) {
        return sql::WriteHeartbeat(context.db, beat);
      },
      64);
}

Result<void> SqlStore::SetKillSwitch(const KillSwitchRow& row) {
  return writer_->Write(
      [row](WriteContext& context) {
        return sql::WriteKillSwitch(context, row);
      },
      512);
}

Result<IncidentPage> SqlStore::List(const IncidentQuery& query) {
  return readers_.With(
      [&](Connection& db) { return sql::ListIncidents(db, query); });
}

Result<IncidentEvidence> SqlStore::Evidence(const std::string& incident_id) {
  return readers_.With([&](Connection& db) {
    return sql::EvidenceToShow(db, incident_id, digester_);
  });
}

}  // namespace selfheal
