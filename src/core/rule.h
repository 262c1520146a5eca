#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/action.h"
#include "core/assessment.h"
#include "core/cause.h"
#include "core/evidence.h"
#include "core/incident_type.h"
#include "core/labels.h"
#include "core/source_finding.h"

namespace selfheal {

/// What a rule acts on, found from the alert's labels.
enum class TargetMode {
  kPod,          ///< Labels namespace + pod; the pod itself.
  kWorkload,     ///< Owns the pod, has a label, or stands behind `service`.
  kNode,         ///< Label node, or the one node that `instance` names.
  kVolume,       ///< Labels namespace + persistentvolumeclaim.
  kCertificate,  ///< Labels namespace + name of a Certificate.
};

/// One named PromQL query of a rule; it must answer with at most one series.
///
/// The placeholders, filled in by a typed builder, stand in the braces of a
/// selector and outside of quotes:
///  - `$target`: the matchers that select the target's series. For the modes
///    pod and workload `namespace="shop",pod=~"PATTERN"`, where PATTERN takes
///    the pods of the workload, past ones too, so that the history and a
///    replacement pod count; for a node `node="n1"`, for a volume
///    `namespace="shop",persistentvolumeclaim="data"`, for a certificate
///    `namespace="shop",name="tls"`.
///  - `$namespace`, `$workload` (modes pod and workload), `$node`, `$volume`,
///    `$certificate`: one quoted value each, as in
///    `{namespace=$namespace,deployment=$workload}`.
struct EvidenceQuery {
  std::string name;
  std::string query;
  std::string unit;
  std::optional<std::string> limit;  ///< PromQL, or a plain number.
  BadDirection bad = BadDirection::kEither;
  bool log_transform = false;
  bool optional = false;
};

/// When an alert is an incident that we understand. Immutable after load.
struct Rule {
  std::string name;
  IncidentType type = IncidentType::kMemoryLeak;
  /// Any of these lists of Alertmanager matchers; all matchers of one list.
  std::vector<std::vector<Matcher>> alerts;
  /// The level gate of the watch loop: a PromQL expression whose returned
  /// series name targets that may become incidents without an alert.
  std::optional<std::string> watch;
  TargetMode target = TargetMode::kWorkload;
  std::vector<EvidenceQuery> evidence;
  ConfirmSpec confirm;
  std::string runbook;
  seconds baseline{72 * 3600};
  seconds baseline_step{300};
  seconds step{60};
  int window = 60;  ///< Points of the fine window.
  /// How long the alert's own expression looks back; verification waits it out.
  seconds look_back{300};
  std::string digest;  ///< SHA-256 of the canonical text.
  SourcePosition position;
};

enum class Risk { kLow, kMedium, kHigh };

std::string_view RiskName(Risk risk);

enum class UndoMode { kNone, kAutomatic };

/// One step of a runbook.
struct RunbookStep {
  Action action;
  seconds verify_within{300};
  seconds settle{60};
  UndoMode undo = UndoMode::kNone;
  std::vector<Cause> when = {};  ///< Any of them must hold; empty = always.
};

/// Tightenings of the global guards; empty = the global value.
struct GuardOverrides {
  std::optional<seconds> cooldown;
  std::optional<int> max_restarts_per_hour;
  bool require_approval = false;
};

/// What to do about one type of incident. Immutable after load.
struct Runbook {
  std::string name;
  Risk risk = Risk::kLow;
  std::vector<RunbookStep> steps;
  GuardOverrides guards;
  int escalate_after_steps = 1;
  std::string digest;  ///< SHA-256 of the canonical text.
  SourcePosition position;
};

/// A validated whole, swapped at once.
struct RuleSet {
  std::vector<Rule> rules;
  std::map<std::string, Runbook, std::less<>> runbooks;
  std::string digest;
};

}  // namespace selfheal
