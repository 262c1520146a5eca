#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/result.h"
#include "core/source_finding.h"

namespace selfheal {

/// The ClusterRoles that the runbooks which `config` names need, and nothing
/// more, as YAML: `selfheal-view` and `selfheal-act` to be bound by namespace,
/// `selfheal-view-cluster` to be bound for the cluster. Each action in the
/// order of its name, with a comment.
/// @error as LoadRuleSet, which fills `findings`.
Result<std::string> ClusterRolesOf(const Config& config,
                                   std::vector<SourceFinding>* findings);

}  // namespace selfheal
