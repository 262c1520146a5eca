#include "adapters/sql/audit_verify.h"

#include <functional>
#include <limits>
#include <ostream>

#include "codec/audit_json.h"
#include "codec/names.h"
#include "core/text.h"

namespace selfheal {
namespace {

using sql::ChainHead;
using sql::ColumnType;
using sql::Connection;
using sql::Statement;

/// Rows that are read at once.
constexpr int kPage = 1000;

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

/// The seq is an integer in any case.
bool IsTyped(const Statement& query) {
  if (query.TypeOf(1) != ColumnType::kInteger) return false;
  for (int column = 2; column <= 8; ++column) {
    if (query.TypeOf(column) != ColumnType::kText) return false;
  }
  return true;
}

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
  row.typed = IsTyped(query);
  return row;
}

/// Calls `visit` for each row in order, as long as it returns true.
Result<void> VisitRows(Connection& db,
                       const std::function<bool(const Row&)>& visit) {
  long long after = std::numeric_limits<long long>::min();
  int read = kPage;
  while (read == kPage) {
    read = 0;
    Statement query = db.Query(
        "SELECT seq, at, incident, stage, outcome, reason, data, previous,"
        " hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
        after, kPage);
    while (query.Next()) {
      const Row row = Read(query);
      after = row.record.seq;
      ++read;
      if (!visit(row)) return {};
    }
    if (Result<void> status = query.status(); !status.ok()) return status;
  }
  return {};
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
  if (row.hash != sql::ChainHash(digester, row.previous, line)) {
    return "its content does not match its hash";
  }
  return "";
}

/// The head's row stands apart, so that rows cut off the end are missed.
Result<void> CheckHead(Connection& db, AuditReport& report) {
  Statement query = db.Query("SELECT seq, hash FROM audit_head");
  ChainHead stored{0, sql::ChainSeed()};
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

Result<AuditReport> VerifyAudit(Connection& db, const Digester& digester,
                                const std::string& known_head) {
  AuditReport report;
  report.head = {0, sql::ChainSeed()};
  bool known = known_head.empty() || known_head == report.head.hash;
  Result<void> done = VisitRows(db, [&](const Row& row) {
    ++report.rows;
    report.problem = ProblemOf(row, report.head, digester);
    if (!report.problem.empty()) {
      report.first_bad = row.record.seq;
      return false;
    }
    report.head = {row.record.seq, row.hash};
    known = known || row.hash == known_head;
    return true;
  });
  if (done.ok() && report.first_bad == 0) done = CheckHead(db, report);
  if (!done.ok()) return done.error();
  if (report.first_bad == 0 && !known) {
    report.first_bad = report.head.seq + 1;
    report.problem = "no row carries the known head " + known_head;
  }
  return report;
}

Result<long long> ExportAudit(Connection& db, std::ostream& out) {
  long long rows = 0;
  const Result<void> done = VisitRows(db, [&](const Row& row) {
    std::string line = CanonicalAuditLine(row.record, row.data);
    line.pop_back();
    // What nobody sees is escaped: the same JSON, and safe on a terminal.
    out << EscapeUnseen(line) << ",\"previous\":\"" << row.previous
        << "\",\"hash\":\"" << row.hash << "\"}\n";
    ++rows;
    return static_cast<bool>(out);
  });
  out.flush();
  if (!out) return Error{Code::kUnavailable, "export: the output is full"};
  if (!done.ok()) return done.error();
  return rows;
}

}  // namespace selfheal
