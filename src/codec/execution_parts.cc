#include <nlohmann/json.hpp>

#include "codec/names.h"
#include "codec/parts.h"

namespace selfheal::codec {

Json StoredVerdict(const Verdict& verdict) {
  Json findings = Json::array();
  for (const Finding& finding : verdict.findings) {
    findings.push_back({{"guard", finding.guard},
                        {"outcome", std::string(FindingName(finding.outcome))},
                        {"reason", finding.reason},
                        {"retry_at", StoredTime(finding.retry_at)}});
  }
  return {{"outcome", std::string(FindingName(verdict.outcome))},
          {"findings", std::move(findings)},
          {"retry_at", StoredTime(verdict.retry_at)},
          {"at", StoredTime(verdict.at)}};
}

Verdict VerdictFrom(const Json& value) {
  const Reader reader(value);
  const std::string outcome = reader.Text("outcome");
  Verdict out;
  out.outcome = Known(ParseFinding(outcome), outcome);
  if (const Json* findings = reader.Member("findings")) {
    for (const Json& item : *findings) {
      const Reader finding(item);
      const std::string found = finding.Text("outcome");
      out.findings.push_back(
          {finding.Text("guard"), Known(ParseFinding(found), found),
           finding.Text("reason"), finding.MaybeAt("retry_at")});
    }
  }
  out.retry_at = reader.MaybeAt("retry_at");
  out.at = reader.At("at");
  return out;
}

Json StoredExecution(const Execution& execution) {
  return {{"step", execution.step},
          {"action", std::string(ActionName(execution.action))},
          {"phase", execution.phase},
          {"attempt", execution.attempt},
          {"action_id", execution.action_id},
          {"intent_id", execution.intent_id},
          {"outcome", execution.outcome
                          ? Json(std::string(OutcomeName(*execution.outcome)))
                          : Json()},
          {"detail", execution.detail},
          {"at", StoredTime(execution.at)}};
}

Execution ExecutionFrom(const Json& value) {
  const Reader reader(value);
  const std::string action = reader.Text("action");
  Execution out;
  out.step = reader.Int("step");
  out.action = Known(ParseActionKind(action), action);
  out.phase = reader.Text("phase");
  out.attempt = reader.Int("attempt");
  out.action_id = reader.Text("action_id");
  out.intent_id = reader.Text("intent_id");
  if (reader.Member("outcome") != nullptr) {
    const std::string outcome = reader.Text("outcome");
    out.outcome = Known(ParseOutcome(outcome), outcome);
  }
  out.detail = reader.Text("detail");
  out.at = reader.At("at");
  return out;
}

}  // namespace selfheal::codec
