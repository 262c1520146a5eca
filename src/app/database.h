#pragma once

#include <memory>
#include <string>

#include "adapters/sql/sql_store.h"
#include "config/config.h"
#include "flow/work_claims.h"

namespace selfheal {

/// True where `database.url` names a database that several processes share.
bool IsShared(const Config& config);

/// A store that a process serves from.
struct OpenedStore {
  /// Null where no other process shares the store.
  std::shared_ptr<WorkClaims> claims;
  std::unique_ptr<SqlStore> store;
};

/// The store that `database.url` names, for this process to serve from.
///
/// @error kInvalidArgument  the URL; others as OpenSqliteStore and
///        OpenPostgresStore.
Result<OpenedStore> OpenStoreOf(const Config& config, SqlStoreOptions options);

/// The same, read-only and in one snapshot, beside who serves from it.
///
/// @error kInvalidArgument  the URL; others as sqlite::OpenAudit.
Result<std::unique_ptr<sql::Connection>> OpenAuditOf(const Config& config);

/// The same, for a ReadOnlyHistory.
///
/// @error kInvalidArgument  the URL; others as sqlite::OpenForHistory.
Result<std::unique_ptr<sql::Connection>> OpenHistoryOf(const Config& config);

/// Where the store is, without secrets.
std::string PlaceOf(const Config& config);

}  // namespace selfheal
