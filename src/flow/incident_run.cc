#include "flow/incident_run.h"

#include <utility>

#include "flow/notice_of.h"

namespace selfheal {

IncidentRun::IncidentRun(const FlowPorts& ports, Incident incident)
    : ports_(ports),
      incident_(std::move(incident)),
      saved_phase_(incident_.phase),
      saved_reason_(incident_.reason),
      mark_(ports.clock.SteadyNow()) {}

void IncidentRun::Mark(Stage stage, std::string_view outcome,
                       std::string reason, Fields data) {
  const SteadyTime now = ports_.clock.SteadyNow();
  ports_.observer.OnStage(stage, outcome, now - mark_);
  mark_ = now;
  Fields fields = {{"incident", incident_.id},
                   {"stage", std::string(StageName(stage))},
                   {"outcome", std::string(outcome)},
                   {"target", ToString(incident_.target)},
                   {"reason", reason}};
  ports_.log.Info("incident stage", fields);
  records_.push_back(AuditRecord{.seq = 0,
                                 .at = ports_.clock.Now(),
                                 .incident_id = incident_.id,
                                 .stage = stage,
                                 .outcome = std::string(outcome),
                                 .reason = std::move(reason),
                                 .data = std::move(data)});
}

void IncidentRun::Keep(EvidenceWindow evidence) {
  evidence_ = KeptEvidence{std::move(evidence), std::nullopt};
  evidence_saved_ = false;
}

void IncidentRun::KeepJudged(const ConfirmSpec& options,
                             const Assessment& assessment) {
  evidence_->judged = Judged{options, assessment};
}

void IncidentRun::EndAction(ActionResult result) {
  if (incident_.progress.action_id.empty()) return;
  action_end_ =
      ActionEnd{.action_id = incident_.progress.action_id, .result = result};
}

Result<void> IncidentRun::Save() {
  const IncidentUpdate update{.incident = &incident_,
                              .records = records_,
                              .evidence = unsaved_evidence(),
                              .alert_rows = {},
                              .outcomes = outcomes_,
                              .action_end = action_end_};
  auto saved = ports_.incidents.Save(update);
  ports_.observer.OnDependency("store", saved.ok());
  if (!saved.ok()) {
    ports_.log.Error("incident not saved", {{"incident", incident_.id},
                                            {"error", saved.error().message}});
    return saved.error();
  }
  records_.clear();
  evidence_saved_ = true;
  outcomes_.clear();
  action_end_.reset();
  TellPeople();
  return {};
}

void IncidentRun::WrittenWithIntent() {
  records_.clear();
  evidence_saved_ = true;
  TellPeople();
}

void IncidentRun::TellPeople() {
  const bool moved = incident_.phase != saved_phase_;
  if (moved) ports_.observer.OnPhase(incident_, saved_phase_);
  saved_phase_ = incident_.phase;
  saved_reason_ = incident_.reason;
  const bool news = moved || shows_ || !said_.empty();
  if (incident_.phase != Phase::kDismissed && news) {
    ports_.notifier.Notify(NoticeOf(incident_, std::move(said_)));
  }
  said_.clear();
  shows_ = false;
}

void IncidentRun::MoveTo(Phase phase, std::string reason) {
  incident_.phase = phase;
  incident_.reason = std::move(reason);
  incident_.next_at.reset();
  if (IsTerminal(phase)) incident_.closed_at = now();
}

}  // namespace selfheal
