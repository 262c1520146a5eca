#pragma once

#include <vector>

#include "core/cluster.h"

namespace selfheal::guard {

/// True where every name of `selector` has that very value in `labels`; an
/// empty selector selects nothing.
bool Selects(const Labels& selector, const Labels& labels);

/// Whether a PodDisruptionBudget concerns a pod.
enum class Selection {
  kNo,
  kYes,
  kUnknown,  ///< It has expressions that were not read.
};

Selection PdbSelects(const PdbState& pdb, const Labels& pod_labels);

/// True where the controlling owner of `pod` is `workload`, or a ReplicaSet
/// that the Deployment `workload` makes.
bool BelongsTo(const ClusterObject& pod, const ClusterObject& workload);

/// A pod that serves: running, ready, not on its way out.
bool Serves(const ClusterObject& pod);

/// The pods of `pods` that serve, but for the one with `without_uid`.
int CountServing(const std::vector<ClusterObject>& pods,
                 const std::string& without_uid);

}  // namespace selfheal::guard
