#include "adapters/sqlite/audit_verify.h"

#include <unistd.h>

#include <ostream>
#include <utility>

#include "codec/audit_json.h"
#include "codec/names.h"
#include "core/text.h"

namespace selfheal {
namespace {

using sqlite::ChainHead;
using sqlite::Connection;
using sqlite::Statement;

constexpr std::chrono::milliseconds kBusy{5000};

/// One row as it is stored.
struct Row {
  AuditRecord record;
  bool known_stage = false;
  /// Each column is what we write; SQLite would read others as if they were.
  bool typed = false;
  std::string data;
  std::string previous;
  std::string hash;
};

constexpr const char* kRows =
    "SELECT seq, at, incident, stage, outcome, reason, data, previous, hash,"
    " typeof(seq) || typeof(at) = 'integerinteger' AND typeof(incident) ||"
    " typeof(stage) || typeof(outcome) || typeof(reason) || typeof(data) ||"
    " typeof(previous) || typeof(hash) = 'texttexttexttexttexttexttext'"
    " FROM audit ORDER BY seq";

Row Read(const Statement& query) {
  Row row;
  const auto stage = ParseStage(query.Text(3));
  row.known_stage = stage.has_value();
  row.record = {query.Integer(0),
                query.At(1),
                query.Text(2),
                stage.value_or(Stage::kRecord),
                query.Text(4),
                query.Text(5),
                {}};
  row.data = query.Text(6);
  row.previous = query.Text(7);
  row.hash = query.Text(8);
  row.typed = query.Integer(9) != 0;
  return row;
}

/// Why `row` can't follow `last`; "" = it does.
std::string ProblemOf(const Row& row, const ChainHead& last,
                      const Digester& digester) {
  if (row.record.seq != last.seq + 1) {
    return "row " + std::to_string(last.seq + 1) + " is missing";
  }
  if (!row.typed) return "a column is not of its type";
  if (!row.known_stage) return "its stage is none of ours";
  if (row.previous != last.hash) {
    return "it does not follow the row before it";
  }
  const std::string line = CanonicalAuditLine(row.record, row.data);
  if (row.hash != sqlite::ChainHash(digester, row.previous, line)) {
    return "its content does not match its hash";
  }
  return "";
}

/// The head's row stands apart, so that rows cut off the end are missed.
Result<void> CheckHead(Connection& db, AuditReport& report) {
  Statement query = db.Query("SELECT seq, hash FROM audit_head");
  ChainHead stored{0, sqlite::ChainSeed()};
  if (query.Next()) stored = {query.Integer(0), query.Text(1)};
  if (Result<void> status = query.status(); !status.ok()) return status;
  if (stored == report.head) return {};
  report.first_bad = report.head.seq + 1;
  report.problem = "the chain ends at row " + std::to_string(report.head.seq) +
                   ", its head says row " + std::to_string(stored.seq);
  if (stored.seq == report.head.seq) {
    report.first_bad = report.head.seq;
    report.problem = "its hash is not the one that the head says";
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Connection>> sqlite::OpenAudit(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) {
    return Error{Code::kNotFound, path + ": no such database"};
  }
  auto db = Connection::Open(path, Connection::Mode::kReadOnly, kBusy);
  if (!db.ok()) return db;
  if (Result<void> begun = (*db)->Exec("BEGIN"); !begun.ok()) {
    return begun.error().With(path);
  }
  Statement query = (*db)->Query(
      "SELECT count(*) FROM sqlite_schema WHERE name IN ('audit', "
      "'audit_head')");
  const bool found = query.Next() && query.Integer(0) == 2;
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error().With(path);
  }
  if (!found) return Error{Code::kNotFound, path + ": holds no audit"};
  return db;
}

Result<AuditReport> VerifyAudit(const std::string& path,
                                const Digester& digester,
                                const std::string& known_head) {
  auto db = sqlite::OpenAudit(path);
  if (!db.ok()) return db.error();
  AuditReport report;
  report.head = {0, sqlite::ChainSeed()};
  bool known = known_head.empty() || known_head == report.head.hash;
  {
    Statement query = (*db)->Query(kRows);
    while (query.Next()) {
      const Row row = Read(query);
      ++report.rows;
      report.problem = ProblemOf(row, report.head, digester);
      if (!report.problem.empty()) {
        report.first_bad = row.record.seq;
        return report;
      }
      report.head = {row.record.seq, row.hash};
      known = known || row.hash == known_head;
    }
    if (Result<void> status = query.status(); !status.ok()) {
      return status.error().With(path);
    }
  }
  if (Result<void> done = CheckHead(**db, report); !done.ok()) {
    return done.error().With(path);
  }
  if (report.first_bad == 0 && !known) {
    report.first_bad = report.head.seq + 1;
    report.problem = "no row carries the known head " + known_head;
  }
  return report;
}

Result<long long> ExportAudit(const std::string& path, std::ostream& out) {
  auto db = sqlite::OpenAudit(path);
  if (!db.ok()) return db.error();
  long long rows = 0;
  Statement query = (*db)->Query(kRows);
  while (query.Next()) {
    const Row row = Read(query);
    std::string line = CanonicalAuditLine(row.record, row.data);
    line.pop_back();
    // What nobody sees is escaped: the same JSON, and safe on a terminal.
    out << EscapeUnseen(line) << ",\"previous\":\"" << row.previous
        << "\",\"hash\":\"" << row.hash << "\"}\n";
    ++rows;
  }
  out.flush();
  if (!out) return Error{Code::kUnavailable, "export: the output is full"};
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error().With(path);
  }
  return rows;
}

}  // namespace selfheal
