#pragma once

#include <memory>
#include <string>

#include "adapters/kubernetes/api_client.h"
#include "collect/change_journal.h"
#include "config/config.h"
#include "core/clock.h"
#include "core/cluster.h"
#include "core/log.h"
#include "execute/cluster_client.h"
#include "guard/surroundings.h"

namespace selfheal {

/// How one cluster is seen and changed: the real one, or NoCluster.
struct ClusterParts {
  std::unique_ptr<kubernetes::ApiClient> api;
  std::unique_ptr<ClusterView> view;
  std::unique_ptr<ClusterClient> client;
  std::unique_ptr<ChangeJournal> changes;
  std::unique_ptr<guard::ServerView> server;
  std::unique_ptr<guard::AccessView> access;
};

/// Everything of it answers that there is none, and `why`.
ClusterParts WithoutCluster(const std::string& why);

/// A kubeconfig that is named must work; without one, no cluster is found and
/// that is said.
///
/// @error kInvalidArgument, kNotFound  what of the kubeconfig is wrong.
Result<ClusterParts> BuildCluster(const Config& config, const Clock& clock,
                                  Logger& log);

}  // namespace selfheal
