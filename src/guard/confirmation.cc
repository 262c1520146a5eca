#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// What authorises an action on `incident`, or "". Never a model.
std::string Signal(const GuardInput& input) {
  const GuardRequest& request = input.request;
  for (const IncidentAlert& alert : request.incident->alerts) {
    if (alert.firing && !alert.fingerprint.empty()) {
      return "alert " + alert.alertname + " fires";
    }
  }
  const Rule* rule = request.rule;
  if (!request.incident->from_watch || rule == nullptr || !rule->watch ||
      !request.gate_seen) {
    return "";
  }
  const Duration limit =
      rule->step *
      static_cast<long long>(input.policy.guards.max_evidence_age_steps);
  const bool fresh = *request.gate_seen > input.now - limit &&
                     *request.gate_seen <= input.now + seconds(30);
  return fresh ? "the watch of rule " + rule->name + " names the target" : "";
}

/// A child goes on only where the canary was found well.
Finding CheckChild(const GuardInput& input) {
  const GuardRequest& request = input.request;
  const bool after_canary =
      request.purpose.kind == ActionKind::kRollingRestart &&
      std::holds_alternative<SetRestartedAt>(request.mutation) &&
      request.plan != nullptr && !request.plan->change.canaries.empty();
  if (!after_canary) return Allow("it belongs to a confirmed action");
  const std::optional<Judgement>& canary = request.incident->progress.canary;
  if (canary == Judgement::kNotConfirmed) return Allow("the canary is well");
  return Deny("the canary was not found well");
}

}  // namespace

Finding GuardConfirmation(const GuardInput& input) {
  const GuardRequest& request = input.request;
  if (request.incident == nullptr) return Deny("there is no incident");
  if (input.undo()) return Allow("an undo takes back our own action");
  const auto& assessment = request.incident->assessment;
  if (!assessment) return Deny("nothing was assessed");
  if (assessment->outcome != Judgement::kConfirmed) {
    return Deny("the assessment is " +
                std::string(JudgementName(assessment->outcome)));
  }
  if (input.child()) return CheckChild(input);
  if (request.evidence == nullptr || !request.assessed_at ||
      *request.assessed_at != request.evidence->at) {
    return Deny("the assessment is not of this evidence");
  }
  std::string signal = Signal(input);
  if (signal.empty()) {
    return Deny("neither an alert nor the watch says so now");
  }
  return Allow("confirmed, and " + signal);
}

}  // namespace selfheal::guard
