#pragma once

#include <memory>
#include <string>

#include "adapters/sql/sql_store.h"

namespace selfheal {

struct SqliteOptions {
  std::string path;  ///< Absolute; its folder exists. Made where absent.
  SqlStoreOptions store;
  int checkpoint_frames = 4000;  ///< As sqlite::Connection::CheckpointEvery.
};

/// The embedded default store: one SQLite file in WAL mode, held by one
/// process. Takes the file, checks it and brings it to this release's schema.
///
/// @error kFailedPrecondition  another process holds it (with its pid), or
///        it is of a newer release; kDataLoss  it is damaged; kUnavailable
///        it can't be opened or written.
Result<std::unique_ptr<SqlStore>> OpenSqliteStore(SqliteOptions options);

}  // namespace selfheal
