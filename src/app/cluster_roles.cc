#include "app/cluster_roles.h"

#include <map>

#include "adapters/crypto/digest.h"
#include "adapters/yaml/rule_set_loader.h"
#include "core/text.h"

namespace selfheal {
namespace {

using GrantsOf = std::vector<Grant> (*)(const Action&);

std::string RulesOf(const ClusterRole& role) {
  std::string text;
  for (const ClusterRole::Part& part : role.parts) {
    if (!part.action.empty()) text += "  # " + part.action + "\n";
    for (const Grant& grant : part.grants) {
      text += "  - apiGroups: [" +
              (grant.group.empty() ? std::string("\"\"") : grant.group) +
              "]\n    resources: [" + Listed(grant.resources) +
              "]\n    verbs: [" + Listed(grant.verbs) + "]\n";
    }
  }
  return text;
}

/// What the actions of the runbooks need by `grants_of`, each once.
void AddActions(const RuleSet& set, GrantsOf grants_of, ClusterRole& role) {
  std::map<std::string, std::vector<Grant>> by_action;
  for (const auto& [name, runbook] : set.runbooks) {
    for (const RunbookStep& step : runbook.steps) {
      by_action[std::string(ActionName(step.action))] = grants_of(step.action);
    }
  }
  for (auto& [action, grants] : by_action) {
    if (!grants.empty()) role.parts.push_back({action, std::move(grants)});
  }
}

}  // namespace

std::string ClusterRolesYaml(const std::vector<ClusterRole>& roles) {
  std::string text;
  for (const ClusterRole& role : roles) {
    const std::string rules = RulesOf(role);
    text += (text.empty() ? "" : "---\n") +
            std::string(
                "apiVersion: rbac.authorization.k8s.io/v1\n"
                "kind: ClusterRole\nmetadata:\n  name: ") +
            role.name + "\n  labels: {app: selfhealstack}\nrules:" +
            (rules.empty() ? " []\n" : "\n" + rules);
  }
  return text;
}

Result<std::vector<ClusterRole>> ClusterRolesOf(
    const Config& config, std::vector<SourceFinding>* findings) {
  const auto set = yaml::LoadRuleSet(config, Sha256Hex, findings);
  if (!set.ok()) return set.error();
  std::vector<ClusterRole> roles = {
      {"selfheal-view", {{"", ViewGrants()}}},
      {"selfheal-act", {}},
      {"selfheal-view-cluster", {{"", ClusterViewGrants()}}}};
  AddActions(**set, ActGrants, roles[1]);
  AddActions(**set, ClusterGrantsOf, roles[2]);
  if (config.guards.nodes) {
    roles.push_back({"selfheal-nodes", {}});
    AddActions(**set, NodeGrantsOf, roles.back());
  }
  return roles;
}

}  // namespace selfheal
