#include "adapters/postgres/schema.h"

#include <array>
#include <string>

#include "adapters/postgres/first_schema.h"

namespace selfheal::postgres {
namespace {

struct Migration {
  const char* steps;
  /// The oldest schema whose release may use what these steps leave.
  int oldest;
};

/// Entry i leads from version i to version i + 1; never change one that was
/// released. Expand first: what the release before does not know must have a
/// default; what it still reads goes one release later, with `oldest` raised.
constexpr std::array<Migration, 1> kMigrations = {{{kFirstSchema, 1}}};

/// The row of the table `schema`; version 0: there is none.
struct Row {
  long long version = 0;
  long long oldest = 0;
};

Result<long long> Number(sql::Connection& db, const char* sql) {
  sql::Statement query = db.Query(sql);
  const long long value = query.Next() ? query.Integer(0) : 0;
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return value;
}

Error Refused(const std::string& why) {
  return {Code::kFailedPrecondition, why};
}

Result<Row> Read(sql::Connection& db) {
  const Result<long long> ours = Number(
      db,
      "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
      " AND tablename = 'selfheal_schema'");
  if (!ours.ok()) return ours.error();
  if (*ours == 0) {
    const Result<long long> tables =
        Number(db,
               "SELECT count(*) FROM pg_tables"
               " WHERE schemaname = current_schema()");
    if (!tables.ok()) return tables.error();
    if (*tables == 0) return Row{};
    return Refused(
        "the database holds another program's tables: expected an empty one");
  }
  sql::Statement query =
      db.Query("SELECT version, oldest FROM selfheal_schema");
  Row row;
  if (query.Next()) row = {query.Integer(0), query.Integer(1)};
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return row;
}

Result<void> CheckAdmits(const Row& row) {
  if (row.oldest <= KnownSchema()) return {};
  return Refused("the database has schema version " +
                 std::to_string(row.version) + ", which admits releases from " +
                 std::to_string(row.oldest) + " on; this release knows " +
                 std::to_string(KnownSchema()));
}

/// One transaction, alone among the processes that start.
Result<void> Step(sql::Connection& db, long long& version) {
  Result<void> done = db.Exec(
      "BEGIN; SET LOCAL lock_timeout = '7s'; SET LOCAL statement_timeout ="
      " '7s'; SELECT pg_advisory_xact_lock(1399155814)");
  if (!done.ok()) return done;
  const Result<Row> row = Read(db);
  if (!row.ok()) return row.error();
  version = row->version;
  if (Result<void> admits = CheckAdmits(*row); !admits.ok()) return admits;
  if (version >= KnownSchema()) return db.Exec("COMMIT");
  const Migration& next = kMigrations[static_cast<std::size_t>(version)];
  done = db.Exec(next.steps);
  if (!done.ok()) return done;
  const auto marked = db.Run(
      "INSERT INTO selfheal_schema(one, version, oldest) VALUES(1, ?, ?)"
      " ON CONFLICT(one) DO UPDATE SET version = excluded.version,"
      " oldest = excluded.oldest",
      ++version, next.oldest);
  if (!marked.ok()) return marked.error();
  return db.Exec("COMMIT");
}

}  // namespace

int KnownSchema() { return static_cast<int>(kMigrations.size()); }

Result<void> Migrate(sql::Connection& db) {
  long long version = -1;
  while (version < KnownSchema()) {
    if (Result<void> done = Step(db, version); !done.ok()) {
      (void)db.Exec("ROLLBACK");
      return done.error().With("schema");
    }
  }
  return {};
}

Result<void> CheckSchema(sql::Connection& db) {
  const Result<Row> row = Read(db);
  if (!row.ok()) return row.error();
  if (row->version == 0) return Error{Code::kNotFound, "it holds no store"};
  if (row->version < KnownSchema()) {
    return Refused("the database has schema version " +
                   std::to_string(row->version) + ", this release reads " +
                   std::to_string(KnownSchema()));
  }
  return CheckAdmits(*row);
}

}  // namespace selfheal::postgres
