#pragma once

#include <string>
#include <vector>

#include "core/cluster.h"
#include "core/plan.h"
#include "core/result.h"

namespace selfheal {

/// The pods that `workload` selects, without those that are being deleted and
/// those that have finished.
///
/// @error kFailedPrecondition  the selector has expressions or is empty, or is
///        that of another workload: what it selects is not known, so nothing
///        is.
Result<std::vector<ClusterObject>> PodsOf(ClusterView& view,
                                          const ClusterObject& workload);

/// Where a rollout stands, as `kubectl rollout status` reads it.
enum class RolloutStatus { kDone, kProgressing, kFailed };

/// Deployment, StatefulSet, DaemonSet or Rollout. Pure.
/// @param why  one sentence, always set.
RolloutStatus StatusOf(const ClusterObject& workload, std::string* why);

/// How loudly a pod asks to be restarted: 0 = not at all, as one that serves
/// and has not restarted lately, however often it once did.
int Distress(const ClusterObject& pod, Time now);

/// Name and uid of each pod.
std::vector<PodIdentity> Identities(const std::vector<ClusterObject>& pods);

}  // namespace selfheal
