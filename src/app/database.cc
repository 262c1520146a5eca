#include "app/database.h"

#include <utility>

#include "adapters/postgres/database_url.h"
#include "adapters/postgres/postgres_store.h"
#include "adapters/sqlite/database_url.h"
#include "adapters/sqlite/read_only.h"
#include "adapters/sqlite/sqlite_store.h"
#include "config/knob_render.h"

namespace selfheal {
namespace {

/// What `open` makes of a path, as a connection of either engine.
template <typename Open>
Result<std::unique_ptr<sql::Connection>> OpenFile(const Config& config,
                                                  Open open) {
  const auto path = ParseSqliteUrl(config.database.url);
  if (!path.ok()) return path.error();
  auto db = open(*path);
  if (!db.ok()) return db.error();
  return std::unique_ptr<sql::Connection>(*std::move(db));
}

Result<OpenedStore> OpenShared(const Config& config, SqlStoreOptions options) {
  const auto url = ConnectionUrl(config.database.url);
  if (!url.ok()) return url.error();
  auto leases =
      std::make_shared<postgres::Leases>(postgres::LeaseOptions{.url = *url});
  auto store = OpenPostgresStore({.url = config.database.url,
                                  .store = std::move(options),
                                  .leases = leases});
  if (!store.ok()) return store.error();
  return OpenedStore{std::move(leases), *std::move(store)};
}

}  // namespace

bool IsShared(const Config& config) {
  return IsPostgresUrl(config.database.url);
}

Result<OpenedStore> OpenStoreOf(const Config& config, SqlStoreOptions options) {
  if (IsShared(config)) return OpenShared(config, std::move(options));
  const auto path = ParseSqliteUrl(config.database.url);
  if (!path.ok()) return path.error();
  auto store = OpenSqliteStore({.path = *path, .store = std::move(options)});
  if (!store.ok()) return store.error();
  return OpenedStore{nullptr, *std::move(store)};
}

Result<std::unique_ptr<sql::Connection>> OpenAuditOf(const Config& config) {
  if (IsShared(config)) return postgres::OpenAudit(config.database.url);
  return OpenFile(config, sqlite::OpenAudit);
}

Result<std::unique_ptr<sql::Connection>> OpenHistoryOf(const Config& config) {
  if (IsShared(config)) return postgres::OpenForHistory(config.database.url);
  return OpenFile(config, sqlite::OpenForHistory);
}

std::string PlaceOf(const Config& config) {
  const auto path = ParseSqliteUrl(config.database.url);
  return path.ok() ? *path : MaskUrlPassword(config.database.url);
}

}  // namespace selfheal
