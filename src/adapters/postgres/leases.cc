#include "adapters/postgres/leases.h"

#include <utility>

#include "core/ids.h"

namespace selfheal::postgres {
namespace {

using Clock = std::chrono::steady_clock;

Result<void> Done(const Result<long long>& ran) {
  if (!ran.ok()) return ran.error();
  return {};
}

/// True where the query has a row.
Result<bool> Any(sql::Statement query) {
  const bool any = query.Next();
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return any;
}

Error Elsewhere(const std::string& target) {
  return {Code::kAborted, "another process works on " + target};
}

}  // namespace

Leases::Leases(LeaseOptions options)
    : options_(std::move(options)),
      owner_(NewUlid(SystemClock().Now())),
      deadlines_(std::make_shared<Deadlines>()),
      thread_([this](const std::stop_token& stop) { Renew(stop); }) {}

Leases::~Leases() {
  {
    const MutexLock lock(mutex_);
    thread_.request_stop();
  }
  stopped_.notify_all();
  thread_.join();
  const MutexLock lock(connecting_);
  if (db_) (void)db_->Run("DELETE FROM leases WHERE owner = ?", owner_);
}

template <typename Call>
auto Leases::With(Call call) -> decltype(call(std::declval<Connection&>())) {
  const MutexLock lock(connecting_);
  if (!db_) {
    auto db = Connection::Open(options_.url, Connection::Mode::kReadWrite,
                               deadlines_);
    if (!db.ok()) return db.error();
    db_ = *std::move(db);
  }
  auto result = call(*db_);
  if (!result.ok()) db_.reset();
  return result;
}

bool Leases::IsFresh(const Held& held) const {
  return Clock::now() - held.confirmed < options_.lasts * 2 / 3;
}

Result<bool> Leases::ClaimOn(Connection& db, const std::string& key) {
  Result<void> row =
      Done(db.Run("INSERT INTO leases(key, owner, epoch, until)"
                  " VALUES(?, '', 0, clock_timestamp()) ON CONFLICT DO NOTHING",
                  key));
  if (!row.ok()) return row.error();
  const Moment asked = Clock::now();
  sql::Statement query = db.Query(
      "UPDATE leases SET owner = ?1, epoch = nextval('lease_epochs'),"
      " until = clock_timestamp() + make_interval(secs => ?2), nudged = 0"
      " WHERE key IN (SELECT key FROM leases WHERE key = ?3"
      " AND until < clock_timestamp() FOR UPDATE SKIP LOCKED) RETURNING epoch",
      owner_, static_cast<long long>(options_.lasts.count()), key);
  const bool claimed = query.Next();
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  if (!claimed) return false;
  const MutexLock lock(mutex_);
  held_[key] = {query.Integer(0), asked};
  return true;
}

Result<bool> Leases::Claim(const std::string& key) {
  if (Holds(key)) return true;
  return With([&](Connection& db) { return ClaimOn(db, key); });
}

bool Leases::Holds(const std::string& key) const {
  const MutexLock lock(mutex_);
  const auto found = held_.find(key);
  return found != held_.end() && IsFresh(found->second);
}

void Leases::Release(const std::string& key) {
  {
    const MutexLock lock(mutex_);
    if (held_.erase(key) == 0) return;
  }
  // Where that fails the next prolonging does it.
  (void)With([&](Connection& db) {
    return db.Run("DELETE FROM leases WHERE key = ? AND owner = ?", key,
                  owner_);
  });
}

void Leases::Nudge(const std::string& key) {
  // Where that fails its owner looks at it when it would have anyway.
  (void)With([&](Connection& db) {
    return db.Run("UPDATE leases SET nudged = 1 WHERE key = ? AND owner <> ?",
                  key, owner_);
  });
}

std::vector<std::string> Leases::Nudged() {
  const MutexLock lock(mutex_);
  std::vector<std::string> keys(nudged_.begin(), nudged_.end());
  nudged_.clear();
  return keys;
}

Result<void> Leases::RenewOn(Connection& db) {
  const Moment asked = Clock::now();
  sql::Statement query = db.Query(
      "WITH mine AS (SELECT key, nudged FROM leases WHERE owner = ?1"
      "  AND until > clock_timestamp() FOR UPDATE)"
      " UPDATE leases SET nudged = 0,"
      " until = clock_timestamp() + make_interval(secs => ?2) FROM mine"
      " WHERE leases.key = mine.key"
      " RETURNING leases.key, leases.epoch, mine.nudged",
      owner_, static_cast<long long>(options_.lasts.count()));
  std::map<std::string, long long> mine;
  std::set<std::string> nudged;
  while (query.Next()) {
    mine[query.Text(0)] = query.Integer(1);
    if (query.Integer(2) != 0) nudged.insert(query.Text(0));
  }
  if (Result<void> status = query.status(); !status.ok()) return status;
  {
    const MutexLock lock(mutex_);
    nudged_.merge(nudged);
    for (auto& [key, held] : held_) {
      const auto found = mine.extract(key);
      if (!found.empty() && found.mapped() == held.epoch) {
        held.confirmed = asked;
      }
    }
    std::erase_if(held_,
                  [this](const auto& one) { return !IsFresh(one.second); });
  }
  // The answer to their claim, or their release, was lost.
  for (const auto& [key, epoch] : mine) {
    const Result<void> freed = Done(
        db.Run("DELETE FROM leases WHERE key = ? AND epoch = ?", key, epoch));
    if (!freed.ok()) return freed;
  }
  return Done(
      db.Run("DELETE FROM leases"
             " WHERE until < clock_timestamp() - interval '1 hour'"));
}

void Leases::Renew(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    (void)With([this](Connection& db) { return RenewOn(db); });
    const Moment next = Clock::now() + options_.renewed_every;
    MutexLock lock(mutex_);
    while (!stop.stop_requested() &&
           stopped_.wait_until(mutex_, next) != std::cv_status::timeout) {
    }
  }
}

Result<void> Leases::CheckFree(sql::Connection& db,
                               const std::string& target) const {
  const Result<bool> taken =
      Any(db.Query("SELECT 1 FROM leases WHERE key = ? AND owner <> ?"
                   " AND until > clock_timestamp()",
                   target, owner_));
  if (!taken.ok()) return taken.error();
  return *taken ? Result<void>(Elsewhere(target)) : Result<void>();
}

Result<void> Leases::CheckHeld(sql::Connection& db,
                               const std::string& target) const {
  long long epoch = 0;
  {
    const MutexLock lock(mutex_);
    const auto found = held_.find(target);
    if (found != held_.end()) epoch = found->second.epoch;
  }
  // Locked, so that nobody claims it before this transaction has ended.
  const Result<bool> held =
      Any(db.Query("SELECT 1 FROM leases WHERE key = ? AND owner = ?"
                   " AND epoch = ? AND until > clock_timestamp() FOR SHARE",
                   target, owner_, epoch));
  if (!held.ok()) return held.error();
  return *held ? Result<void>() : Result<void>(Elsewhere(target));
}

}  // namespace selfheal::postgres
