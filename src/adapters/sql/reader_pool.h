#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "adapters/sql/connection.h"
#include "core/mutex.h"

namespace selfheal::sql {

/// Read-only connections, lent out and kept. Thread-safe; never blocks the
/// writer and is never blocked by it.
class ReaderPool {
 public:
  /// `engine` outlives it.
  explicit ReaderPool(Engine& engine) : engine_(engine) {}

  /// Calls `read(Connection&)` inside one snapshot; its result is returned.
  template <typename Read>
  auto With(Read read) -> decltype(read(std::declval<Connection&>())) {
    Result<std::unique_ptr<Connection>> db = Begun();
    if (!db.ok()) return db.error();
    auto result = read(**db);
    if ((*db)->Exec("ROLLBACK").ok()) Give(std::move(*db));
    return result;
  }

 private:
  /// A connection in a snapshot; a kept one may have gone bad meanwhile.
  Result<std::unique_ptr<Connection>> Begun();
  std::unique_ptr<Connection> Take();
  /// What is kept went bad with the one that did; each would take its time to
  /// say so.
  void Forget();
  void Give(std::unique_ptr<Connection> db);

  Engine& engine_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ GUARDED_BY(mutex_);
};

}  // namespace selfheal::sql
