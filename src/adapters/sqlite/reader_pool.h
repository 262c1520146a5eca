#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "core/mutex.h"

namespace selfheal::sqlite {

/// Read-only connections, lent out and kept. Thread-safe; never blocks the
/// writer and is never blocked by it.
class ReaderPool {
 public:
  ReaderPool(std::string path, std::chrono::milliseconds busy)
      : path_(std::move(path)), busy_(busy) {}

  /// Calls `read(Connection&)` inside one snapshot; its result is returned.
  template <typename Read>
  auto With(Read read) -> decltype(read(std::declval<Connection&>())) {
    Result<std::unique_ptr<Connection>> db = Take();
    if (!db.ok()) return db.error();
    if (Result<void> begun = (*db)->Exec("BEGIN"); !begun.ok()) {
      return begun.error();
    }
    auto result = read(**db);
    if ((*db)->Exec("ROLLBACK").ok()) Give(std::move(*db));
    return result;
  }

 private:
  Result<std::unique_ptr<Connection>> Take();
  void Give(std::unique_ptr<Connection> db);

  const std::string path_;
  const std::chrono::milliseconds busy_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);
};

}  // namespace selfheal::sqlite
