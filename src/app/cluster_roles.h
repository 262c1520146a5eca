#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/result.h"
#include "core/source_finding.h"
#include "execute/rights.h"

namespace selfheal {

/// A ClusterRole: what it grants, by what needs it ("" = every look).
struct ClusterRole {
  struct Part {
    std::string action;
    std::vector<Grant> grants;
  };
  std::string name;
  std::vector<Part> parts;
};

/// The ClusterRoles that the runbooks which `config` names need, and nothing
/// more: `selfheal-view` and `selfheal-act` to be bound by namespace,
/// `selfheal-view-cluster` to be bound for the cluster. Each action in the
/// order of its name.
/// @error as LoadRuleSet, which fills `findings`.
Result<std::vector<ClusterRole>> ClusterRolesOf(
    const Config& config, std::vector<SourceFinding>* findings);

/// The manifests, with a comment for each action.
std::string ClusterRolesYaml(const std::vector<ClusterRole>& roles);

}  // namespace selfheal
