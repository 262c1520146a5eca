#include "adapters/sql/audit_chain.h"

#include "codec/audit_json.h"
#include "codec/names.h"

namespace selfheal::sql {

std::string ChainSeed() { return std::string(64, '0'); }

std::string ChainHash(const Digester& digest, const std::string& previous,
                      std::string_view line) {
  std::string text = previous;
  text += line;
  return digest(text);
}

Result<void> AuditChain::Load(Connection& db) {
  head_ = {0, ChainSeed()};
  return Follow(db);
}

Result<void> AuditChain::Follow(Connection& db) {
  Statement query =
      db.Query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
  if (query.Next() && query.Integer(0) > head_.seq) {
    head_ = {query.Integer(0), query.Text(1)};
  }
  return query.status();
}

Result<void> AuditChain::Append(Connection& db,
                                std::span<const AuditRecord> records) {
  for (const AuditRecord& record : records) {
    if (Result<void> done = AppendOne(db, record); !done.ok()) return done;
  }
  return {};
}

Result<void> AuditChain::AppendOne(Connection& db, const AuditRecord& record) {
  AuditRecord row = record;
  row.seq = head_.seq + 1;
  const std::string data = FieldsJson(record.data);
  const std::string hash =
      ChainHash(digest_, head_.hash, CanonicalAuditLine(row, data));
  const Result<long long> done = db.Run(
      "INSERT INTO audit(seq, at, incident, stage, outcome, reason, data,"
      " previous, hash) VALUES(?,?,?,?,?,?,?,?,?)",
      row.seq, row.at, row.incident_id, StageName(row.stage), row.outcome,
      row.reason, data, head_.hash, hash);
  if (!done.ok()) return done.error().With("append to the audit");
  head_ = {row.seq, hash};
  return {};
}

Result<void> AuditChain::SaveHead(Connection& db) {
  const Result<long long> done = db.Run(
      "INSERT INTO audit_head(one, seq, hash) VALUES(1,?,?)"
      " ON CONFLICT(one) DO UPDATE SET seq = excluded.seq, hash = "
      "excluded.hash",
      head_.seq, head_.hash);
  if (!done.ok()) return done.error();
  return {};
}

Result<std::vector<AuditRecord>> FindRecords(Connection& db,
                                             const std::string& incident_id) {
  Statement query = db.Query(
      "SELECT seq, at, stage, outcome, reason, data FROM audit"
      " WHERE incident = ? ORDER BY seq",
      incident_id);
  std::vector<AuditRecord> out;
  while (query.Next()) {
    const auto stage = ParseStage(query.Text(2));
    Result<Fields> data = ParseFields(query.Text(5));
    if (!stage || !data.ok()) {
      return Error{
          Code::kDataLoss,
          "audit row " + std::to_string(query.Integer(0)) + " can't be read"};
    }
    out.push_back({query.Integer(0), query.At(1), incident_id, *stage,
                   query.Text(3), query.Text(4), std::move(*data)});
  }
  if (Result<void> status = query.status(); !status.ok()) {
    return status.error();
  }
  return out;
}

}  // namespace selfheal::sql
