#include "adapters/sql/evidence_rows.h"

#include <zlib.h>

#include <vector>

#include "codec/evidence_json.h"

namespace selfheal::sql {
namespace {

constexpr long long kRows = 64;
constexpr long long kBytes = 4 << 20;
// The text of one EvidenceWindow; beyond it something is wrong.
constexpr long long kMaxText = 64 << 20;

Result<std::string> Inflate(const std::string& body, long long size) {
  if (size < 0 || size > kMaxText) {
    return Error{Code::kDataLoss, "stored evidence: its size is damaged"};
  }
  std::string text(static_cast<std::size_t>(size), '\0');
  uLongf length = text.size();
  const int code =
      uncompress(reinterpret_cast<Bytef*>(text.data()), &length,
                 reinterpret_cast<const Bytef*>(body.data()), body.size());
  if (code != Z_OK || length != text.size()) {
    return Error{Code::kDataLoss, "stored evidence: can't be decompressed"};
  }
  return text;
}

/// The newest judged row that no longer fits, or 0.
Result<long long> FirstBeyond(Connection& db, const std::string& incident) {
  Statement query = db.Query(
      "SELECT row, length(body) FROM evidence WHERE incident = ? AND judged = 1"
      " ORDER BY row DESC",
      incident);
  long long rows = 0;
  long long bytes = 0;
  long long beyond = 0;
  while (beyond == 0 && query.Next()) {
    bytes += query.Integer(1);
    ++rows;
    if (rows > kRows || (rows > 1 && bytes > kBytes)) {
      beyond = query.Integer(0);
    }
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return beyond;
}

/// The row at hand of a query for digest, size and body.
Result<KeptEvidence> ReadRow(Statement& query, const std::string& incident,
                             const Digester& digest) {
  if (!query.Next()) {
    if (Result<void> status = query.status(); !status.ok()) {
      return status.error();
    }
    return Error{Code::kNotFound, "no evidence of incident " + incident};
  }
  const Result<std::string> text = Inflate(query.Text(2), query.Integer(1));
  if (!text.ok()) return text.error();
  if (digest(*text) != query.Text(0)) {
    return Error{Code::kDataLoss, "stored evidence: not what was digested"};
  }
  return ParseStoredEvidence(*text);
}

}  // namespace

Result<EvidenceRow> RowOf(const KeptEvidence& evidence,
                          const Digester& digest) {
  const std::string text = StoredEvidenceJson(evidence);
  EvidenceRow row{evidence.window.at, digest(text), text.size(), "",
                  evidence.judged.has_value()};
  uLongf length = compressBound(text.size());
  row.body.resize(length);
  const int code = compress2(reinterpret_cast<Bytef*>(row.body.data()), &length,
                             reinterpret_cast<const Bytef*>(text.data()),
                             text.size(), Z_BEST_SPEED);
  if (code != Z_OK) return Error{Code::kInternal, "zlib: can't compress"};
  row.body.resize(length);
  return row;
}

Result<void> InsertEvidence(Connection& db, const std::string& incident,
                            const EvidenceRow& row) {
  Result<long long> done = db.Run(
      "INSERT INTO evidence(incident, at, digest, size, body, judged)"
      " VALUES(?,?,?,?,?,?)",
      incident, row.at, row.digest, static_cast<long long>(row.size),
      Blob{row.body}, static_cast<long long>(row.judged));
  if (!done.ok()) return done.error().With("keep evidence");
  const Result<long long> beyond = FirstBeyond(db, incident);
  if (!beyond.ok()) return beyond.error();
  done = db.Run(
      "DELETE FROM evidence WHERE incident = ? AND row <= ? AND judged = 1",
      incident, *beyond);
  if (done.ok()) {
    done = db.Run(
        "DELETE FROM evidence WHERE incident = ?1 AND judged = 0 AND row <"
        " (SELECT max(row) FROM evidence WHERE incident = ?1)",
        incident);
  }
  if (!done.ok()) return done.error().With("drop old evidence");
  return {};
}

Result<IncidentEvidence> EvidenceToShow(Connection& db,
                                        const std::string& incident,
                                        const Digester& digest) {
  Statement newest = db.Query(
      "SELECT digest, size, body FROM evidence WHERE incident = ?"
      " ORDER BY row DESC LIMIT 1",
      incident);
  Result<KeptEvidence> last = ReadRow(newest, incident, digest);
  if (!last.ok()) return last.error();
  if (last->judged) return IncidentEvidence{std::move(*last), std::nullopt};
  Statement judged = db.Query(
      "SELECT digest, size, body FROM evidence WHERE incident = ? AND judged = "
      "1"
      " ORDER BY row DESC LIMIT 1",
      incident);
  Result<KeptEvidence> shown = ReadRow(judged, incident, digest);
  if (shown.ok()) {
    return IncidentEvidence{std::move(*shown), std::move(last->window)};
  }
  if (shown.error().code != Code::kNotFound) return shown.error();
  return IncidentEvidence{std::move(*last), std::nullopt};
}

Result<KeptEvidence> FindEvidence(Connection& db, const std::string& incident,
                                  const std::string& sha256,
                                  const Digester& digest) {
  Statement query = db.Query(
      "SELECT digest, size, body FROM evidence"
      " WHERE incident = ? AND digest = ? ORDER BY row LIMIT 1",
      incident, sha256);
  return ReadRow(query, incident, digest);
}

}  // namespace selfheal::sql
