#pragma once

#include <memory>
#include <string>

#include "adapters/postgres/leases.h"
#include "adapters/postgres/server_state.h"
#include "adapters/sql/sql_store.h"

namespace selfheal {

struct PostgresOptions {
  std::string url;  ///< postgresql://...; see ConnectionUrl.
  SqlStoreOptions store;
  postgres::Durability durability = postgres::Durability::kRequired;
  /// Who may write about which target; null: everybody. Kept by the store.
  std::shared_ptr<const postgres::Leases> leases{};
};

/// The store of several processes: one database of a PostgreSQL server, of
/// which each writes in its turn. Checks the server and brings the database to
/// this release's schema.
///
/// @error kInvalidArgument  the URL; kUnavailable  no server, no right, or not
///        the primary; kFailedPrecondition  a setting of the server, or a
///        schema that admits newer releases only.
Result<std::unique_ptr<SqlStore>> OpenPostgresStore(PostgresOptions options);

namespace postgres {

/// A connection that writes to the checked and migrated database.
///
/// @error as OpenPostgresStore.
Result<std::unique_ptr<sql::Connection>> OpenWriter(
    const PostgresOptions& options);

/// The database at `url`, read-only, at one consistent snapshot; runs beside
/// `serve`.
///
/// @error kInvalidArgument  the URL; kUnavailable  no server or no right;
///        kNotFound  it holds no store; kFailedPrecondition  of another
///        release.
Result<std::unique_ptr<sql::Connection>> OpenAudit(const std::string& url);

/// The same, in no snapshot, for a ReadOnlyHistory.
Result<std::unique_ptr<sql::Connection>> OpenForHistory(const std::string& url);

}  // namespace postgres
}  // namespace selfheal
