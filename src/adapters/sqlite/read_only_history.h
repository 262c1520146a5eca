#pragma once

#include <memory>
#include <string>

#include "adapters/sqlite/connection.h"
#include "core/mutex.h"
#include "guard/action_history.h"

namespace selfheal {

/// The guards' memory of a store that another process may hold: read beside
/// it, never written, never locked. Thread-safe.
class ReadOnlyHistory final : public ActionHistory {
 public:
  /// @error kNotFound  there is no such file; kFailedPrecondition  it is of
  ///        another release; kUnavailable, kDataLoss  it can't be read.
  static Result<std::unique_ptr<ReadOnlyHistory>> Open(const std::string& path);

  Result<SafetyState> Recent(Time now) override;
  /// @error kFailedPrecondition  always.
  Result<void> SetBreaker(const BreakerChange& change) override;
  Result<void> SetKillSwitch(const KillSwitchRow& row) override;

 private:
  explicit ReadOnlyHistory(std::unique_ptr<sqlite::Connection> db)
      : db_(std::move(db)) {}

  Mutex mutex_;
  const std::unique_ptr<sqlite::Connection> db_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
