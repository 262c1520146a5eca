#pragma once

#include <memory>
#include <utility>

#include "adapters/sql/connection.h"
#include "core/mutex.h"
#include "guard/action_history.h"

namespace selfheal {

/// The guards' memory of a store that another process may hold: read beside
/// it, never written, never locked. Thread-safe.
class ReadOnlyHistory final : public ActionHistory {
 public:
  /// @param db  read-only, of this release's schema.
  explicit ReadOnlyHistory(std::unique_ptr<sql::Connection> db)
      : db_(std::move(db)) {}

  Result<SafetyState> Recent(Time now) override;
  /// @error kFailedPrecondition  always.
  Result<void> SetBreaker(const BreakerChange& change) override;
  Result<void> SetKillSwitch(const KillSwitchRow& row) override;

 private:
  Mutex mutex_;
  const std::unique_ptr<sql::Connection> db_ GUARDED_BY(mutex_);
};

}  // namespace selfheal
