#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/alert.h"
#include "flow/flow_observer.h"

namespace selfheal::telemetry {

/// The product's own metrics, in Prometheus' text format. Thread-safe.
///
/// Families and label values are made once, at zero; nothing of an alert, a
/// pod or a query ever becomes a label value.
class Metrics final : public FlowObserver {
 public:
  /// @param guards    names of all guards.
  /// @param runbooks  names of the loaded runbooks: scopes of breakers.
  Metrics(std::string_view version, const std::vector<std::string>& guards,
          const std::vector<std::string>& runbooks);
  ~Metrics() override;

  void OnStage(Stage stage, std::string_view outcome,
               Duration duration) override;
  void OnPhase(const Incident& incident, std::optional<Phase> before) override;
  void OnAssessment(const Assessment& assessment) override;
  void OnVerdict(const Verdict& verdict) override;
  void OnAction(ActionKind kind, ExecutionOutcome outcome) override;
  void OnVerification(VerificationOutcome outcome) override;
  void OnApproval(ApprovalState state) override;
  void OnMissed(std::size_t episodes) override;
  void OnDependency(std::string_view dependency, bool up) override;

  /// A webhook request was answered.
  void WebhookAnswered(int status);
  /// A payload was refused as a whole.
  void PayloadRefused();
  /// A group was stored: its alerts by status, what was rejected and cut off.
  void GroupReceived(const AlertGroup& group);

  void SetQueueDepth(std::size_t keys);
  void SetKillSwitch(bool on);
  void SetBlind(bool blind);
  void SetClockSkew(Duration skew);
  void SetAuditIntact(bool intact);
  /// Scopes that are open; every other known scope is closed.
  void SetOpenBreakers(const std::vector<std::string>& scopes);
  /// Runbooks of the set in force; each has its gauges from here on.
  void KnowRunbooks(const std::vector<std::string>& runbooks);
  /// Of the known runbooks, those that lack a right.
  void SetOffRunbooks(const std::set<std::string>& runbooks);

  /// Everything, as /metrics serves it.
  std::string Text();

 private:
  struct Families;

  std::unique_ptr<Families> families_;
};

}  // namespace selfheal::telemetry
