#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/object.h"
#include "core/rule.h"

namespace selfheal {

/// A pod, named so that its successor of the same name is another one.
struct PodIdentity {
  std::string name;
  std::string uid;
  bool operator==(const PodIdentity&) const = default;
};

/// A pod that leaves its node, and the workload that makes its successor.
struct MovedPod {
  ObjectRef pod;
  std::string uid;
  ObjectRef workload;
  bool operator==(const MovedPod&) const = default;
};

/// The exact change of one step, in absolute values, frozen when it is
/// planned. What a field does not concern stays at its default.
struct PlannedChange {
  ObjectRef object;  ///< What is written to: pod, workload or HPA.
  std::string uid;
  long long generation = 0;  ///< 0 for pods.
  std::string summary;       ///< "replicas 3 -> 5 of Deployment/shop/cart".
  std::string blast_radius;  ///< "1 of 3 pods at a time".
  int from = 0;  ///< Replicas, the HPA's minimum, or a revision's number.
  int to = 0;
  int from_max = 0;  ///< The HPA's maximum; 0 = no HPA.
  int to_max = 0;
  std::string restarted_at;           ///< The annotation's new value.
  std::string previous_restarted_at;  ///< Its old value; "" = absent.
  std::vector<PodIdentity> canaries;
  std::vector<PodIdentity> siblings;  ///< The other pods at plan time.
  int pods = 0;                       ///< Pods of the workload at plan time.
  std::string container;              ///< Whose resources are set.
  /// What stands and what is put in its place, where it is no number of
  /// replicas: a pod template (canonical JSON), a quantity, a revision.
  std::string from_value;
  std::string to_value;
  std::vector<MovedPod> moves;  ///< What a drain evicts, in that order.
  std::string held;  ///< Why the node is only cordoned, not drained, or "".
};

/// True for a way back that gives the update of a Rollout up: its values are
/// the hashes of two revisions, not templates.
inline bool IsAbort(const PlannedChange& change) {
  return change.object.kind == ObjectKind::kRollout &&
         !change.to_value.empty() && change.to_value.front() != '{';
}

/// What is to be done next about one incident, and the proof of what was
/// looked at when that was decided.
struct Plan {
  std::string runbook;
  std::string runbook_digest;
  Risk risk = Risk::kHigh;
  std::vector<RunbookStep> steps;
  int step = 0;  ///< Index of the step that `change` belongs to.
  /// On which the step is taken; empty = it is taken always.
  std::optional<CauseFinding> cause = {};
  ObjectRef target;
  std::string target_uid;
  PlannedChange change;
  std::string hash;  ///< SHA-256 over all that a person would approve.
  Time created_at;
  Time expires_at;
};

}  // namespace selfheal
