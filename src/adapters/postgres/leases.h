#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "adapters/postgres/connection.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "flow/work_claims.h"

namespace selfheal::postgres {

struct LeaseOptions {
  std::string url;  ///< As ConnectionUrl gives it.
  /// By the clock of the database. Taken over within this and a few seconds.
  seconds lasts{15};
  seconds renewed_every{3};
};

/// Rows of the table `leases`, claimed by FOR UPDATE SKIP LOCKED. Each claim
/// has an epoch that nobody had before; the transaction that records an intent
/// checks it, so whoever lost the lease meanwhile writes nothing.
///
/// Over a connection of its own, which is opened when it is needed and again
/// after it broke; one thread prolongs. What was not confirmed for two thirds
/// of the time counts as lost, by the monotonic clock: a process that was
/// stopped knows it when it wakes up, before it has asked anybody.
class Leases final : public WorkClaims, public sql::Fence {
 public:
  explicit Leases(LeaseOptions options);
  /// Gives back what it holds.
  ~Leases() override;

  Result<bool> Claim(const std::string& key) override;
  bool Holds(const std::string& key) const override;
  void Release(const std::string& key) override;
  void Nudge(const std::string& key) override;
  std::vector<std::string> Nudged() override;

  Result<void> CheckFree(sql::Connection& db,
                         const std::string& target) const override;
  Result<void> CheckHeld(sql::Connection& db,
                         const std::string& target) const override;

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Held {
    long long epoch = 0;
    Moment confirmed;
  };

  /// What a call does with the connection.
  template <typename Call>
  auto With(Call call) -> decltype(call(std::declval<Connection&>()));
  Result<bool> ClaimOn(Connection& db, const std::string& key);
  Result<void> RenewOn(Connection& db);
  void Renew(const std::stop_token& stop);
  bool IsFresh(const Held& held) const;

  const LeaseOptions options_;
  const std::string owner_;  ///< Of this process alone, ever.
  const std::shared_ptr<Deadlines> deadlines_;

  Mutex connecting_;
  std::unique_ptr<Connection> db_ GUARDED_BY(connecting_);

  mutable Mutex mutex_;
  CondVar stopped_;
  std::map<std::string, Held> held_ GUARDED_BY(mutex_);
  std::set<std::string> nudged_ GUARDED_BY(mutex_);

  std::jthread thread_;
};

}  // namespace selfheal::postgres
