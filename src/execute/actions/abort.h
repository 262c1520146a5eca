#pragma once

#include "execute/steps.h"

namespace selfheal::actions {

/// The rollback of a Rollout in the middle of an update: the update is given
/// up, and the revision that was promoted last serves alone.
///
/// @error kFailedPrecondition  no revision was ever promoted, or the update was
///        given up already.
Result<PlannedChange> FreezeAbort(const ClusterObject& rollout,
                                  const StepContext& context);
Result<Move> NextAbort(const Incident& incident, const StepContext& context);
Result<Move> UndoAbort(const Incident& incident, const StepContext& context);

}  // namespace selfheal::actions
