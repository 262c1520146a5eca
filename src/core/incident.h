#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/assessment.h"
#include "core/change.h"
#include "core/clock.h"
#include "core/execution.h"
#include "core/incident_type.h"
#include "core/object.h"
#include "core/plan.h"
#include "core/verdict.h"

namespace selfheal {

/// Where an incident stands; the last four are terminal.
enum class Phase {
  kOpen,
  kAwaitingApproval,
  kExecuting,
  kVerifying,
  kMitigated,
  kDismissed,
  kEscalated,
  kCancelled,
};

/// CamelCase, as in JSON: "AwaitingApproval".
std::string_view PhaseName(Phase phase);
/// Lower snake case, as in metrics: "awaiting_approval".
std::string_view PhaseLabel(Phase phase);
std::optional<Phase> ParsePhase(std::string_view camel_case);
bool IsTerminal(Phase phase);

/// An alert as far as an incident needs it.
struct IncidentAlert {
  std::string fingerprint;
  std::string alertname;
  Time starts_at;
  bool firing = true;
};

enum class ApprovalState { kPending, kGranted, kDenied, kExpired, kConsumed };

std::string_view ApprovalStateName(ApprovalState state);

/// One person's yes.
struct ApprovalGrant {
  std::string by;
  Time at;
  std::string reason;
};

/// One question to people, bound to exactly one plan. Its stored row is the
/// truth: people decide it, the flow asks and consumes it.
struct Approval {
  std::string plan_hash;
  std::string target_uid;
  long long generation = 0;
  Time asked_at;
  Time expires_at;
  ApprovalState state = ApprovalState::kPending;
  std::string decided_by;  ///< Who denied, or all who granted.
  std::string reason;
  int people = 1;  ///< How many different people have to grant it.
  std::vector<ApprovalGrant> grants;  ///< In the order in which they came.
};

/// How many of `people` different names the grants lack.
int LackingPeople(const Approval& approval, int people);
/// "waits for approval by 2 different people", as the grants stand.
std::string WaitsFor(const Approval& approval);
/// Whose grants they are: "admin:alice, admin:bob".
std::string GrantedBy(const Approval& approval);

/// How far the current step of the plan has come.
struct StepProgress {
  std::string action_id;  ///< Empty until the first intent of the step.
  Time started_at;        ///< Of the first intent.
  std::optional<Time> canary_ready_at;
  std::optional<Judgement> canary;  ///< kConfirmed = the canary is worse.
  std::optional<Time> finished_at;  ///< The cluster shows the whole effect.
  bool undoing = false;
  std::string failure;  ///< Why the step is being undone, or "".
};

/// One trouble of one target, from its first alert to its end.
struct Incident {
  std::string id;  ///< ULID.
  IncidentType type = IncidentType::kMemoryLeak;
  Phase phase = Phase::kOpen;
  Time opened_at;
  std::optional<Time> closed_at;
  ObjectRef target;
  std::string target_uid;  ///< "" until the target was seen live.
  std::string rule;
  bool from_watch = false;  ///< Found by the watch loop, without an alert.
  /// The incident whose scale-out it takes back; "" = it is a trouble.
  std::string takes_back = {};
  std::vector<IncidentAlert> alerts;  ///< Joined from the alert rows.
  std::optional<Assessment> assessment;
  std::vector<SpecChange> changes;
  int step = 0;  ///< Of its runbook: the one that is next, or under way.
  std::optional<Plan> plan;
  std::optional<Verdict> verdict;
  std::optional<Approval> approval;  ///< Joined from the approval's row.
  std::vector<Execution> executions;
  StepProgress progress;
  std::optional<Verification> verification;
  /// When to look again at the latest; empty = at once.
  std::optional<Time> next_at;
  /// Until when a guard that only waits may hold it.
  std::optional<Time> wait_deadline;
  /// Until when a source that does not answer is asked again.
  std::optional<Time> retry_deadline;
  std::string reason;  ///< Why it stands where it stands, one sentence.
};

/// True where an alert of the incident still fires, or it is from the watch.
bool IsFiring(const Incident& incident);

}  // namespace selfheal
