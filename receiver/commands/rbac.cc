#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cluster_roles.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/options.h"

namespace selfheal {
namespace {

int RunRbac(const Config& config) {
  std::vector<SourceFinding> findings;
  const Result<std::string> roles = ClusterRolesOf(config, &findings);
  PrintFindings(findings);
  if (!roles.ok()) {
    if (findings.empty()) PrintError("rbac", roles.error().message);
    return kExitUsage;
  }
  std::cout << *roles;
  return kExitOk;
}

}  // namespace

void AddRbacCommand(CLI::App& program, int& exit_code) {
  const auto file = std::make_shared<std::string>();
  CLI::App* const command = program.add_subcommand(
      "rbac", "Prints the ClusterRoles that the loaded runbooks need");
  command->add_option("--config", *file, "Configuration file");
  command->callback([file, &exit_code] {
    const std::optional<Config> config = LoadConfigOrComplain(*file);
    exit_code = config ? RunRbac(*config) : kExitUsage;
  });
}

}  // namespace selfheal
