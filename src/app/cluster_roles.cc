#include "app/cluster_roles.h"

#include <map>

#include "adapters/crypto/digest.h"
#include "adapters/yaml/rule_set_loader.h"
#include "execute/rights.h"

namespace selfheal {
namespace {

std::string ListOf(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return "[" + text + "]";
}

std::string RulesOf(const std::vector<Grant>& grants) {
  std::string text;
  for (const Grant& grant : grants) {
    text += "  - apiGroups: [" +
            (grant.group.empty() ? std::string("\"\"") : grant.group) +
            "]\n    resources: " + ListOf(grant.resources) +
            "\n    verbs: " + ListOf(grant.verbs) + "\n";
  }
  return text;
}

std::string RoleNamed(const std::string& name, const std::string& rules) {
  return "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
         "metadata:\n  name: " +
         name + "\n  labels: {app: selfhealstack}\nrules:" +
         (rules.empty() ? " []\n" : "\n" + rules);
}

/// What the actions of the runbooks need by `grants_of`, each once.
std::string RulesOfActions(const RuleSet& set,
                           std::vector<Grant> (*grants_of)(const Action&)) {
  std::map<std::string, std::string> by_action;
  for (const auto& [name, runbook] : set.runbooks) {
    for (const RunbookStep& step : runbook.steps) {
      by_action[std::string(ActionName(step.action))] =
          RulesOf(grants_of(step.action));
    }
  }
  std::string text;
  for (const auto& [action, rules] : by_action) {
    if (!rules.empty()) text += "  # " + action + "\n" + rules;
  }
  return text;
}

}  // namespace

Result<std::string> ClusterRolesOf(const Config& config,
                                   std::vector<SourceFinding>* findings) {
  const auto set = yaml::LoadRuleSet(config, Sha256Hex, findings);
  if (!set.ok()) return set.error();
  std::string text =
      RoleNamed("selfheal-view", RulesOf(ViewGrants())) + "---\n" +
      RoleNamed("selfheal-act", RulesOfActions(**set, ActGrants)) + "---\n" +
      RoleNamed("selfheal-view-cluster",
                RulesOf(ClusterViewGrants()) +
                    RulesOfActions(**set, ClusterGrantsOf));
  if (config.guards.nodes) {
    text += "---\n" +
            RoleNamed("selfheal-nodes", RulesOfActions(**set, NodeGrantsOf));
  }
  return text;
}

}  // namespace selfheal
