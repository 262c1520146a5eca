#pragma once

#include "assess/cause_view.h"
#include "core/cause.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// Where in a workload the trouble is: one_pod, some_pods, one_node, all_pods
/// or load; at most one of them holds.
///
/// A pod is sick where a metric of the rule that is not optional, and that has
/// a bad direction, lies far from the pod's own past the bad way (from that of
/// the workload, where the pod is too young to have one); well where all lie
/// near it. The sick ones must lie as far from the well ones too. Everybody is
/// one of both, or nothing is told: a pod, a metric or a point that is missing
/// never makes a cause hold.
///
/// @param cause  One of the five.
CauseView Spread(const EvidenceWindow& evidence, Cause cause);

}  // namespace selfheal::assess
