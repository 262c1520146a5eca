#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/incident.h"
#include "core/record.h"

namespace selfheal {

/// Port: keeps telemetry out of the logic. Thread-safe, never throws, never
/// blocks.
class FlowObserver {
 public:
  virtual ~FlowObserver() = default;
  /// A stage took `duration` and ended with `outcome` (audit's word).
  virtual void OnStage(Stage stage, std::string_view outcome,
                       Duration duration) = 0;
  /// An incident moved; `before` is empty for a new one. `incident` is in its
  /// new phase; on a terminal one closed_at - opened_at is its duration.
  virtual void OnPhase(const Incident& incident,
                       std::optional<Phase> before) = 0;
  virtual void OnAssessment(const Assessment& assessment) = 0;
  virtual void OnVerdict(const Verdict& verdict) = 0;
  virtual void OnAction(ActionKind kind, ExecutionOutcome outcome) = 0;
  virtual void OnVerification(VerificationOutcome outcome) = 0;
  virtual void OnApproval(ApprovalState state) = 0;
  /// Episodes that came and went while we were away.
  virtual void OnMissed(std::size_t episodes) = 0;
  /// A dependency ("prometheus", "kubernetes", "store", ...) answered or not.
  virtual void OnDependency(std::string_view dependency, bool up) = 0;
};

}  // namespace selfheal
