#include "adapters/sql/read_only_history.h"

#include "adapters/sql/safety_rows.h"

namespace selfheal {
namespace {

Error ReadOnly() {
  return {Code::kFailedPrecondition, "the store is only read"};
}

}  // namespace

Result<SafetyState> ReadOnlyHistory::Recent(Time now) {
  const MutexLock lock(mutex_);
  if (Result<void> begun = db_->BeginSnapshot(); !begun.ok()) {
    return begun.error();
  }
  Result<SafetyState> state = sql::ReadSafety(*db_, now);
  const Result<void> ended = db_->Exec("ROLLBACK");
  if (state.ok() && !ended.ok()) return ended.error();
  return state;
}

Result<void> ReadOnlyHistory::SetBreaker(const BreakerChange&) {
  return ReadOnly();
}

Result<void> ReadOnlyHistory::SetKillSwitch(const KillSwitchRow&) {
  return ReadOnly();
}

}  // namespace selfheal
