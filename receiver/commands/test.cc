#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/commands/diff.h"
#include "receiver/commands/findings_json.h"
#include "receiver/commands/ink.h"
#include "receiver/commands/printable.h"
#include "receiver/options.h"
#include "sim/scenario/runner.h"

namespace selfheal {
namespace {

using Json = nlohmann::ordered_json;

struct TestOptions {
  std::string config;
  std::string rules;
  std::string runbooks;
  bool json = false;
  std::vector<std::string> files;
};

/// What came of one file.
struct Told {
  std::string file;
  /// What is wrong with the rules, the runbooks or the scenario itself.
  std::vector<SourceFinding> findings;
  std::vector<testing::Difference> differences;

  bool ok() const { return findings.empty() && differences.empty(); }
};

Told TellOne(const std::string& file, const Config& config) {
  Told told{.file = file, .findings = {}, .differences = {}};
  testing::Scenario scenario = testing::ReadScenario(file, &told.findings);
  if (!told.findings.empty()) return told;
  scenario.config.rules_dir = config.rules_dir;
  scenario.config.runbooks_dir = config.runbooks_dir;
  testing::Pipeline pipeline(scenario.config);
  told.findings = pipeline.findings;
  if (told.findings.empty()) {
    told.differences = testing::Tell(scenario, pipeline);
  }
  return told;
}

/// Expected lines have a minus, found ones a plus.
void PrintText(const Told& told, const Ink& ink) {
  for (const SourceFinding& finding : told.findings) {
    std::cout << Printable(ToString(finding)) << "\n";
  }
  std::cout << (told.ok() ? ink.Good("ok    ") : ink.Bad("FAIL  "))
            << Printable(told.file) << "\n";
  for (const testing::Difference& difference : told.differences) {
    std::cout << "      " << ink.Bold(difference.what) << ":\n";
    for (const DiffLine& line : Diff(difference.expected, difference.found)) {
      const std::string text =
          std::string("        ") + line.mark + " " + Printable(line.text);
      std::cout << (line.mark == '-'   ? ink.Bad(text)
                    : line.mark == '+' ? ink.Good(text)
                                       : text)
                << "\n";
    }
  }
}

Json ToJson(const Told& told) {
  Json differences = Json::array();
  for (const testing::Difference& one : told.differences) {
    differences.push_back(
        {{"what", one.what}, {"expected", one.expected}, {"found", one.found}});
  }
  return {{"file", told.file},
          {"ok", told.ok()},
          {"findings", Json::parse(FindingsJson(told.findings))},
          {"differences", std::move(differences)}};
}

int RunTest(const TestOptions& options) {
  auto config = LoadConfigOrComplain(options.config);
  if (!config) return kExitUsage;
  if (!options.rules.empty()) config->rules_dir = options.rules;
  if (!options.runbooks.empty()) config->runbooks_dir = options.runbooks;
  const Ink ink;
  Json all = Json::array();
  std::size_t good = 0;
  for (const std::string& file : options.files) {
    const Told told = TellOne(file, *config);
    if (told.ok()) ++good;
    if (options.json) {
      all.push_back(ToJson(told));
    } else {
      PrintText(told, ink);
    }
  }
  if (options.json) {
    const Json result = {{"ok", good}, {"scenarios", std::move(all)}};
    std::cout << result.dump(2, ' ', true, Json::error_handler_t::replace)
              << "\n";
  } else {
    std::cout << good << " of " << options.files.size()
              << " scenarios end as written\n";
  }
  return good == options.files.size() ? kExitOk : kExitFailure;
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
  command->add_flag("--json", options->json, "Writes JSON");
  command->add_option("FILE", options->files, "Scenarios, as YAML")->required();
  command->footer(R"(Examples:
  selfheal test tests/scenarios/memory-leak.yml
  selfheal test --rules my/rules --runbooks my/runbooks my/scenarios/*.yml
  selfheal test --json *.yml | jq '.scenarios[] | select(.ok | not)'

What differs is shown as a diff: "-" was expected, "+" was found.
Exit: 0 all end as written; 1 one does not, or a file is wrong; 2 usage.)");
  command->callback([options, &exit_code] { exit_code = RunTest(*options); });
}

}  // namespace selfheal
