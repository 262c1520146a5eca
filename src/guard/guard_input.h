#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/clock.h"
#include "core/evidence.h"
#include "core/incident.h"
#include "core/mutation.h"
#include "core/plan.h"
#include "core/rule.h"
#include "core/verdict.h"
#include "guard/facts.h"

namespace selfheal::guard {

/// What the guards know of the configuration and of this process; fixed at
/// start.
struct GuardPolicy {
  Config::GuardsConfig guards;
  std::vector<std::string> namespaces;  ///< Opted in; "*" = all.
  bool enabled = true;
  bool dry_run = false;
  /// Where this process runs (POD_NAMESPACE, POD_NAME); "" = outside of a pod.
  std::string own_namespace;
  std::string own_pod;
};

/// The policy of a configuration.
GuardPolicy PolicyOf(const Config& config, std::string own_namespace,
                     std::string own_pod);

/// One mutation that the flow wants to make, and what it is founded on. The
/// pointers outlive the check; null makes the guards that need it deny.
struct GuardRequest {
  const Incident* incident = nullptr;
  const Rule* rule = nullptr;
  const Runbook* runbook = nullptr;
  const Plan* plan = nullptr;
  /// The evidence that was looked at last.
  const EvidenceWindow* evidence = nullptr;
  /// `at` of the evidence that incident->assessment was made from.
  std::optional<Time> assessed_at;
  /// For an incident of the watch loop: when the rule's own `watch` expression
  /// named this target last.
  std::optional<Time> gate_seen;
  /// When the Watchdog alert was seen last; empty = never.
  std::optional<Time> watchdog_seen;
  MutationPurpose purpose;
  Mutation mutation;
  WireRequest request;  ///< The encoded form of `mutation`.
};

/// Everything that one check looks at, as plain values.
struct GuardInput {
  const GuardPolicy& policy;
  const GuardRequest& request;
  const Facts& facts;
  Time now;

  const MutationPurpose& purpose() const { return request.purpose; }
  bool undo() const { return IsUndo(request.purpose.kind); }
  /// True where a node is set aside for a workload whose pods leave it.
  bool for_workload() const {
    return purpose().target.kind == ObjectKind::kNode &&
           request.incident != nullptr &&
           request.incident->target.kind != ObjectKind::kNode;
  }
  /// A further intent of an action that already holds its budget.
  bool child() const { return !request.purpose.first_of_action; }
};

/// A finding; the chain fills in the guard's name.
inline Finding Allow(std::string reason) {
  return {"", FindingOutcome::kAllow, std::move(reason), std::nullopt};
}
inline Finding Deny(std::string reason) {
  return {"", FindingOutcome::kDeny, std::move(reason), std::nullopt};
}
/// A denial that waiting alone may lift.
inline Finding Wait(std::string reason, Time retry_at) {
  return {"", FindingOutcome::kDeny, std::move(reason), retry_at};
}
/// In a drain, what stands in the way of one pod holds back that pod alone,
/// until the drain's own deadline: a denial waits.
inline Finding HeldInDrain(const GuardInput& input, Finding finding,
                           Duration again) {
  const bool denies = finding.outcome == FindingOutcome::kDeny;
  if (denies && !finding.retry_at && input.child() &&
      input.purpose().kind == ActionKind::kDrain) {
    finding.retry_at = input.now + again;
  }
  return finding;
}
/// A fact that could not be had: what is not known is never good.
inline Finding Unread(const Error& error) {
  return Deny("a fact is missing: " + error.message);
}

}  // namespace selfheal::guard
