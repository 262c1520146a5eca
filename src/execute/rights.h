#pragma once

#include <string>
#include <vector>

#include "core/action.h"

namespace selfheal {

/// What a role grants, in the words of RBAC: each verb on each resource.
struct Grant {
  std::string group;  ///< "" = the core group.
  std::vector<std::string> resources;
  std::vector<std::string> verbs;
};

/// What every look at a protected namespace needs, whatever the runbooks.
std::vector<Grant> ViewGrants();

/// What is read of the cluster as a whole: a namespace's own labels may opt it
/// out, and nodes name their zone and role.
std::vector<Grant> ClusterViewGrants();

/// What `action` reads of the cluster as a whole, beside what every look does.
std::vector<Grant> ClusterGrantsOf(const Action& action);

/// What `action` and its undo change, by namespace; nothing for `notify`.
/// Never a wildcard, a secret, a shell in a pod, or a new or edited pod.
std::vector<Grant> ActGrants(const Action& action);

/// What an action on a node needs in the cluster as a whole; nothing for one
/// on what stands in a namespace. Asked for where `guards.nodes` is on.
std::vector<Grant> NodeGrantsOf(const Action& action);

}  // namespace selfheal
