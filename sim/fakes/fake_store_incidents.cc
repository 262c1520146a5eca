#include <algorithm>
#include <set>

#include "sim/fakes/fake_store_state.h"

namespace selfheal::testing {
namespace {

using ApprovalRow = FakeStoreState::ApprovalRow;

Error Refused(const std::string& check, const std::string& why) {
  return {Code::kFailedPrecondition, check + ": " + why};
}

std::vector<IncidentAlert> AlertsOf(const FakeStoreState& state,
                                    const std::string& id) {
  std::vector<IncidentAlert> out;
  std::set<std::string> firing;
  for (const AlertStatus status :
       {AlertStatus::kFiring, AlertStatus::kResolved}) {
    for (const auto& row : state.alerts) {
      const Alert& alert = row.stored.alert;
      if (row.stored.incident != id || alert.status != status) continue;
      if (status == AlertStatus::kResolved &&
          firing.count(alert.fingerprint) != 0) {
        continue;
      }
      firing.insert(alert.fingerprint);
      out.push_back({alert.fingerprint, std::string(AlertName(alert)),
                     alert.starts_at, row.burning});
    }
  }
  return out;
}

const ApprovalRow* LastApproval(const FakeStoreState& state,
                                const std::string& id) {
  const ApprovalRow* last = nullptr;
  for (const ApprovalRow& row : state.approvals) {
    if (row.incident == id) last = &row;
  }
  return last;
}

bool Stands(const ApprovalRow& row) {
  return row.approval.state == ApprovalState::kPending ||
         row.approval.state == ApprovalState::kGranted;
}

void TakeBack(FakeStoreState& state, const std::string& id) {
  for (ApprovalRow& row : state.approvals) {
    if (row.incident == id && Stands(row)) {
      row.approval.state = ApprovalState::kExpired;
    }
  }
}

void SaveApproval(FakeStoreState& state, const Incident& incident) {
  const bool finished = IsTerminal(incident.phase);
  if (incident.approval) {
    const Approval& asked = *incident.approval;
    const auto same = [&](const ApprovalRow& row) {
      return row.incident == incident.id &&
             row.approval.plan_hash == asked.plan_hash &&
             row.approval.asked_at == asked.asked_at;
    };
    const auto known =
        std::find_if(state.approvals.begin(), state.approvals.end(), same);
    if (asked.state == ApprovalState::kPending && !finished &&
        known == state.approvals.end()) {
      TakeBack(state, incident.id);
      state.approvals.push_back({incident.id, asked, ""});
    }
    if (asked.state == ApprovalState::kExpired &&
        known != state.approvals.end() && Stands(*known)) {
      known->approval.state = ApprovalState::kExpired;
    }
  }
  if (finished) TakeBack(state, incident.id);
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// What a query's text is looked for in, a line each.
std::string SearchedText(const Incident& incident) {
  std::string text = incident.id + "\n";
  text.append(IncidentTypeName(incident.type)).append("\n");
  text +=
      ToString(incident.target) + "\n" + incident.rule + "\n" + incident.reason;
  for (const IncidentAlert& alert : incident.alerts) {
    text += "\n" + alert.alertname;
  }
  return Lower(text);
}

}  // namespace

bool Fits(const Incident& incident, const IncidentQuery& query) {
  const bool phase = query.phases.empty() ||
                     std::find(query.phases.begin(), query.phases.end(),
                               incident.phase) != query.phases.end();
  return phase && (!query.type || incident.type == *query.type) &&
         (!query.since || incident.opened_at >= *query.since) &&
         (query.ns.empty() || incident.target.ns == query.ns) &&
         SearchedText(incident).find(Lower(query.text)) != std::string::npos;
}

Result<Incident> JoinIncident(const FakeStoreState& state,
                              const std::string& id) {
  const auto found = state.incidents.find(id);
  if (found == state.incidents.end()) {
    return Error{Code::kNotFound, "no incident " + id};
  }
  Incident out = found->second;
  out.alerts = AlertsOf(state, id);
  const ApprovalRow* approval = LastApproval(state, id);
  out.approval.reset();
  if (approval != nullptr) out.approval = approval->approval;
  return out;
}

std::vector<Incident> IncidentsWhere(
    const FakeStoreState& state,
    const std::function<bool(const Incident&)>& wanted) {
  std::vector<Incident> out;
  for (const auto& [id, incident] : state.incidents) {
    if (wanted(incident)) out.push_back(*JoinIncident(state, id));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::pair(a.opened_at, a.id) < std::pair(b.opened_at, b.id);
  });
  return out;
}

Result<void> PutIncident(FakeStoreState& state, const Incident& incident) {
  if (!IsTerminal(incident.phase)) {
    for (const auto& [id, other] : state.incidents) {
      if (id != incident.id && other.target == incident.target &&
          other.type == incident.type && !IsTerminal(other.phase)) {
        return Error{Code::kAlreadyExists,
                     "an unfinished incident of this target and type exists"};
      }
    }
  }
  const auto stored = state.incidents.find(incident.id);
  if (stored != state.incidents.end() && IsTerminal(stored->second.phase) &&
      !IsTerminal(incident.phase)) {
    return Error{Code::kAborted, "the incident has ended meanwhile"};
  }
  state.incidents[incident.id] = incident;
  SaveApproval(state, incident);
  return {};
}

Result<void> DecideApproval(FakeStoreState& state,
                            const ApprovalDecision& decision, Time now) {
  const auto incident = state.incidents.find(decision.incident_id);
  if (incident == state.incidents.end()) {
    return Error{Code::kNotFound, "no incident " + decision.incident_id};
  }
  if (IsTerminal(incident->second.phase)) {
    return Refused("approval", "the incident is closed");
  }
  auto* row =
      const_cast<ApprovalRow*>(LastApproval(state, decision.incident_id));
  if (row == nullptr) return Refused("approval", "nothing was asked");
  Approval& asked = row->approval;
  if (asked.plan_hash != decision.plan_hash) {
    return Refused("approval", "the plan in question is another one");
  }
  if (asked.state != ApprovalState::kPending || asked.expires_at <= now) {
    return Refused("approval", "not pending any more");
  }
  for (const ApprovalGrant& grant : asked.grants) {
    if (decision.grant && grant.by == decision.by) {
      return Refused("approval", decision.by + " has granted it already");
    }
  }
  if (decision.grant) {
    asked.grants.push_back({decision.by, now, decision.reason});
  }
  const bool whole =
      !decision.grant || asked.grants.size() >= std::size_t(asked.people);
  if (whole) {
    asked.state =
        decision.grant ? ApprovalState::kGranted : ApprovalState::kDenied;
    asked.decided_by = decision.grant ? GrantedBy(asked) : decision.by;
    asked.reason = decision.reason;
  }
  const AuditRecord record{0,
                           now,
                           decision.incident_id,
                           Stage::kGuard,
                           !decision.grant ? "denied"
                           : whole         ? "granted"
                                           : "granted_in_part",
                           decision.reason,
                           {{"by", decision.by}}};
  AppendAudit(state, std::span(&record, 1));
  return {};
}

void AppendAudit(FakeStoreState& state, std::span<const AuditRecord> records) {
  for (const AuditRecord& record : records) {
    state.audit.push_back(record);
    state.audit.back().seq = static_cast<long long>(state.audit.size());
  }
}

}  // namespace selfheal::testing
