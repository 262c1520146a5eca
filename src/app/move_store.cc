#include "app/move_store.h"

#include <array>
#include <deque>
#include <vector>

#include "adapters/crypto/digest.h"
#include "adapters/postgres/postgres_store.h"
#include "adapters/sqlite/file_lock.h"
#include "adapters/sqlite/read_only.h"
#include "app/database.h"

namespace selfheal {
namespace {

using sql::Connection;
using sql::Statement;

/// Each table that both stores have, and the order of its rows. The head of
/// the audit is written anew.
struct Table {
  const char* name;
  const char* order;
};
constexpr std::array<Table, 18> kTables = {{{"alerts", "row"},
                                            {"alert_texts", "row"},
                                            {"episodes", "starts_at"},
                                            {"incidents", "opened_at"},
                                            {"incident_texts", "row"},
                                            {"evidence", "row"},
                                            {"approvals", "row"},
                                            {"grants", "rowid"},
                                            {"intents", "row"},
                                            {"actions", "started_at"},
                                            {"breakers", "scope"},
                                            {"storm", "one"},
                                            {"kill_switch", "one"},
                                            {"audit", "seq"},
                                            {"heartbeat", "one"},
                                            {"chat_threads", "incident"},
                                            {"chat_inputs", "row"},
                                            {"chat_keys", "key"}}};

/// New rows get the numbers after those that came along.
constexpr std::array<const char*, 6> kNumberings = {
    "SELECT setval(pg_get_serial_sequence('alerts', 'row'),"
    " (SELECT coalesce(max(row), 0) + 1 FROM alerts), false)",
    "SELECT setval(pg_get_serial_sequence('incident_texts', 'row'),"
    " (SELECT coalesce(max(row), 0) + 1 FROM incident_texts), false)",
    "SELECT setval(pg_get_serial_sequence('evidence', 'row'),"
    " (SELECT coalesce(max(row), 0) + 1 FROM evidence), false)",
    "SELECT setval(pg_get_serial_sequence('approvals', 'row'),"
    " (SELECT coalesce(max(row), 0) + 1 FROM approvals), false)",
    "SELECT setval(pg_get_serial_sequence('intents', 'row'),"
    " (SELECT coalesce(max(row), 0) + 1 FROM intents), false)",
    "SELECT setval(pg_get_serial_sequence('chat_inputs', 'row'),"
    " (SELECT coalesce(max(row), 0) + 1 FROM chat_inputs), false)"};

/// The statements that copy one table; they live as long as connections keep
/// them by their address.
struct Copying {
  std::string read;
  std::string write;
  int columns = 0;
};

Result<Copying> CopyingOf(Connection& from, const Table& table) {
  Statement query = from.Query(
      "SELECT name FROM pragma_table_info(?) ORDER BY cid", table.name);
  std::string names;
  std::string marks;
  Copying out;
  for (; query.Next(); ++out.columns) {
    names += (names.empty() ? "" : ", ") + query.Text(0);
    marks += marks.empty() ? "?" : ", ?";
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  const std::string name = table.name;
  out.read = "SELECT " + names + " FROM " + name + " ORDER BY " + table.order;
  out.write = "INSERT INTO " + name + "(" + names + ") VALUES(" + marks + ")";
  return out;
}

/// One row with as many columns as Copying says.
class RowCopy {
 public:
  RowCopy(const Statement& query, int columns) {
    for (int column = 0; column < columns; ++column) {
      switch (query.TypeOf(column)) {
        case sql::ColumnType::kNull:
          values_.emplace_back(nullptr);
          break;
        case sql::ColumnType::kInteger:
          values_.emplace_back(query.Integer(column));
          break;
        case sql::ColumnType::kText:
          values_.emplace_back(texts_.emplace_back(query.Text(column)));
          break;
        case sql::ColumnType::kOther:
          values_.emplace_back(
              sql::Blob{texts_.emplace_back(query.Text(column))});
          break;
      }
    }
  }
  std::span<const sql::Value> values() const { return values_; }

 private:
  std::deque<std::string> texts_;  // Their addresses stay.
  std::vector<sql::Value> values_;
};

Result<void> CopyRows(Connection& from, Connection& to,
                      const Copying& copying) {
  Statement query = from.Query(copying.read.c_str());
  while (query.Next()) {
    const RowCopy row(query, copying.columns);
    const Result<long long> done =
        to.RunWith(copying.write.c_str(), row.values());
    if (!done.ok()) return done.error();
  }
  return query.status();
}

Result<void> CheckEmpty(Connection& to) {
  Statement query = to.Query(
      "SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM alerts) +"
      " (SELECT count(*) FROM incidents)");
  const long long rows = query.Next() ? query.Integer(0) : 0;
  if (Result<void> status = query.status(); !status.ok()) return status;
  if (rows == 0) return {};
  return Error{Code::kFailedPrecondition,
               "the database holds a store already: expected an empty one"};
}

Result<void> CopyAll(Connection& from, Connection& to,
                     std::deque<Copying>& statements) {
  if (Result<void> empty = CheckEmpty(to); !empty.ok()) return empty;
  for (const Table& table : kTables) {
    Result<Copying> copying = CopyingOf(from, table);
    Result<void> done =
        copying.ok()
            ? CopyRows(from, to, statements.emplace_back(*std::move(copying)))
            : Result<void>(copying.error());
    if (!done.ok()) return done.error().With(std::string("copy ") + table.name);
  }
  for (const char* const numbering : kNumberings) {
    Statement query = to.Query(numbering);
    if (!query.Next()) return query.status();
  }
  sql::AuditChain audit(Sha256Hex);
  Result<void> done = audit.Load(to);
  return done.ok() ? audit.SaveHead(to) : done;
}

Result<void> CheckIntact(const Result<AuditReport>& report,
                         const std::string& place) {
  if (!report.ok()) return report.error().With(place);
  if (report->first_bad == 0) return {};
  return Error{Code::kDataLoss, place + ": audit row " +
                                    std::to_string(report->first_bad) + ": " +
                                    report->problem};
}

}  // namespace

Result<AuditReport> MoveStore(const Config& config, const std::string& file) {
  if (!IsShared(config)) {
    return Error{Code::kInvalidArgument,
                 "database.url: " + PlaceOf(config) +
                     ": expected the postgresql://... to move into"};
  }
  // First what must be there, so that no lock makes a file.
  auto from = sqlite::OpenForHistory(file);
  if (!from.ok()) return from.error();
  const auto lock = sqlite::FileLock::Take(file);
  if (!lock.ok()) return lock.error();
  if (auto begun = (*from)->BeginSnapshot(); !begun.ok()) return begun.error();
  const auto before = VerifyAudit(**from, Sha256Hex);
  if (auto good = CheckIntact(before, file); !good.ok()) return good.error();
  const SystemClock clock;
  auto to =
      postgres::OpenWriter({.url = config.database.url,
                            .store = {.digester = Sha256Hex, .clock = &clock}});
  if (!to.ok()) return to.error();
  std::deque<Copying> statements;
  Result<void> done = (*to)->Begin();
  if (done.ok()) done = CopyAll(**from, **to, statements);
  if (done.ok()) done = (*to)->Commit();
  if (!done.ok()) {
    if ((*to)->InTransaction()) (void)(*to)->Exec("ROLLBACK");
    return done.error().With(PlaceOf(config));
  }
  auto after = VerifyAudit(**to, Sha256Hex, before->head.hash);
  if (auto good = CheckIntact(after, PlaceOf(config)); !good.ok()) {
    return good.error();
  }
  return after;
}

}  // namespace selfheal
