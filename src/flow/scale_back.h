#pragma once

#include <map>

#include "core/budget.h"
#include "correlate/incident_store.h"
#include "execute/steps.h"
#include "flow/flow_ports.h"

namespace selfheal {

/// The scale-out that `incident` did; null where it did another thing, or is
/// not to be taken back.
const ScaleOut* BackOf(const Incident& incident);

/// The step that takes it back. Precondition: BackOf(origin).
RunbookStep StepBack(const Incident& origin);

/// Its change, looked at live.
/// @error kFailedPrecondition  it does not stand any more as `origin` left it;
///        others as Freeze.
Result<PlannedChange> FreezeBack(const Incident& origin,
                                 const StepContext& context);

/// `rule` with a window that shows at least `calm`.
Rule CalmRule(Rule rule, seconds calm);

/// Opens an incident of the watch kind for each scale-out that helped, stands,
/// and whose target has been calm for long enough: the flow takes it back, by
/// all guards. What it goes by is the store's, so that a restart changes
/// nothing; after the 24 hours that actions are remembered for a person has to
/// do it. RunOnce belongs to one thread.
class ScaleBack {
 public:
  ScaleBack(const FlowPorts& ports, CorrelationStore& links)
      : ports_(ports), links_(links) {}

  void RunOnce();

 private:
  void LookAt(const ActionRow& row, Time since);
  void Open(const Incident& origin, const ActionRow& row);

  const FlowPorts& ports_;
  CorrelationStore& links_;
  /// When a target was last looked at by queries.
  std::map<ObjectRef, Time> looked_;
};

}  // namespace selfheal
