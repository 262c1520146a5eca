#include "flow/notice_of.h"

#include <cmath>
#include <utility>

#include "core/duration.h"

namespace selfheal {
namespace {

constexpr std::size_t kMaxAlerts = 3;

/// "SelfhealMemoryLeak since 2026-..., and 2 more".
std::string FiredOf(const Incident& incident) {
  if (incident.from_watch && incident.alerts.empty()) {
    return "no alert: found by the watch of rule " + incident.rule;
  }
  std::string text;
  for (std::size_t i = 0; i < incident.alerts.size(); ++i) {
    if (i == kMaxAlerts) {
      return text + ", and " + std::to_string(incident.alerts.size() - i) +
             " more";
    }
    const IncidentAlert& alert = incident.alerts[i];
    text += (i == 0 ? "" : ", ") + alert.alertname +
            (alert.firing ? " since " : " resolved, since ") +
            FormatTime(alert.starts_at);
  }
  return text;
}

/// "memory: 78 % within the horizon, in 12m (9m to 16m)", or "".
std::string ForecastOf(const Incident& incident) {
  if (!incident.assessment || !incident.assessment->forecast) return "";
  const Forecast& forecast = *incident.assessment->forecast;
  if (forecast.outcome == Judgement::kInconclusive) return forecast.reason;
  std::string text = forecast.component + ": " +
                     std::to_string(std::lround(100 * forecast.probability)) +
                     " % to reach its limit within the horizon";
  if (forecast.eta) {
    text += ", in " + FormatDuration(*forecast.eta) + " (" +
            FormatDuration(*forecast.eta_low) + " to " +
            FormatDuration(*forecast.eta_high) + ")";
  }
  return text;
}

std::string PlanOf(const Plan& plan) {
  return plan.change.summary + " (runbook " + plan.runbook + ", step " +
         std::to_string(plan.step + 1) + " of " +
         std::to_string(plan.steps.size()) + ", risk " +
         std::string(RiskName(plan.risk)) + ", plan " +
         plan.hash.substr(0, 12) + ")";
}

/// What is not a plain yes, and how many guards said that.
std::string GuardsOf(const Verdict& verdict) {
  std::string text;
  std::size_t allowed = 0;
  for (const Finding& finding : verdict.findings) {
    if (finding.outcome == FindingOutcome::kAllow) {
      ++allowed;
      continue;
    }
    text += (text.empty() ? "" : "; ") + finding.guard + ": " + finding.reason;
  }
  return text + (text.empty() ? "" : "; ") + std::to_string(allowed) + " of " +
         std::to_string(verdict.findings.size()) + " allow it";
}

/// "until 12:03 at the earliest; ...", where it is held back, or "".
std::string WaitOf(const Incident& incident) {
  if (!incident.next_at || !incident.reason.starts_with("waits: ")) return "";
  std::string text =
      "until " + FormatTime(*incident.next_at) + " at the earliest";
  if (incident.wait_deadline) {
    text += "; a person is asked to look if it may not act by " +
            FormatTime(*incident.wait_deadline);
  }
  return text;
}

void AddFact(std::string name, std::string text, Notice& notice) {
  if (text.empty()) return;
  notice.facts.push_back({std::move(name), std::move(text)});
}

void AddFacts(const Incident& incident, Notice& notice) {
  AddFact("Fired", FiredOf(incident), notice);
  if (incident.assessment) {
    AddFact("Evidence", EvidenceOf(incident), notice);
    AddFact("Forecast", ForecastOf(incident), notice);
  }
  if (incident.plan) {
    AddFact("Plan", PlanOf(*incident.plan), notice);
    AddFact("Blast radius", incident.plan->change.blast_radius, notice);
  }
  if (incident.verdict) AddFact("Guards", GuardsOf(*incident.verdict), notice);
  if (incident.approval) {
    AddFact("Approval", StandingOf(*incident.approval), notice);
  }
  // What a question waits for, its approval says.
  if (incident.phase == Phase::kAwaitingApproval) return;
  AddFact("Now", incident.reason, notice);
  AddFact("Waits", WaitOf(incident), notice);
}

}  // namespace

std::string StandingOf(const Approval& approval) {
  switch (approval.state) {
    case ApprovalState::kPending:
      return WaitsFor(approval) + "; ends at " +
             FormatTime(approval.expires_at);
    case ApprovalState::kGranted:
    case ApprovalState::kConsumed:
      return "granted by " + approval.decided_by;
    case ApprovalState::kDenied:
      return "denied by " + approval.decided_by;
    case ApprovalState::kExpired:
      return "nobody answered in time";
  }
  return "";
}

std::string EvidenceOf(const Incident& incident) {
  const auto& assessment = incident.assessment;
  if (!assessment || assessment->reasons.empty()) return "no assessment";
  const std::string& confirmed = assessment->reasons.front();
  if (!incident.plan || !incident.plan->cause) return confirmed;
  const CauseFinding& cause = *incident.plan->cause;
  return confirmed + "; " + std::string(CauseName(cause.cause)) + ": " +
         cause.reason;
}

Notice NoticeOf(const Incident& incident, std::vector<std::string> lines) {
  std::string severity = "info";
  if (incident.phase == Phase::kEscalated) severity = "critical";
  if (incident.phase == Phase::kAwaitingApproval) severity = "warning";
  Notice notice{.incident_id = incident.id,
                .title = std::string(IncidentTypeName(incident.type)) + " of " +
                         ToString(incident.target) + ": " +
                         std::string(PhaseName(incident.phase)),
                .lines = std::move(lines),
                .severity = severity};
  AddFacts(incident, notice);
  if (incident.phase != Phase::kAwaitingApproval || !incident.plan ||
      !incident.approval ||
      incident.approval->state != ApprovalState::kPending) {
    return notice;
  }
  const Approval& approval = *incident.approval;
  notice.question = {.plan_hash = approval.plan_hash,
                     .target_uid = approval.target_uid,
                     .generation = approval.generation,
                     .asked_at = approval.asked_at,
                     .expires_at = approval.expires_at,
                     .risk = incident.plan->risk,
                     .change = incident.plan->change.summary};
  return notice;
}

}  // namespace selfheal
