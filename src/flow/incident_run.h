#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/incident.h"
#include "core/kept_evidence.h"
#include "core/record.h"
#include "correlate/incident_store.h"
#include "flow/flow_ports.h"

namespace selfheal {

/// One pass over one incident: its state, and what will be written with it.
///
/// Not thread-safe; lives on the stack of one worker.
class IncidentRun {
 public:
  IncidentRun(const FlowPorts& ports, Incident incident);

  Incident& incident() { return incident_; }
  const Incident& incident() const { return incident_; }
  Time now() const { return ports_.clock.Now(); }

  /// Adds an audit record, tells the observer how long the stage took since
  /// the last mark, and writes a log line with the incident's id.
  void Mark(Stage stage, std::string_view outcome, std::string reason,
            Fields data = {});

  /// The evidence of this pass, kept with the next save.
  void Keep(EvidenceWindow evidence);
  /// Adds to the evidence of this pass. Precondition: there is some.
  EvidenceWindow& more_evidence() { return evidence_->window; }
  /// How the evidence of this pass was judged; kept with it.
  void KeepJudged(const ConfirmSpec& options, const Assessment& assessment);
  const EvidenceWindow* evidence() const {
    return evidence_ ? &evidence_->window : nullptr;
  }

  void AddOutcome(IntentOutcome outcome) {
    outcomes_.push_back(std::move(outcome));
  }
  /// What of an action of many parts waits in this pass: phase -> why.
  std::map<std::string, std::string>& held() { return held_; }
  void EndAction(ActionResult result);
  /// True where the next save ends the action.
  bool ends_action() const { return action_end_.has_value(); }

  /// What no save has taken yet; for RecordIntent.
  std::span<const AuditRecord> records() const { return records_; }
  const KeptEvidence* unsaved_evidence() const {
    return evidence_saved_ ? nullptr : &*evidence_;
  }
  /// RecordIntent has written the incident and its records.
  void WrittenWithIntent();

  /// Writes everything in one transaction, then tells the observer of a new
  /// phase and people of what is new. @error kUnavailable  nothing was written.
  Result<void> Save();

  /// Moves to `phase`; a terminal one gets its closing time.
  void MoveTo(Phase phase, std::string reason);
  /// People are told so once it is saved, unless that dismisses the incident.
  void Say(std::vector<std::string> lines) { said_ = std::move(lines); }
  /// People see once it is saved that it waits, and are sent nothing new for
  /// it; not again while it waits for the same.
  void ShowWait(std::string_view reason) { shows_ = reason != saved_reason_; }

  const FlowPorts& ports() const { return ports_; }

 private:
  void TellPeople();

  const FlowPorts& ports_;
  Incident incident_;
  Phase saved_phase_;
  std::string saved_reason_;
  SteadyTime mark_;
  std::vector<AuditRecord> records_;
  std::vector<std::string> said_;
  bool shows_ = false;
  std::optional<KeptEvidence> evidence_;
  bool evidence_saved_ = true;  ///< There is none that is not.
  std::vector<IntentOutcome> outcomes_;
  std::map<std::string, std::string> held_;
  std::optional<ActionEnd> action_end_;
};

}  // namespace selfheal
