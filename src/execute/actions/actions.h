#pragma once

#include "execute/steps.h"

namespace selfheal::actions {

// Each action of the closed set: how its change is frozen, what it needs next,
// and the way back. `steps.cc` dispatches on the variant.

Result<PlannedChange> FreezeRestartPod(const RestartPod& action,
                                       const ObjectRef& target,
                                       const StepContext& context);
Result<Move> NextRestartPod(const Incident& incident,
                            const StepContext& context);

Result<PlannedChange> FreezeRollingRestart(const RollingRestart& action,
                                           const ObjectRef& target,
                                           const StepContext& context);
Result<Move> NextRollingRestart(const RollingRestart& action,
                                const Incident& incident,
                                const StepContext& context);
Result<Move> UndoRollingRestart(const Incident& incident,
                                const StepContext& context);

Result<PlannedChange> FreezeScaleOut(const ScaleOut& action,
                                     const ObjectRef& target,
                                     const StepContext& context);
Result<Move> NextScaleOut(const Incident& incident, const StepContext& context);
Result<Move> UndoScaleOut(const Incident& incident, const StepContext& context);

Result<PlannedChange> FreezeExpandVolume(const ExpandVolume& action,
                                         const ObjectRef& target,
                                         const StepContext& context);
Result<Move> NextExpandVolume(const Incident& incident,
                              const StepContext& context);

Result<PlannedChange> FreezeRenewCertificate(const ObjectRef& target,
                                             const StepContext& context);
Result<Move> NextRenewCertificate(const RenewCertificate& action,
                                  const Incident& incident,
                                  const StepContext& context);

Result<PlannedChange> FreezeScaleIn(const ScaleIn& action,
                                    const ObjectRef& target,
                                    const StepContext& context);
Result<Move> NextScaleIn(const Incident& incident, const StepContext& context);
Result<Move> UndoScaleIn(const Incident& incident, const StepContext& context);

Result<PlannedChange> FreezeRollback(const Rollback& action,
                                     const ObjectRef& target,
                                     const StepContext& context);
Result<Move> NextRollback(const Incident& incident, const StepContext& context);
Result<Move> UndoRollback(const Incident& incident, const StepContext& context);

Result<PlannedChange> FreezeSetResources(const SetResources& action,
                                         const ObjectRef& target,
                                         const StepContext& context);
Result<Move> NextSetResources(const Incident& incident,
                              const StepContext& context);
Result<Move> UndoSetResources(const Incident& incident,
                              const StepContext& context);

Result<PlannedChange> FreezeCordon(const Cordon& action,
                                   const ObjectRef& target,
                                   const StepContext& context);
Result<Move> NextCordon(const Incident& incident, const StepContext& context);
/// The move that cordons the node of the plan, for `kind`.
Result<Move> SetAside(ActionKind kind, const Incident& incident,
                      const StepContext& context);
/// The way back of a cordon or a drain, for `kind`: takes back what this
/// action did, where the node is ready; evicted pods are not brought back.
Result<Move> LetInAgain(ActionKind kind, const Incident& incident,
                        const StepContext& context);

Result<PlannedChange> FreezeUncordon(const Uncordon& action,
                                     const ObjectRef& target,
                                     const StepContext& context);
Result<Move> NextUncordon(const Incident& incident, const StepContext& context);

Result<PlannedChange> FreezeDrain(const Drain& action, const ObjectRef& target,
                                  const StepContext& context);
Result<Move> NextDrain(const Drain& action, const Incident& incident,
                       const StepContext& context);

Result<PlannedChange> FreezeEvictPod(const EvictOne& action,
                                     const ObjectRef& target,
                                     const StepContext& context);
Result<Move> NextEvictPod(const Incident& incident, const StepContext& context);

}  // namespace selfheal::actions
