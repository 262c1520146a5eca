#include <algorithm>

#include "execute/steps.h"
#include "flow/incident_flow.h"
#include "guard/guards.h"

namespace selfheal {
namespace {

/// How long a source that does not answer is asked again: before anything was
/// done, and in the middle of a step.
constexpr seconds kPatience{45};
constexpr seconds kPatienceInStep{600};
constexpr seconds kRetryPause{3};

/// True where the last two ended actions failed.
bool TwoFailed(std::vector<ActionRow> rows, const std::string& current) {
  std::erase_if(rows, [&](const ActionRow& row) {
    return !row.finished_at || row.action_id == current ||
           row.result == ActionResult::kCancelled;
  });
  if (rows.empty()) return false;
  const auto last = std::max_element(
      rows.begin(), rows.end(), [](const ActionRow& a, const ActionRow& b) {
        return *a.finished_at < *b.finished_at;
      });
  return last->result == ActionResult::kFailed;
}

}  // namespace

NextLook IncidentFlow::Close(IncidentRun& run, Phase phase,
                             const std::string& reason) {
  // No incident ends while its action holds the budgets.
  if (!run.ends_action()) {
    run.EndAction(run.incident().plan && HasEffect(run.incident())
                      ? ActionResult::kFailed
                      : ActionResult::kCancelled);
  }
  run.MoveTo(phase, reason);
  run.Mark(Stage::kRecord, PhaseLabel(phase), reason);
  run.Say({reason});
  if (auto saved = run.Save(); !saved.ok()) return saved.error();
  return std::optional<Time>();
}

NextLook IncidentFlow::WaitUntil(IncidentRun& run, Time when,
                                 const std::string& reason) {
  run.incident().next_at = when;
  run.incident().reason = reason;
  if (auto saved = run.Save(); !saved.ok()) return saved.error();
  return std::optional<Time>(when);
}

NextLook IncidentFlow::RetryLater(IncidentRun& run, Stage stage,
                                  const Error& error) {
  Incident& incident = run.incident();
  const bool in_step = incident.phase == Phase::kExecuting;
  if (!incident.retry_deadline) {
    incident.retry_deadline =
        run.now() + (in_step ? kPatienceInStep : kPatience);
  }
  run.Mark(stage, "unavailable", error.message);
  if (Retryable(error.code) && run.now() < *incident.retry_deadline) {
    return WaitUntil(run, run.now() + kRetryPause, error.message);
  }
  if (in_step) {
    run.EndAction(ActionResult::kFailed);
    TripBreakers(run, ActionResult::kFailed);
  }
  return Close(run, Phase::kEscalated, error.message);
}

void IncidentFlow::TripBreakers(const IncidentRun& run, ActionResult result) {
  const Incident& incident = run.incident();
  const Time now = run.now();
  const BreakerRow row{.scope = incident.plan->runbook,
                       .opened_at = now,
                       .reason = "incident " + incident.id + " ended " +
                                 std::string(ActionResultName(result)),
                       .closes_at = now + ports_.config.guards.storm.quiet};
  auto opened = ports_.history.SetBreaker({row.scope, row, "selfheal"});
  if (opened.ok() && result == ActionResult::kFailed) {
    const auto state = ports_.history.Recent(now);
    if (state.ok() && TwoFailed(state->actions, incident.progress.action_id)) {
      // As any storm: the first trip of a day closes after a quiet time.
      const BreakerRow global =
          guard::StormBreaker(ports_.config.guards.storm, *state,
                              "two actions in a row failed", now);
      opened = ports_.history.SetBreaker({global.scope, global, "storm"});
    }
  }
  if (!opened.ok()) {
    ports_.log.Error("breaker not opened", {{"incident", incident.id},
                                            {"error", opened.error().message}});
  }
}

}  // namespace selfheal
