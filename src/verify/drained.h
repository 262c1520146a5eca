#pragma once

#include <vector>

#include "core/cluster.h"
#include "core/plan.h"
#include "verify/verifier.h"

namespace selfheal {

/// Whether a drain helped: none of what it moved runs on the node any more,
/// no new pod comes to it, and each workload that had a pod there is available
/// in full elsewhere. The node itself may be as sick as before; to mend it, and
/// to let pods onto it again, is for people.
///
/// A pod whose end a lost kubelet does not report no longer counts as running.
/// @param on_node    every pod on the node now.
/// @param workloads  those of `change.moves` that still exist, as they are now.
/// Pure.
Look LookAtDrained(const PlannedChange& change, const ClusterObject& node,
                   const std::vector<ClusterObject>& on_node,
                   const std::vector<ClusterObject>& workloads);

}  // namespace selfheal
