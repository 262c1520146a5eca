#pragma once

#include <string>
#include <vector>

#include "sim/kubesim/workloads.h"

namespace kubesim {

/// A Deployment and its ReplicaSets as one pass of the controller sees them.
struct Rollout {
  std::string name_space;
  std::string name;
  std::string uid;
  std::int64_t wanted = 0;
  std::int64_t max_surge = 0;
  std::int64_t max_unavailable = 0;
  bool paused = false;
  bool created = false;  // the new set was made in this pass
  Json new_set;          // null when there is none
  std::vector<Json> old_sets;

  /// Over all sets: replicas that are asked for, and available ones.
  std::int64_t Total() const;
  std::int64_t Available() const;
};

Rollout ReadRollout(const Store& store, const Json& deployment);

/// The revision annotation of a ReplicaSet; 0 when absent.
std::int64_t RevisionOf(const Json& set);

void ScalePaused(Store& store, Rollout& rollout);

/// Counters and the conditions Available and Progressing.
void WriteRolloutStatus(Store& store, const Rollout& rollout);

}  // namespace kubesim
