#include "codec/stored_incident.h"

#include <nlohmann/json.hpp>

#include "codec/names.h"
#include "codec/parts.h"

namespace selfheal {
namespace {

using codec::Json;
using codec::Known;
using codec::Reader;
using codec::StoredTime;

/// An array of what `write` makes of each item.
template <typename T, typename Write>
Json List(const std::vector<T>& items, Write write) {
  Json out = Json::array();
  for (const T& item : items) out.push_back(write(item));
  return out;
}

template <typename T, typename Write>
Json Maybe(const std::optional<T>& item, Write write) {
  return item ? write(*item) : Json();
}

/// The inverse of List.
template <typename T, typename Read>
void ReadList(const Reader& reader, const char* key, Read read,
              std::vector<T>& out) {
  const Json* member = reader.Member(key);
  if (member == nullptr) return;
  for (const Json& item : *member) out.push_back(read(item));
}

/// The inverse of Maybe.
template <typename T, typename Read>
void ReadMaybe(const Reader& reader, const char* key, Read read,
               std::optional<T>& out) {
  if (const Json* member = reader.Member(key)) out = read(*member);
}

Json StoredAlert(const IncidentAlert& alert) {
  return {{"fingerprint", alert.fingerprint},
          {"alertname", alert.alertname},
          {"starts_at", StoredTime(alert.starts_at)},
          {"firing", alert.firing}};
}

Json StoredGrant(const ApprovalGrant& grant) {
  return {
      {"by", grant.by}, {"at", StoredTime(grant.at)}, {"reason", grant.reason}};
}

ApprovalGrant GrantFrom(const Json& value) {
  const Reader reader(value);
  return {reader.Text("by"), reader.At("at"), reader.Text("reason")};
}

Json StoredApproval(const Approval& approval) {
  return {{"plan_hash", approval.plan_hash},
          {"target_uid", approval.target_uid},
          {"generation", approval.generation},
          {"asked_at", StoredTime(approval.asked_at)},
          {"expires_at", StoredTime(approval.expires_at)},
          {"state", std::string(ApprovalStateName(approval.state))},
          {"decided_by", approval.decided_by},
          {"reason", approval.reason},
          {"people", approval.people},
          {"grants", List(approval.grants, StoredGrant)}};
}

Approval ApprovalFrom(const Json& value) {
  const Reader reader(value);
  const std::string state = reader.Text("state");
  Approval out{
      reader.Text("plan_hash"),     reader.Text("target_uid"),
      reader.Integer("generation"), reader.At("asked_at"),
      reader.At("expires_at"),      Known(ParseApprovalState(state), state),
      reader.Text("decided_by"),    reader.Text("reason"),
      reader.Int("people"),         {}};
  ReadList(reader, "grants", GrantFrom, out.grants);
  return out;
}

Json StoredProgress(const StepProgress& progress) {
  return {{"action_id", progress.action_id},
          {"started_at", StoredTime(progress.started_at)},
          {"canary_ready_at", StoredTime(progress.canary_ready_at)},
          {"canary", progress.canary
                         ? Json(std::string(JudgementName(*progress.canary)))
                         : Json()},
          {"finished_at", StoredTime(progress.finished_at)},
          {"undoing", progress.undoing},
          {"failure", progress.failure}};
}

StepProgress ProgressFrom(const Json& value) {
  const Reader reader(value);
  StepProgress out;
  out.action_id = reader.Text("action_id");
  out.started_at = reader.At("started_at");
  out.canary_ready_at = reader.MaybeAt("canary_ready_at");
  if (reader.Member("canary") != nullptr) {
    const std::string canary = reader.Text("canary");
    out.canary = Known(ParseJudgement(canary), canary);
  }
  out.finished_at = reader.MaybeAt("finished_at");
  out.undoing = reader.Flag("undoing");
  out.failure = reader.Text("failure");
  return out;
}

Json StoredVerification(const Verification& verification) {
  return {{"outcome", std::string(VerificationName(verification.outcome))},
          {"reason", verification.reason},
          {"at", StoredTime(verification.at)}};
}

Verification VerificationFrom(const Json& value) {
  const Reader reader(value);
  const std::string outcome = reader.Text("outcome");
  return {Known(ParseVerification(outcome), outcome), reader.Text("reason"),
          reader.At("at")};
}

IncidentAlert AlertFrom(const Json& value) {
  const Reader reader(value);
  return {reader.Text("fingerprint"), reader.Text("alertname"),
          reader.At("starts_at"), reader.Flag("firing")};
}

void ReadHead(const Reader& reader, Incident& out) {
  const std::string type = reader.Text("type");
  const std::string phase = reader.Text("phase");
  out.id = reader.Text("id");
  out.type = Known(ParseIncidentType(type), type);
  out.phase = Known(ParsePhase(phase), phase);
  out.opened_at = reader.At("opened_at");
  out.closed_at = reader.MaybeAt("closed_at");
  out.target = reader.Ref("target");
  out.target_uid = reader.Text("target_uid");
  out.rule = reader.Text("rule");
  out.from_watch = reader.Flag("from_watch");
  out.takes_back = reader.Text("takes_back");
  out.next_at = reader.MaybeAt("next_at");
  out.wait_deadline = reader.MaybeAt("wait_deadline");
  out.retry_deadline = reader.MaybeAt("retry_deadline");
  out.reason = reader.Text("reason");
}

}  // namespace

std::string StoredIncidentJson(const Incident& incident) {
  const Json out = {
      {"id", incident.id},
      {"type", std::string(IncidentTypeName(incident.type))},
      {"phase", std::string(PhaseName(incident.phase))},
      {"opened_at", StoredTime(incident.opened_at)},
      {"closed_at", StoredTime(incident.closed_at)},
      {"target", codec::RefValue(incident.target)},
      {"target_uid", incident.target_uid},
      {"rule", incident.rule},
      {"from_watch", incident.from_watch},
      {"takes_back", incident.takes_back},
      {"alerts", List(incident.alerts, StoredAlert)},
      {"assessment", Maybe(incident.assessment, codec::StoredAssessment)},
      {"changes", List(incident.changes, codec::StoredChange)},
      {"plan", Maybe(incident.plan, codec::StoredPlan)},
      {"verdict", Maybe(incident.verdict, codec::StoredVerdict)},
      {"approval", Maybe(incident.approval, StoredApproval)},
      {"step", incident.step},
      {"executions", List(incident.executions, codec::StoredExecution)},
      {"progress", StoredProgress(incident.progress)},
      {"verification", Maybe(incident.verification, StoredVerification)},
      {"next_at", StoredTime(incident.next_at)},
      {"wait_deadline", StoredTime(incident.wait_deadline)},
      {"retry_deadline", StoredTime(incident.retry_deadline)},
      {"reason", incident.reason}};
  return codec::Dump(out);
}

Result<Incident> ParseStoredIncident(std::string_view text) {
  try {
    const Json value = codec::Parse(text);
    const Reader reader(value);
    Incident out;
    ReadHead(reader, out);
    ReadList(reader, "alerts", AlertFrom, out.alerts);
    ReadMaybe(reader, "assessment", codec::AssessmentFrom, out.assessment);
    ReadList(reader, "changes", codec::ChangeFrom, out.changes);
    ReadMaybe(reader, "plan", codec::PlanFrom, out.plan);
    ReadMaybe(reader, "verdict", codec::VerdictFrom, out.verdict);
    ReadMaybe(reader, "approval", ApprovalFrom, out.approval);
    out.step = reader.Int("step");
    ReadList(reader, "executions", codec::ExecutionFrom, out.executions);
    if (const Json* progress = reader.Member("progress")) {
      out.progress = ProgressFrom(*progress);
    }
    ReadMaybe(reader, "verification", VerificationFrom, out.verification);
    return out;
  } catch (const std::exception& e) {
    return codec::Unreadable("incident", e);
  }
}

}  // namespace selfheal
