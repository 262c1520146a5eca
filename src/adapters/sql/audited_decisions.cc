#include "adapters/sql/audited_decisions.h"

#include <algorithm>
#include <limits>

#include "adapters/sql/audit_verify.h"
#include "adapters/sql/evidence_rows.h"
#include "codec/audit_json.h"
#include "codec/names.h"

namespace selfheal {
namespace {

/// Rows that are read at once.
constexpr int kPage = 1000;

/// Columns seq, at, incident, stage, outcome, reason, data.
Result<AuditRecord> RecordOf(const sql::Statement& query) {
  Result<Fields> data = ParseFields(query.Text(6));
  if (!data.ok()) {
    return data.error().With("audit row " + std::to_string(query.Integer(0)));
  }
  return AuditRecord{query.Integer(0), query.At(1),
                     query.Text(2),    *ParseStage(query.Text(3)),
                     query.Text(4),    query.Text(5),
                     *std::move(data)};
}

Result<KeptEvidence> KeptOf(sql::Connection& db, const AuditRecord& record,
                            const Digester& digester) {
  const auto named = std::find_if(
      record.data.begin(), record.data.end(),
      [](const auto& field) { return field.first == "evidence_sha256"; });
  const std::string* digest = named == record.data.end()
                                  ? nullptr
                                  : std::get_if<std::string>(&named->second);
  if (digest == nullptr) {
    return Error{Code::kFailedPrecondition,
                 "no windows were kept with it (an older release)"};
  }
  return sql::FindEvidence(db, record.incident_id, *digest, digester);
}

}  // namespace

Result<void> VisitDecisions(
    sql::Connection& db, const std::string& incident, const Digester& digester,
    const std::function<void(const AuditedDecision&)>& visit) {
  long long after = std::numeric_limits<long long>::min();
  int read = kPage;
  while (read == kPage) {
    read = 0;
    sql::Statement query = db.Query(
        "SELECT seq, at, incident, stage, outcome, reason, data FROM audit"
        " WHERE (stage = 'assess' OR stage = 'guard' AND outcome IN"
        "   ('allow', 'needs_approval', 'deny')"
        "  OR stage = 'verify' AND outcome IN"
        "   ('mitigated', 'not_mitigated', 'inconclusive'))"
        " AND (?1 = '' OR incident = ?1) AND seq > ?2 ORDER BY seq LIMIT ?3",
        incident, after, kPage);
    while (query.Next()) {
      const Result<AuditRecord> record = RecordOf(query);
      if (!record.ok()) return record.error();
      after = record->seq;
      ++read;
      visit({*record, record->stage == Stage::kAssess
                          ? KeptOf(db, *record, digester)
                          : Error{Code::kNotFound, "its row has all of it"}});
    }
    if (Result<void> status = query.status(); !status.ok()) return status;
  }
  return {};
}

}  // namespace selfheal
