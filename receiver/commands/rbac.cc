#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/cluster_roles.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/options.h"

namespace selfheal {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const ClusterRole& role) {
  Json rules = Json::array();
  for (const ClusterRole::Part& part : role.parts) {
    for (const Grant& grant : part.grants) {
      rules.push_back({{"apiGroups", {grant.group}},
                       {"resources", grant.resources},
                       {"verbs", grant.verbs}});
    }
  }
  return {{"apiVersion", "rbac.authorization.k8s.io/v1"},
          {"kind", "ClusterRole"},
          {"metadata",
           {{"name", role.name}, {"labels", {{"app", "selfhealstack"}}}}},
          {"rules", std::move(rules)}};
}

/// A List, as `kubectl apply -f -` takes it.
std::string ToJson(const std::vector<ClusterRole>& roles) {
  Json items = Json::array();
  for (const ClusterRole& role : roles) items.push_back(ToJson(role));
  const Json list = {
      {"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(items)}};
  return list.dump(2) + "\n";
}

int RunRbac(const Config& config, bool json) {
  std::vector<SourceFinding> findings;
  const auto roles = ClusterRolesOf(config, &findings);
  PrintFindings(findings);
  if (!roles.ok()) {
    if (findings.empty()) PrintError("rbac", roles.error().message);
    return kExitUsage;
  }
  std::cout << (json ? ToJson(*roles) : ClusterRolesYaml(*roles));
  return kExitOk;
}

}  // namespace

void AddRbacCommand(CLI::App& program, int& exit_code) {
  struct Options {
    std::string config;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* const command = program.add_subcommand(
      "rbac", "Prints the ClusterRoles that the loaded runbooks need");
  command->add_option("--config", options->config, "Configuration file");
  command->add_flag("--json", options->json, "Writes a List as JSON");
  command->footer(R"(Examples:
  selfheal rbac | kubectl apply -f -
  selfheal rbac --config selfheal.yaml | kubectl diff -f -
  selfheal rbac --json | jq -r '.items[].metadata.name'

Exit: 0; 2 usage, configuration, rules or runbooks.)");
  command->callback([options, &exit_code] {
    const std::optional<Config> config = LoadConfigOrComplain(options->config);
    exit_code = config ? RunRbac(*config, options->json) : kExitUsage;
  });
}

}  // namespace selfheal
