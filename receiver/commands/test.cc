#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/options.h"
#include "sim/scenario/runner.h"

namespace selfheal {
namespace {

struct TestOptions {
  std::string config;
  std::string rules;
  std::string runbooks;
  std::vector<std::string> files;
};

/// Prints what is wrong with the rules, runbooks or the scenario itself.
int PrintAll(const std::vector<SourceFinding>& findings) {
  for (const SourceFinding& finding : findings) {
    std::cout << ToString(finding) << "\n";
  }
  return static_cast<int>(findings.size());
}

/// @return  true where the story of `file` ends as written.
bool RunOne(const std::string& file, const Config& config) {
  std::vector<SourceFinding> findings;
  testing::Scenario scenario = testing::ReadScenario(file, &findings);
  if (PrintAll(findings) > 0) return false;
  scenario.config.rules_dir = config.rules_dir;
  scenario.config.runbooks_dir = config.runbooks_dir;
  testing::Pipeline pipeline(scenario.config);
  if (PrintAll(pipeline.findings) > 0) return false;
  const std::vector<std::string> differences =
      testing::Tell(scenario, pipeline);
  std::cout << (differences.empty() ? "ok    " : "FAIL  ") << file << "\n";
  for (const std::string& difference : differences) {
    std::cout << "      " << difference << "\n";
  }
  return differences.empty();
}

int RunTest(const TestOptions& options) {
  auto config = LoadConfigOrComplain(options.config);
  if (!config) return kExitUsage;
  if (!options.rules.empty()) config->rules_dir = options.rules;
  if (!options.runbooks.empty()) config->runbooks_dir = options.runbooks;
  int failed = 0;
  for (const std::string& file : options.files) {
    if (!RunOne(file, *config)) ++failed;
  }
  std::cout << options.files.size() - static_cast<std::size_t>(failed) << " of "
            << options.files.size() << " scenarios end as written\n";
  return failed == 0 ? kExitOk : kExitFailure;
}

}  // namespace

void AddTestCommand(CLI::App& program, int& exit_code) {
  const auto options = std::make_shared<TestOptions>();
  CLI::App* const command = program.add_subcommand(
      "test",
      "Tells scenarios to the loaded rules and runbooks in a simulated cluster "
      "and compares how they end");
  command->add_option("--config", options->config, "Configuration file");
  command->add_option("--rules", options->rules, "Folder of rules");
  command->add_option("--runbooks", options->runbooks, "Folder of runbooks");
  command->add_option("FILE", options->files, "Scenarios, as YAML")->required();
  command->callback([options, &exit_code] { exit_code = RunTest(*options); });
}

}  // namespace selfheal
