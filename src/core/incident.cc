#include "core/incident.h"

#include <algorithm>
#include <array>
#include <set>

namespace selfheal {
namespace {

struct PhaseText {
  Phase phase;
  std::string_view name;
  std::string_view label;
};

constexpr std::array<PhaseText, 8> kPhases = {{
    {Phase::kOpen, "Open", "open"},
    {Phase::kAwaitingApproval, "AwaitingApproval", "awaiting_approval"},
    {Phase::kExecuting, "Executing", "executing"},
    {Phase::kVerifying, "Verifying", "verifying"},
    {Phase::kMitigated, "Mitigated", "mitigated"},
    {Phase::kDismissed, "Dismissed", "dismissed"},
    {Phase::kEscalated, "Escalated", "escalated"},
    {Phase::kCancelled, "Cancelled", "cancelled"},
}};

}  // namespace

std::string_view PhaseName(Phase phase) {
  return kPhases[static_cast<std::size_t>(phase)].name;
}

std::string_view PhaseLabel(Phase phase) {
  return kPhases[static_cast<std::size_t>(phase)].label;
}

std::optional<Phase> ParsePhase(std::string_view camel_case) {
  for (const PhaseText& text : kPhases) {
    if (text.name == camel_case) return text.phase;
  }
  return std::nullopt;
}

bool IsTerminal(Phase phase) {
  switch (phase) {
    case Phase::kOpen:
    case Phase::kAwaitingApproval:
    case Phase::kExecuting:
    case Phase::kVerifying:
      return false;
    case Phase::kMitigated:
    case Phase::kDismissed:
    case Phase::kEscalated:
    case Phase::kCancelled:
      return true;
  }
  return true;
}

std::string_view ApprovalStateName(ApprovalState state) {
  switch (state) {
    case ApprovalState::kPending:
      return "pending";
    case ApprovalState::kGranted:
      return "granted";
    case ApprovalState::kDenied:
      return "denied";
    case ApprovalState::kExpired:
      return "expired";
    case ApprovalState::kConsumed:
      return "consumed";
  }
  return "expired";
}

int LackingPeople(const Approval& approval, int people) {
  std::set<std::string_view> names;
  for (const ApprovalGrant& grant : approval.grants) {
    if (!grant.by.empty()) names.insert(grant.by);
  }
  return std::max(0, people - static_cast<int>(names.size()));
}

std::string WaitsFor(const Approval& approval) {
  if (approval.people == 1) return "waits for approval";
  if (approval.grants.empty()) {
    return "waits for approval by " + std::to_string(approval.people) +
           " different people";
  }
  return "waits for approval by " +
         std::to_string(LackingPeople(approval, approval.people)) +
         " more; granted by " + GrantedBy(approval);
}

std::string GrantedBy(const Approval& approval) {
  std::string names;
  for (const ApprovalGrant& grant : approval.grants) {
    names += (names.empty() ? "" : ", ") + grant.by;
  }
  return names;
}

bool IsFiring(const Incident& incident) {
  return incident.from_watch ||
         std::any_of(incident.alerts.begin(), incident.alerts.end(),
                     [](const IncidentAlert& alert) { return alert.firing; });
}

}  // namespace selfheal
