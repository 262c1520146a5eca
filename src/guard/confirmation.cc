#include "core/duration.h"
#include "guard/calm.h"
#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// The watch may be about to look: after a start, or where it looks more
/// seldom than what it saw stays fresh.
constexpr seconds kNextWatch{15};

/// Whether something but a model says so now.
Finding Signal(const GuardInput& input) {
  const GuardRequest& request = input.request;
  for (const IncidentAlert& alert : request.incident->alerts) {
    if (alert.firing && !alert.fingerprint.empty()) {
      return Allow("confirmed, and alert " + alert.alertname + " fires");
    }
  }
  const Rule* rule = request.rule;
  if (!request.incident->from_watch || rule == nullptr || !rule->watch) {
    return Deny("neither an alert nor the watch says so now");
  }
  const Duration limit =
      rule->step *
      static_cast<long long>(input.policy.guards.max_evidence_age_steps);
  const bool fresh = request.gate_seen &&
                     *request.gate_seen > input.now - limit &&
                     *request.gate_seen <= input.now + seconds(30);
  const std::string watch = "the watch of rule " + rule->name;
  return fresh ? Allow("confirmed, and " + watch + " names the target")
               : Wait(watch + " does not name the target now",
                      input.now + kNextWatch);
}

/// Why the rest of a rolling restart must wait for its canary, or "".
std::string CanaryProblem(const GuardRequest& request) {
  const bool rest = request.purpose.kind == ActionKind::kRollingRestart &&
                    std::holds_alternative<SetRestartedAt>(request.mutation);
  const bool planned =
      request.plan != nullptr && !request.plan->change.canaries.empty();
  if (!rest || !planned) return "";
  const std::optional<Judgement>& canary = request.incident->progress.canary;
  return canary == Judgement::kNotConfirmed ? "" : "no canary was found well";
}

/// Whether it was calm long enough to take back a scale-out: the judge may
/// only object.
Finding Calm(const GuardInput& input) {
  const GuardRequest& request = input.request;
  const RunbookStep* step = StepOf(request);
  const auto* back =
      step == nullptr ? nullptr : std::get_if<ScaleIn>(&step->action);
  if (back == nullptr || request.incident->takes_back.empty()) {
    return Deny("it takes back no scale-out of ours");
  }
  for (const IncidentAlert& alert : request.incident->alerts) {
    if (alert.firing) return Deny("alert " + alert.alertname + " fires");
  }
  if (request.incident->assessment->outcome != Judgement::kNotConfirmed) {
    return Deny("the assessment is not that all is well");
  }
  const PlannedChange& change = request.plan->change;
  const std::string problem =
      CalmProblem(*request.evidence, back->calm, CrowdingOf(change));
  return problem.empty() ? Allow("calm for " + FormatDuration(back->calm))
                         : Deny(problem);
}

}  // namespace

Finding GuardConfirmation(const GuardInput& input) {
  const GuardRequest& request = input.request;
  if (request.incident == nullptr) return Deny("there is no incident");
  if (input.undo()) return Allow("an undo takes back our own action");
  const auto& assessment = request.incident->assessment;
  if (!assessment) return Deny("nothing was assessed");
  const bool back = request.purpose.kind == ActionKind::kScaleIn;
  if (assessment->outcome != Judgement::kConfirmed && !back) {
    return Deny("the assessment is " +
                std::string(JudgementName(assessment->outcome)));
  }
  std::string canary = CanaryProblem(request);
  if (!canary.empty()) return Deny(std::move(canary));
  if (input.child()) return Allow("it belongs to a confirmed action");
  if (request.evidence == nullptr || !request.assessed_at ||
      *request.assessed_at != request.evidence->at) {
    return Deny("the assessment is not of this evidence");
  }
  return back ? Calm(input) : Signal(input);
}

}  // namespace selfheal::guard
