#include "adapters/postgres/postgres_store.h"

#include <utility>

#include "adapters/postgres/connection.h"
#include "adapters/postgres/database_url.h"
#include "adapters/postgres/schema.h"
#include "config/knob_render.h"

namespace selfheal {
namespace postgres {
namespace {

/// The server and its database.
class PostgresEngine final : public sql::Engine {
 public:
  PostgresEngine(std::string url, const PostgresOptions& options)
      : url_(std::move(url)),
        durability_(options.durability),
        digester_(options.store.digester),
        clock_(*options.store.clock),
        leases_(options.leases),
        deadlines_(std::make_shared<Deadlines>()) {}

  /// To a server that keeps what it commits.
  Result<std::unique_ptr<sql::Connection>> OpenWriter() override {
    auto db = Connection::Open(url_, Connection::Mode::kReadWrite, deadlines_);
    if (!db.ok()) return db.error();
    Result<void> checked = CheckServer(**db, durability_);
    if (checked.ok()) checked = Migrate(**db);
    if (!checked.ok()) return checked.error();
    const auto noted = NoteServer(**db, digester_, clock_.Now());
    if (!noted.ok()) return noted.error();
    return std::unique_ptr<sql::Connection>(*std::move(db));
  }

  Result<std::unique_ptr<sql::Connection>> OpenReader() override {
    auto db = Connection::Open(url_, Connection::Mode::kReadOnly, deadlines_);
    if (!db.ok()) return db.error();
    return std::unique_ptr<sql::Connection>(*std::move(db));
  }

  Result<void> Check(sql::Connection& db) override {
    return CheckServer(db, durability_);
  }

  const sql::Fence* fence() const override { return leases_.get(); }

 private:
  const std::string url_;
  const Durability durability_;
  const Digester digester_;
  const Clock& clock_;
  const std::shared_ptr<const Leases> leases_;
  const std::shared_ptr<Deadlines> deadlines_;
};

Result<std::unique_ptr<sql::Connection>> OpenBeside(const std::string& url) {
  const auto whole = ConnectionUrl(url);
  if (!whole.ok()) return whole.error();
  auto db = Connection::Open(*whole, Connection::Mode::kReadOnly,
                             std::make_shared<Deadlines>());
  Result<void> checked = db.ok() ? CheckSchema(**db) : Result<void>(db.error());
  if (!checked.ok()) return checked.error().With(MaskUrlPassword(url));
  return std::unique_ptr<sql::Connection>(*std::move(db));
}

Result<std::unique_ptr<PostgresEngine>> MakeEngine(
    const PostgresOptions& options) {
  SELFHEAL_CHECK(options.store.digester && options.store.clock != nullptr);
  const auto url = ConnectionUrl(options.url);
  if (!url.ok()) return url.error();
  return std::make_unique<PostgresEngine>(*url, options);
}

}  // namespace

Result<std::unique_ptr<sql::Connection>> OpenWriter(
    const PostgresOptions& options) {
  auto engine = MakeEngine(options);
  if (!engine.ok()) return engine.error();
  auto db = (*engine)->OpenWriter();
  if (!db.ok()) return db.error().With(MaskUrlPassword(options.url));
  return db;
}

Result<std::unique_ptr<sql::Connection>> OpenAudit(const std::string& url) {
  auto db = OpenBeside(url);
  if (!db.ok()) return db;
  if (Result<void> begun = (*db)->BeginSnapshot(); !begun.ok()) {
    return begun.error().With(MaskUrlPassword(url));
  }
  return db;
}

Result<std::unique_ptr<sql::Connection>> OpenForHistory(
    const std::string& url) {
  return OpenBeside(url);
}

}  // namespace postgres

Result<std::unique_ptr<SqlStore>> OpenPostgresStore(PostgresOptions options) {
  auto engine = postgres::MakeEngine(options);
  if (!engine.ok()) return engine.error();
  auto db = (*engine)->OpenWriter();
  if (!db.ok()) return db.error().With(MaskUrlPassword(options.url));
  auto store = SqlStore::Over(*std::move(engine), *std::move(db),
                              std::move(options.store));
  if (!store.ok()) return store.error().With(MaskUrlPassword(options.url));
  return store;
}

}  // namespace selfheal
