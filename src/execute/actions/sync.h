#pragma once

#include "core/gitops.h"
#include "execute/steps.h"

namespace selfheal::actions {

/// Who keeps `workload`; by the label that Helm writes, too, only where Argo CD
/// has an Application of that name.
Result<std::optional<Keeper>> KeeperInForce(ClusterView& view,
                                            const ClusterObject& workload);

/// The rollback of a workload that Argo CD keeps, through its Application: to
/// what Git says where the cluster has drifted from it; else to the newest of
/// the `most` syncs before the last one in whose time the evidence was calm.
///
/// @error kFailedPrecondition  there is none, or it can't be done this way
///        (no such Application, auto-sync, several sources, a sync under way).
Result<PlannedChange> FreezeSync(const Keeper& keeper, const ObjectRef& target,
                                 int most, const StepContext& context);
Result<Move> NextSync(const Incident& incident, const StepContext& context);
Result<Move> UndoSync(const Incident& incident, const StepContext& context);

}  // namespace selfheal::actions
