#include "codec/incident_json.h"

#include <nlohmann/json.hpp>

#include "codec/names.h"
#include "codec/public_parts.h"

namespace selfheal {
namespace {

using codec::Json;
using codec::Number;
using codec::PublicTime;

Json Target(const Incident& incident) {
  Json out = codec::RefValue(incident.target);
  out["uid"] = incident.target_uid;
  return out;
}

Json Alerts(const Incident& incident) {
  Json out = Json::array();
  for (const IncidentAlert& alert : incident.alerts) {
    out.push_back({{"fingerprint", alert.fingerprint},
                   {"alertname", alert.alertname},
                   {"starts_at", PublicTime(alert.starts_at)},
                   {"status", alert.firing ? "firing" : "resolved"}});
  }
  return out;
}

Json CauseValue(const CauseFinding& finding) {
  return {{"cause", std::string(CauseName(finding.cause))},
          {"reason", finding.reason},
          {"names", codec::Strings(finding.names)}};
}

Json AssessmentValue(const Assessment& assessment) {
  Json factors = Json::array();
  for (const Factor& factor : assessment.factors) {
    factors.push_back({{"metric", factor.metric},
                       {"contribution", Number(factor.contribution)}});
  }
  Json causes = Json::array();
  for (const CauseFinding& finding : assessment.causes) {
    causes.push_back(CauseValue(finding));
  }
  return {{"outcome", std::string(JudgementName(assessment.outcome))},
          {"score", Number(assessment.score)},
          {"confidence", Number(assessment.confidence)},
          {"factors", std::move(factors)},
          {"forecast", codec::PublicForecast(assessment.forecast)},
          {"reasons", codec::Strings(assessment.reasons)},
          {"causes", std::move(causes)}};
}

Json Changes(const Incident& incident) {
  Json out = Json::array();
  for (const SpecChange& change : incident.changes) {
    out.push_back({{"object", ToString(change.object)},
                   {"at", PublicTime(change.at)},
                   {"by", change.by},
                   {"fields", codec::Strings(change.fields)},
                   {"revision", change.revision}});
  }
  return out;
}

Json CauseNames(const std::vector<Cause>& causes) {
  Json out = Json::array();
  for (const Cause cause : causes) {
    out.push_back(std::string(CauseName(cause)));
  }
  return out;
}

Json PlanValue(const Plan& plan) {
  Json steps = Json::array();
  for (const RunbookStep& step : plan.steps) {
    steps.push_back({{"action", std::string(ActionName(step.action))},
                     {"target", ToString(plan.target)},
                     {"when", CauseNames(step.when)}});
  }
  return {{"runbook", plan.runbook},
          {"hash", plan.hash},
          {"risk", std::string(RiskName(plan.risk))},
          {"steps", std::move(steps)},
          {"step", plan.step},
          {"cause", plan.cause ? CauseValue(*plan.cause) : Json()},
          {"change",
           {{"object", ToString(plan.change.object)},
            {"summary", plan.change.summary},
            {"blast_radius", plan.change.blast_radius}}},
          {"expires_at", PublicTime(plan.expires_at)}};
}

Json VerdictValue(const Verdict& verdict) {
  Json findings = Json::array();
  for (const Finding& finding : verdict.findings) {
    findings.push_back({{"guard", finding.guard},
                        {"outcome", std::string(FindingName(finding.outcome))},
                        {"reason", finding.reason}});
  }
  return {{"outcome", std::string(FindingName(verdict.outcome))},
          {"findings", std::move(findings)}};
}

/// The store voids a grant when the incident ends without its use; what people
/// see is that it was granted, unless time ran out first.
ApprovalState SeenState(const Incident& incident, const Approval& approval) {
  const bool voided = approval.state == ApprovalState::kExpired &&
                      !approval.decided_by.empty() && incident.closed_at &&
                      *incident.closed_at < approval.expires_at;
  return voided ? ApprovalState::kGranted : approval.state;
}

Json ApprovalValue(const Incident& incident, const Approval& approval) {
  Json grants = Json::array();
  for (const ApprovalGrant& grant : approval.grants) {
    grants.push_back({{"by", grant.by},
                      {"at", PublicTime(grant.at)},
                      {"reason", grant.reason}});
  }
  return {
      {"state", std::string(ApprovalStateName(SeenState(incident, approval)))},
      {"plan_hash", approval.plan_hash},
      {"asked_at", PublicTime(approval.asked_at)},
      {"expires_at", PublicTime(approval.expires_at)},
      {"decided_by", approval.decided_by},
      {"reason", approval.reason},
      {"people", approval.people},
      {"lacking", LackingPeople(approval, approval.people)},
      {"grants", std::move(grants)}};
}

Json Executions(const Incident& incident) {
  Json out = Json::array();
  for (const Execution& execution : incident.executions) {
    out.push_back(
        {{"step", execution.step},
         {"action", std::string(ActionName(execution.action))},
         {"outcome", execution.outcome
                         ? Json(std::string(OutcomeName(*execution.outcome)))
                         : Json()},
         {"intent_id", execution.intent_id},
         {"at", PublicTime(execution.at)},
         {"phase", execution.phase},
         {"attempt", execution.attempt},
         {"detail", execution.detail}});
  }
  return out;
}

Json VerificationValue(const Verification& verification) {
  return {{"outcome", std::string(VerificationName(verification.outcome))},
          {"reason", verification.reason}};
}

template <typename T, typename Write>
Json Maybe(const std::optional<T>& item, Write write) {
  return item ? write(*item) : Json();
}

Json IncidentValue(const Incident& incident) {
  return {{"id", incident.id},
          {"type", std::string(IncidentTypeName(incident.type))},
          {"phase", std::string(PhaseName(incident.phase))},
          {"reason", incident.reason},
          {"opened_at", PublicTime(incident.opened_at)},
          {"closed_at", PublicTime(incident.closed_at)},
          {"target", Target(incident)},
          {"rule", incident.rule},
          {"from_watch", incident.from_watch},
          {"takes_back",
           incident.takes_back.empty() ? Json() : Json(incident.takes_back)},
          {"alerts", Alerts(incident)},
          {"assessment", Maybe(incident.assessment, AssessmentValue)},
          {"changes", Changes(incident)},
          {"plan", Maybe(incident.plan, PlanValue)},
          {"verdict", Maybe(incident.verdict, VerdictValue)},
          {"approval", incident.approval
                           ? ApprovalValue(incident, *incident.approval)
                           : Json()},
          {"executions", Executions(incident)},
          {"verification", Maybe(incident.verification, VerificationValue)}};
}

}  // namespace

std::string IncidentJson(const Incident& incident) {
  return codec::Dump(IncidentValue(incident));
}

std::string IncidentListJson(const std::vector<Incident>& incidents,
                             const std::string& next) {
  Json items = Json::array();
  for (const Incident& incident : incidents) {
    items.push_back(IncidentValue(incident));
  }
  return codec::Dump({{"items", std::move(items)},
                      {"next", next.empty() ? Json() : Json(next)}});
}

}  // namespace selfheal
