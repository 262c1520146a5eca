#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/cluster.h"
#include "core/evidence.h"
#include "core/incident.h"
#include "core/result.h"
#include "execute/move.h"

namespace selfheal {

/// How often a step that waits for the cluster looks at it.
inline constexpr seconds kStepPoll{2};

/// What the cause on which a step is taken points at.
struct Suspects {
  std::vector<PodIdentity> pods;
  std::string node;  ///< "" where it is no node.
};

/// What the steps of an action look at.
struct StepContext {
  ClusterView& view;
  Time now;
  Duration poll;           ///< How often to look while waiting.
  Suspects suspects = {};  ///< For Freeze.
  /// What was looked at last; null where nothing was. For Freeze.
  const EvidenceWindow* evidence = nullptr;
  /// Why an object may not be touched whatever happens, or "": what a drain
  /// must not move is known before its node is set aside.
  std::function<std::string(const ClusterObject&)> protects = {};
  /// Phases that the guards hold back in this pass, and why.
  const std::map<std::string, std::string>* held = nullptr;
};

/// Looks at the target live and freezes the exact change of `action`.
///
/// @error kFailedPrecondition  there is nothing to do, or the action can't be
///        done on this object (why). kNotFound and the view's errors.
Result<PlannedChange> Freeze(const Action& action, const ObjectRef& target,
                             const StepContext& context);

/// What the incident's current step needs next, decided from the recorded
/// executions and the live cluster alone, so that a restart changes nothing.
/// While `incident.progress.undoing`, the way back instead.
///
/// Precondition: incident.plan. @error those of the view.
Result<Move> NextMove(const Incident& incident, const StepContext& context);

/// True where the step, as far as it has come, has left something to take
/// back.
bool CanUndo(const Incident& incident);

/// True where the step has, or may have, changed the cluster.
/// Precondition: incident.plan.
bool HasEffect(const Incident& incident);

/// True where the step's executions show `phase` applied (or already true).
bool IsApplied(const Incident& incident, std::string_view phase);

}  // namespace selfheal
