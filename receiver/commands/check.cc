#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config_files.h"
#include "receiver/commands/commands.h"
#include "receiver/options.h"
#include "receiver/secret_files.h"

namespace selfheal {
namespace {

struct CheckOptions {
  std::string config;
  std::string rules;
  std::string runbooks;
};

std::optional<std::string> Given(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

/// Of a configuration that holds; how many there are.
int PrintSecretFileProblems(const yaml::CheckRequest& request) {
  std::vector<SourceFinding> told_already;
  const auto config =
      yaml::LoadConfig(request.config_file, request.environment, &told_already);
  if (!config.ok()) return 0;
  const std::vector<Error> problems = SecretFileProblems(*config);
  for (const Error& problem : problems) std::cout << problem.message << "\n";
  return static_cast<int>(problems.size());
}

/// On stderr: stdout has findings only.
void PrintClean(const yaml::Checked& checked) {
  std::cerr << checked.rules << " rules from " << checked.rules_dir << ", "
            << checked.runbooks << " runbooks from " << checked.runbooks_dir
            << ": no findings"
            << (checked.rules == 0
                    ? "; without a rule every alert is left alone"
                    : "")
            << "\n";
}

int RunCheck(const CheckOptions& options) {
  const yaml::CheckRequest request{Given(options.config), Given(options.rules),
                                   Given(options.runbooks),
                                   yaml::ProcessEnvironment()};
  std::vector<SourceFinding> findings;
  const Result<yaml::Checked> checked = yaml::CheckAll(request, &findings);
  for (const SourceFinding& finding : findings) {
    std::cout << ToString(finding) << "\n";
  }
  const int problems = PrintSecretFileProblems(request);
  if (checked.ok() && problems > 0) return kExitFailure;
  if (checked.ok()) {
    PrintClean(*checked);
    return kExitOk;
  }
  if (checked.error().code == Code::kInvalidArgument) return kExitFailure;
  PrintError("check", checked.error().message);
  return kExitUsage;
}

}  // namespace

void AddCheckCommand(CLI::App& program, int& exit_code) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App* const command = program.add_subcommand(
      "check", "Validates configuration, rules and runbooks");
  command->add_option("--config", options->config, "Configuration file");
  command->add_option("--rules", options->rules, "Folder of rules");
  command->add_option("--runbooks", options->runbooks, "Folder of runbooks");
  command->callback([options, &exit_code] { exit_code = RunCheck(*options); });
}

}  // namespace selfheal
