#include "adapters/sqlite/read_only_history.h"

#include <unistd.h>

#include <utility>

#include "adapters/sqlite/safety_rows.h"
#include "adapters/sqlite/schema.h"

namespace selfheal {
namespace {

using sqlite::Connection;

constexpr std::chrono::milliseconds kBusy{900};

Error ReadOnly() {
  return {Code::kFailedPrecondition, "the store is only read"};
}

}  // namespace

Result<std::unique_ptr<ReadOnlyHistory>> ReadOnlyHistory::Open(
    const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) {
    return Error{Code::kNotFound, path + ": no such database"};
  }
  auto db = Connection::Open(path, Connection::Mode::kReadOnly, kBusy);
  if (!db.ok()) return db.error();
  if (Result<void> checked = sqlite::CheckSchema(**db); !checked.ok()) {
    return checked.error().With(path);
  }
  return std::unique_ptr<ReadOnlyHistory>(new ReadOnlyHistory(*std::move(db)));
}

Result<SafetyState> ReadOnlyHistory::Recent(Time now) {
  const MutexLock lock(mutex_);
  if (Result<void> begun = db_->Exec("BEGIN"); !begun.ok()) {
    return begun.error();
  }
  Result<SafetyState> state = sqlite::ReadSafety(*db_, now);
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
