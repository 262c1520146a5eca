#include <algorithm>

#include "execute/steps.h"
#include "flow/incident_flow.h"

namespace selfheal {
namespace {

/// Incidents of one target that are no further apart may be one trouble.
constexpr std::chrono::hours kTogether{1};
/// How often one that gives way looks whether it still has to.
constexpr seconds kLookAgain{15};

/// True where it has a plan that is asked about, carried out or verified.
bool HasPlanUnderWay(const Incident& incident) {
  switch (incident.phase) {
    case Phase::kAwaitingApproval:
    case Phase::kExecuting:
    case Phase::kVerifying:
      return true;
    case Phase::kOpen:
      return incident.step > 0;  // Between two steps.
    case Phase::kMitigated:
    case Phase::kDismissed:
    case Phase::kEscalated:
    case Phase::kCancelled:
      return false;
  }
  return false;
}

std::string NameOf(const Incident& incident) {
  return "incident " + incident.id + " (" +
         std::string(IncidentTypeName(incident.type)) + ") of the same target";
}

/// True where both would do the very same to the very same state.
bool IsSameChange(const Plan& a, const Plan& b) {
  const auto kind = [](const Plan& plan) {
    return ActionName(
        plan.steps.at(static_cast<std::size_t>(plan.step)).action);
  };
  return kind(a) == kind(b) && a.change.object == b.change.object &&
         a.change.uid == b.change.uid &&
         a.change.generation == b.change.generation &&
         a.change.to == b.change.to && a.change.to_max == b.change.to_max &&
         a.change.to_value == b.change.to_value;
}

/// When evidence that is `look_back` long shows nothing any more of the time
/// before `other` acted; empty where it does not concern `incident`.
std::optional<Time> ShowsOf(const Incident& incident, const Incident& other,
                            seconds look_back) {
  if (!other.closed_at || *other.closed_at <= incident.opened_at ||
      !other.plan || !HasEffect(other)) {
    return std::nullopt;
  }
  return *other.closed_at + look_back;
}

}  // namespace

/// One bad revision is a crash loop, a rollout that is stuck and more: the
/// first that has a plan goes on alone. The others are judged again when it
/// has ended, from evidence of the time since.
IncidentFlow::Ended IncidentFlow::GiveWay(IncidentRun& run, const Rule& rule) {
  Incident& incident = run.incident();
  if (HasPlanUnderWay(incident)) return std::nullopt;
  const auto all =
      ports_.links.OfTarget(incident.target, incident.opened_at - kTogether);
  if (!all.ok()) return all.error();
  for (const Incident& other : *all) {
    if (other.id == incident.id) continue;
    std::optional<Time> until = ShowsOf(incident, other, rule.look_back);
    std::string why = "waits: " + NameOf(other);
    if (HasPlanUnderWay(other)) {
      until = run.now() + kLookAgain;
      why += " goes first: " + other.plan->change.summary;
    } else if (until && run.now() < *until) {
      why += " has acted: its queries look back " +
             std::to_string(rule.look_back.count()) + " s";
    } else {
      continue;
    }
    if (why != incident.reason) {
      run.Mark(Stage::kCorrelate, "held", why, {{"by", other.id}});
    }
    run.ShowWait(why);
    return WaitUntil(run, *until, why);
  }
  return std::nullopt;
}

/// A no stands for an hour; no answer at all only for those that were there
/// when the question was.
IncidentFlow::Ended IncidentFlow::HearAnswer(IncidentRun& run) {
  const Incident& incident = run.incident();
  const auto all =
      ports_.links.OfTarget(incident.target, incident.opened_at - kTogether);
  if (!all.ok()) return all.error();
  for (const Incident& other : *all) {
    if (other.id == incident.id || !other.plan || !other.approval ||
        !other.closed_at || !IsSameChange(*other.plan, *incident.plan)) {
      continue;
    }
    const std::string asked = " when " + NameOf(other) + " asked for the same";
    if (other.approval->state == ApprovalState::kDenied &&
        run.now() < *other.closed_at + kTogether) {
      return Close(run, Phase::kCancelled,
                   "denied by " + other.approval->decided_by + asked);
    }
    if (other.approval->state == ApprovalState::kExpired &&
        other.approval->expires_at <= *other.closed_at &&
        incident.opened_at < *other.closed_at) {
      return Close(run, Phase::kEscalated, "nobody approved in time" + asked);
    }
  }
  return std::nullopt;
}

}  // namespace selfheal
