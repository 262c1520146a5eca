#include "adapters/sql/audited_decisions.h"

#include <algorithm>

#include "adapters/sql/audit_verify.h"
#include "adapters/sql/evidence_rows.h"
#include "codec/audit_json.h"
#include "codec/names.h"

namespace selfheal {
namespace {

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
  sql::Statement query = db.Query(
      "SELECT seq, at, incident, stage, outcome, reason, data FROM audit"
      " WHERE (stage = 'assess' OR stage = 'guard' AND outcome IN"
      "   ('allow', 'needs_approval', 'deny')"
      "  OR stage = 'verify' AND outcome IN"
      "   ('mitigated', 'not_mitigated', 'inconclusive'))"
      " AND (?1 = '' OR incident = ?1) ORDER BY seq",
      incident);
  while (query.Next()) {
    Result<Fields> data = ParseFields(query.Text(6));
    if (!data.ok()) {
      return data.error().With("audit row " + std::to_string(query.Integer(0)));
    }
    const Stage stage = *ParseStage(query.Text(3));
    const AuditRecord record{
        query.Integer(0), query.At(1),   query.Text(2),   stage,
        query.Text(4),    query.Text(5), *std::move(data)};
    visit({record, stage == Stage::kAssess
                       ? KeptOf(db, record, digester)
                       : Error{Code::kNotFound, "its row has all of it"}});
  }
  return query.status();
}

}  // namespace selfheal
