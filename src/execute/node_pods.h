#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/cluster.h"
#include "core/plan.h"
#include "core/result.h"

namespace selfheal {

/// True where our own mark stands on a cordoned node; with `action_id`, where
/// it is that action's.
bool IsOurCordon(const ClusterObject& node);
bool IsCordonOf(const ClusterObject& node, const std::string& action_id);

bool IsNodeReady(const ClusterObject& node);

/// True for a pod that stays when its node is drained: of a DaemonSet, static,
/// finished, or on its way out already.
bool StaysOnNode(const ClusterObject& pod);

/// What a drain of a node would evict, by namespace and name, or why nothing
/// of it may be evicted.
struct NodeLoad {
  std::vector<MovedPod> moves;
  std::string held;  ///< The first reason not to begin, or "".
};

/// Looks at every pod on `node` before any is evicted. Nothing is where one of
/// them would be lost: it has no controller, one that we do not know, or keeps
/// data in an emptyDir. With `lose_scratch` a Deployment's pods may lose it, as
/// in each of its rollouts; a StatefulSet's pod is expected to come back with
/// what it had.
///
/// @param only      the pods that are to leave; empty = all.
/// @param protects  why an object may not be touched, or "".
/// @error those of the view.
Result<NodeLoad> LookAtLoad(
    ClusterView& view, const std::string& node,
    const std::vector<PodIdentity>& only, bool lose_scratch,
    const std::function<std::string(const ClusterObject&)>& protects);

}  // namespace selfheal
