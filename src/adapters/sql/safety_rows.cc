#include "adapters/sql/safety_rows.h"

#include <algorithm>

#include "adapters/sql/action_rows.h"

namespace selfheal::sql {
namespace {

using std::chrono::minutes;

/// Who opens a breaker for a storm; its trips are remembered.
constexpr const char* kStorm = "storm";

bool IsOpen(const BreakerRow& row, Time now) {
  return !row.closes_at || *row.closes_at > now;
}

/// How long it is open by itself; as a time, which a row holds.
std::optional<Time> Lasts(const BreakerRow& row) {
  if (!row.closes_at) return std::nullopt;
  return Time(*row.closes_at - row.opened_at);
}

Result<void> Put(Connection& db, const BreakerRow& row) {
  const Result<long long> done = db.Run(
      "INSERT INTO breakers(scope, opened_at, reason, closes_at, lasts)"
      " VALUES(?,?,?,?,?) ON CONFLICT(scope) DO UPDATE SET"
      " opened_at = excluded.opened_at, reason = excluded.reason,"
      " closes_at = excluded.closes_at, lasts = excluded.lasts",
      row.scope, row.opened_at, row.reason, row.closes_at, Lasts(row));
  if (!done.ok()) return done.error();
  return {};
}

/// What is asked of a breaker that is open already: it keeps its reason and
/// closes later, never sooner. A storm that goes on begins the quiet time of
/// its trip anew; whoever else sees a cause makes it wait for a person.
Result<void> Prolong(Connection& db, const BreakerRow& asked,
                     const std::string& by) {
  const Result<long long> done =
      by == kStorm ? db.Run(
                         "UPDATE breakers SET closes_at = ?1 + lasts"
                         " WHERE scope = ?2 AND closes_at < ?1 + lasts",
                         asked.opened_at, asked.scope)
                   : db.Run(
                         "UPDATE breakers SET closes_at = ?1 WHERE scope = ?2"
                         " AND (?3 = 1 OR closes_at < ?1)",
                         asked.closes_at, asked.scope, !asked.closes_at);
  if (!done.ok()) return done.error();
  return {};
}

AuditRecord BreakerRecord(const char* outcome, const std::string& scope,
                          const std::string& reason, const std::string& by,
                          Time now) {
  return {0,
          now,
          "",
          Stage::kGuard,
          outcome,
          reason,
          {{"scope", scope}, {"by", by}}};
}

Result<void> OpenBreaker(WriteContext& context, const BreakerRow& row,
                         const std::string& by, Time now) {
  const auto record =
      BreakerRecord("breaker_opened", row.scope, row.reason, by, now);
  if (Result<void> done = Put(context.db, row); !done.ok()) return done;
  if (by == kStorm) {
    const Result<long long> done = context.db.Run(
        "INSERT INTO storm(one, at) VALUES(1, ?)"
        " ON CONFLICT(one) DO UPDATE SET at = excluded.at",
        row.opened_at);
    if (!done.ok()) return done.error();
  }
  return context.audit.Append(context.db, std::span(&record, 1));
}

Result<void> CloseBreaker(WriteContext& context, const BreakerChange& change,
                          bool was_open, Time now) {
  const Result<long long> done =
      context.db.Run("DELETE FROM breakers WHERE scope = ?", change.scope);
  if (!done.ok()) return done.error();
  if (!was_open) return {};
  const auto record =
      BreakerRecord("breaker_closed", change.scope,
                    "closed by " + change.by +
                        (change.reason.empty() ? "" : ": " + change.reason),
                    change.by, now);
  return context.audit.Append(context.db, std::span(&record, 1));
}

/// Targets of incidents and when alerts of theirs started, or the watch found
/// them.
Result<std::vector<EpisodeRow>> RecentEpisodes(Connection& db, Time now) {
  const Time since = now - minutes(10);
  Statement query = db.Query(
      "SELECT i.target, e.starts_at FROM episodes e"
      " JOIN incidents i ON i.id = e.incident WHERE e.starts_at > ?"
      " UNION ALL SELECT target, opened_at FROM incidents"
      " WHERE opened_at > ? AND from_watch = 1",
      since, since);
  std::vector<EpisodeRow> out;
  while (query.Next()) {
    out.push_back({TargetFrom(query.Text(0)), query.At(1)});
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<std::optional<Time>> LastStorm(Connection& db) {
  Statement query = db.Query("SELECT at FROM storm");
  std::optional<Time> out;
  if (query.Next()) out = query.At(0);
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

}  // namespace

Result<std::vector<BreakerRow>> OpenBreakers(Connection& db, Time now) {
  Statement query = db.Query(
      "SELECT scope, opened_at, reason, closes_at FROM breakers"
      " WHERE closes_at IS NULL OR closes_at > ? ORDER BY scope",
      now);
  std::vector<BreakerRow> out;
  while (query.Next()) {
    out.push_back(
        {query.Text(0), query.At(1), query.Text(2), query.MaybeAt(3)});
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<KillSwitchRow> ReadKillSwitch(Connection& db) {
  Statement query =
      db.Query("SELECT is_on, reason, by, since FROM kill_switch");
  KillSwitchRow out;
  if (query.Next()) {
    out = {query.Integer(0) != 0, query.Text(1), query.Text(2), query.At(3)};
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

Result<SafetyState> ReadSafety(Connection& db, Time now) {
  Result<std::vector<ActionRow>> actions = RecentActions(db, now);
  if (!actions.ok()) return actions.error();
  Result<std::vector<BreakerRow>> breakers = OpenBreakers(db, now);
  if (!breakers.ok()) return breakers.error();
  Result<std::vector<EpisodeRow>> episodes = RecentEpisodes(db, now);
  if (!episodes.ok()) return episodes.error();
  const Result<std::optional<Time>> storm = LastStorm(db);
  if (!storm.ok()) return storm.error();
  Result<KillSwitchRow> kill_switch = ReadKillSwitch(db);
  if (!kill_switch.ok()) return kill_switch.error();
  return SafetyState{std::move(*actions), std::move(*breakers),
                     std::move(*episodes), *storm, std::move(*kill_switch)};
}

Result<void> WriteBreaker(WriteContext& context, const BreakerChange& change,
                          Time now) {
  const Result<std::vector<BreakerRow>> open = OpenBreakers(context.db, now);
  if (!open.ok()) return open.error();
  const auto found = std::find_if(
      open->begin(), open->end(),
      [&](const BreakerRow& breaker) { return breaker.scope == change.scope; });
  const bool was_open = found != open->end();
  if (!change.row) return CloseBreaker(context, change, was_open, now);
  BreakerRow wanted = *change.row;
  wanted.scope = change.scope;
  if (!IsOpen(wanted, now)) {
    return Error{Code::kInvalidArgument, "a breaker that closes in the past"};
  }
  if (!was_open) return OpenBreaker(context, wanted, change.by, now);
  return Prolong(context.db, wanted, change.by);
}

Result<void> WriteKillSwitch(WriteContext& context, const KillSwitchRow& row) {
  const Result<long long> done = context.db.Run(
      "INSERT INTO kill_switch(one, is_on, reason, by, since)"
      " VALUES(1,?,?,?,?) ON CONFLICT(one) DO UPDATE SET"
      " is_on = excluded.is_on, reason = excluded.reason, by = excluded.by,"
      " since = excluded.since",
      row.on, row.reason, row.by, row.since);
  if (!done.ok()) return done.error();
  const AuditRecord record{0,
                           row.since,
                           "",
                           Stage::kGuard,
                           row.on ? "kill_switch_on" : "kill_switch_off",
                           row.reason,
                           {{"by", row.by}}};
  return context.audit.Append(context.db, std::span(&record, 1));
}

}  // namespace selfheal::sql
