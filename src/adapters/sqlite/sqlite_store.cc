#include "adapters/sqlite/sqlite_store.h"

#include <unistd.h>

#include <utility>

#include "adapters/sqlite/alert_rows.h"
#include "adapters/sqlite/approval_rows.h"
#include "adapters/sqlite/evidence_rows.h"
#include "adapters/sqlite/heartbeat_rows.h"
#include "adapters/sqlite/incident_rows.h"
#include "adapters/sqlite/intent_rows.h"
#include "adapters/sqlite/safety_rows.h"
#include "adapters/sqlite/schema.h"

namespace selfheal {
namespace {

using sqlite::Connection;
using sqlite::WriteContext;

// A caller waits at most 1 s in all, so a lock of another process may take
// less than that.
constexpr std::chrono::milliseconds kBusy{900};

std::size_t SizeOf(std::span<const AuditRecord> records) {
  return records.size() * 512;
}

/// Writes the alerts of `group`, and what it left out into the audit; what came
/// of it lands in `stored`.
sqlite::Writer::SizedJob AppendJob(
    const AlertGroup& group, Time now, std::shared_ptr<StoredGroup> stored,
    const std::function<bool(const Labels&)>& concerns) {
  std::vector<sqlite::AlertRow> rows;
  rows.reserve(group.alerts.size());
  std::vector<AuditRecord> left_out = LeftOut(group, now);
  std::size_t bytes = SizeOf(left_out);
  for (const Alert& alert : group.alerts) {
    rows.push_back(sqlite::RowOf(alert, !concerns || concerns(alert.labels)));
    bytes += 256 + rows.back().labels.size() + rows.back().annotations.size();
  }
  return {[stored = std::move(stored), rows = std::move(rows),
           left_out = std::move(left_out), now](WriteContext& context) {
            Result<StoredGroup> group_of =
                sqlite::AppendAlerts(context.db, rows, now);
            if (!group_of.ok()) return Result<void>(group_of.error());
            *stored = std::move(*group_of);
            return context.audit.Append(context.db, left_out);
          },
          bytes};
}

/// The file that we had; never a new one in its place.
Result<std::unique_ptr<Connection>> OpenExisting(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) {
    return Error{Code::kUnavailable, path + ": the file is gone"};
  }
  return Connection::Open(path, Connection::Mode::kExisting, kBusy);
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(SqliteOptions options) {
  SELFHEAL_CHECK(options.digester && options.clock != nullptr);
  auto lock = sqlite::FileLock::Take(options.path);
  if (!lock.ok()) return lock.error();
  auto db = Connection::Open(options.path, Connection::Mode::kReadWrite, kBusy);
  if (!db.ok()) return db.error();
  sqlite::AuditChain audit(options.digester);
  Result<void> ready = sqlite::QuickCheck(**db);
  if (ready.ok()) ready = sqlite::Migrate(**db);
  if (ready.ok()) ready = audit.Load(**db);
  if (!ready.ok()) return ready.error().With(options.path);
  return std::unique_ptr<SqliteStore>(new SqliteStore(
      std::move(options), std::move(*lock), std::move(*db), std::move(audit)));
}

SqliteStore::SqliteStore(SqliteOptions options,
                         std::unique_ptr<sqlite::FileLock> lock,
                         std::unique_ptr<Connection> db,
                         sqlite::AuditChain audit)
    : digester_(std::move(options.digester)),
      clock_(*options.clock),
      concerns_(std::move(options.concerns)),
      lock_(std::move(lock)),
      writer_(std::make_unique<sqlite::Writer>(
          std::move(db), std::move(audit), options.limits,
          [path = options.path] { return OpenExisting(path); })),
      readers_(std::move(options.path), kBusy) {}

Result<void> SqliteStore::CheckFile() {
  const Result<void> checked = readers_.With(sqlite::QuickCheck);
  if (!checked.ok() && checked.error().code == Code::kDataLoss) {
    writer_->Doubt(checked.error());
  }
  return checked;
}

Result<StoredGroup> SqliteStore::Append(const AlertGroup& group, Time now) {
  const AlertGroup* const one = &group;
  return std::move(AppendAll({&one, 1}, now).front());
}

std::vector<Result<StoredGroup>> SqliteStore::AppendAll(
    std::span<const AlertGroup* const> groups, Time now) {
  std::vector<std::shared_ptr<StoredGroup>> stored;
  std::vector<sqlite::Writer::SizedJob> jobs;
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

Result<std::vector<StoredAlert>> SqliteStore::Uncorrelated(std::size_t limit) {
  return readers_.With(
      [&](Connection& db) { return sqlite::UncorrelatedAlerts(db, limit); });
}

Result<AlertPage> SqliteStore::List(const AlertQuery& query) {
  return readers_.With(
      [&](Connection& db) { return sqlite::ListAlerts(db, query); });
}

Result<Incident> SqliteStore::Load(const std::string& id) {
  return readers_.With(
      [&](Connection& db) { return sqlite::ReadIncident(db, id); });
}

Result<std::vector<Incident>> SqliteStore::Unfinished() {
  return readers_.With(sqlite::ReadUnfinished);
}

Result<std::optional<std::string>> SqliteStore::FindOpen(
    const ObjectRef& target, IncidentType type) {
  return readers_.With([&](Connection& db) {
    return sqlite::FindOpenIncident(db, target, type);
  });
}

Result<std::vector<Incident>> SqliteStore::OfTarget(const ObjectRef& target,
                                                    Time since) {
  return readers_.With([&](Connection& db) {
    return sqlite::ReadIncidentsOf(db, target, since);
  });
}

Result<void> SqliteStore::Link(const std::vector<AlertLinks>& links) {
  std::size_t bytes = 0;
  for (const AlertLinks& one : links) {
    bytes += SizeOf(one.records) + one.alert_rows.size() * sizeof(long long);
  }
  return writer_->Write(
      [links](WriteContext& context) {
        for (const AlertLinks& one : links) {
          if (one.if_open) {
            const auto open = sqlite::IsUnfinished(context.db, one.incident_id);
            if (!open.ok()) return Result<void>(open.error());
            if (!*open) continue;
          }
          Result<void> done =
              sqlite::LinkAlerts(context.db, one.alert_rows, one.incident_id);
          if (done.ok()) done = context.audit.Append(context.db, one.records);
          if (!done.ok()) return done;
        }
        return Result<void>();
      },
      bytes);
}

Result<void> SqliteStore::Append(std::span<const AuditRecord> records) {
  return writer_->Write(
      [rows = std::vector<AuditRecord>(records.begin(), records.end())](
          WriteContext& context) {
        return context.audit.Append(context.db, rows);
      },
      SizeOf(records));
}

Result<std::vector<AuditRecord>> SqliteStore::Find(
    const std::string& incident_id) {
  return readers_.With(
      [&](Connection& db) { return sqlite::FindRecords(db, incident_id); });
}

Result<std::vector<StoredIntent>> SqliteStore::Intents(
    const std::string& incident_id) {
  return readers_.With(
      [&](Connection& db) { return sqlite::ListIntents(db, incident_id); });
}

Result<SafetyState> SqliteStore::Recent(Time now) {
  return readers_.With(
      [&](Connection& db) { return sqlite::ReadSafety(db, now); });
}

Result<void> SqliteStore::SetBreaker(const BreakerChange& change) {
  return writer_->Write(
      [change, now = clock_.Now()](WriteContext& context) {
        return sqlite::WriteBreaker(context, change, now);
      },
      512 + change.reason.size());
}

Result<std::optional<Heartbeat>> SqliteStore::LastBeat() {
  return readers_.With(sqlite::ReadHeartbeat);
}

Result<void> SqliteStore::Beat(const Heartbeat& beat) {
  return writer_->Write(
      [beat](WriteContext& context) {
        return sqlite::WriteHeartbeat(context.db, beat);
      },
      64);
}

Result<void> SqliteStore::SetKillSwitch(const KillSwitchRow& row) {
  return writer_->Write(
      [row](WriteContext& context) {
        return sqlite::WriteKillSwitch(context, row);
      },
      512);
}

Result<IncidentPage> SqliteStore::List(const IncidentQuery& query) {
  return readers_.With(
      [&](Connection& db) { return sqlite::ListIncidents(db, query); });
}

Result<IncidentEvidence> SqliteStore::Evidence(const std::string& incident_id) {
  return readers_.With([&](Connection& db) {
    return sqlite::EvidenceToShow(db, incident_id, digester_);
  });
}

}  // namespace selfheal
