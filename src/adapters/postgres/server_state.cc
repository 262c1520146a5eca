#include "adapters/postgres/server_state.h"

#include "adapters/sql/safety_rows.h"

namespace selfheal::postgres {
namespace {

/// What one row of one column of text says.
Result<std::string> Ask(sql::Connection& db, const char* sql) {
  sql::Statement query = db.Query(sql);
  std::string answer = query.Next() ? query.Text(0) : "";
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return answer;
}

/// Which server, and which of its histories.
struct Identity {
  std::string system;
  std::string timeline;

  bool operator==(const Identity&) const = default;
};

Result<Identity> Current(sql::Connection& db) {
  const auto system =
      Ask(db, "SELECT system_identifier::text FROM pg_control_system()");
  if (!system.ok()) return system.error();
  // The name of the log's file begins with the timeline; the control file
  // learns it at the next checkpoint only.
  const auto timeline =
      Ask(db, "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)");
  if (!timeline.ok()) return timeline.error();
  return Identity{*system, *timeline};
}

Result<std::optional<Identity>> Last(sql::Connection& db) {
  sql::Statement query = db.Query("SELECT system, timeline FROM server");
  std::optional<Identity> last;
  if (query.Next()) last = Identity{query.Text(0), query.Text(1)};
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return last;
}

/// True where standbys follow that may lack what is acknowledged.
Result<bool> StandbysLag(sql::Connection& db) {
  const auto names =
      Ask(db, "SELECT current_setting('synchronous_standby_names')");
  if (!names.ok()) return names.error();
  if (!names->empty()) return false;
  const auto count =
      Ask(db,
          "SELECT count(*)::text FROM pg_stat_replication"
          " WHERE application_name IS DISTINCT FROM 'pg_basebackup'");
  if (!count.ok()) return count.error();
  return *count != "0";
}

/// Why what was acknowledged may be lost; "" = it is not.
Result<std::string> WhyDoubtful(sql::Connection& db,
                                const std::optional<Identity>& last,
                                const Identity& current) {
  if (last && *last != current) {
    return "PostgreSQL is another server, or another history of it, than "
           "before (timeline " +
           last->timeline + ", now " + current.timeline +
           "): what was acknowledged last may be lost";
  }
  const Result<bool> lag = StandbysLag(db);
  if (!lag.ok()) return lag.error();
  return std::string(
      *lag ? "PostgreSQL has standbys, and synchronous_standby_names is empty: "
             "a failover may lose the record of an action"
           : "");
}

Result<void> OpenBreaker(sql::Connection& db, const Digester& digester,
                         const std::string& reason, Time now) {
  sql::AuditChain audit(digester);
  if (auto loaded = audit.Load(db); !loaded.ok()) return loaded;
  sql::WriteContext context{db, audit};
  const BreakerRow row{"global", now, reason, std::nullopt};
  Result<void> done =
      sql::WriteBreaker(context, {"global", row, "database"}, now);
  return done.ok() ? audit.SaveHead(db) : done;
}

/// The transaction of NoteServer.
Result<std::optional<std::string>> Note(sql::Connection& db,
                                        const Digester& digester, Time now) {
  const auto current = Current(db);
  if (!current.ok()) return current.error();
  const auto last = Last(db);
  if (!last.ok()) return last.error();
  const auto found = WhyDoubtful(db, *last, *current);
  if (!found.ok()) return found.error();
  if (!found->empty()) {
    Result<void> opened = OpenBreaker(db, digester, *found, now);
    if (!opened.ok()) return opened.error();
  }
  const auto noted = db.Run(
      "INSERT INTO server(one, system, timeline) VALUES(1, ?, ?)"
      " ON CONFLICT(one) DO UPDATE SET system = excluded.system,"
      " timeline = excluded.timeline",
      current->system, current->timeline);
  if (!noted.ok()) return noted.error();
  const auto forgotten =
      db.Run("DELETE FROM commits WHERE at < now() - interval '1 day'");
  if (!forgotten.ok()) return forgotten.error();
  if (found->empty()) return std::optional<std::string>();
  return std::optional<std::string>(*found);
}

}  // namespace

Result<void> CheckServer(sql::Connection& db, Durability durability) {
  sql::Statement query = db.Query(
      "SELECT pg_is_in_recovery(), current_setting('server_encoding'),"
      " current_setting('fsync'), current_setting('full_page_writes')");
  const bool answered = query.Next();
  if (Result<void> status = query.status(); !status.ok()) return status;
  const auto refuse = [](const std::string& why) {
    return Error{Code::kFailedPrecondition, why};
  };
  if (!answered || query.Integer(0) != 0) {
    return Error{Code::kUnavailable,
                 "the server is a standby: expected the primary"};
  }
  if (query.Text(1) != "UTF8") {
    return refuse("the database's encoding is " + query.Text(1) +
                  ": expected UTF8");
  }
  if (durability == Durability::kWaived) return {};
  if (query.Text(2) != "on" || query.Text(3) != "on") {
    return refuse("fsync is " + query.Text(2) + ", full_page_writes is " +
                  query.Text(3) + ": expected on for both");
  }
  return {};
}

Result<std::optional<std::string>> NoteServer(sql::Connection& db,
                                              const Digester& digester,
                                              Time now) {
  if (Result<void> begun = db.Begin(); !begun.ok()) return begun.error();
  auto found = Note(db, digester, now);
  Result<void> done = found.ok() ? db.Commit() : Result<void>(found.error());
  if (!done.ok()) {
    if (db.InTransaction()) (void)db.Exec("ROLLBACK");
    return done.error();
  }
  return found;
}

}  // namespace selfheal::postgres
