#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/config_files.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/findings_json.h"
#include "receiver/commands/ink.h"
#include "receiver/commands/printable.h"
#include "receiver/options.h"
#include "receiver/secret_files.h"

namespace selfheal {
namespace {

struct CheckOptions {
  std::string config;
  std::string rules;
  std::string runbooks;
  bool json = false;
};

std::optional<std::string> Given(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

/// Of a configuration that holds: "<key>: <path>: <why>" each.
std::vector<std::string> SecretProblems(const yaml::CheckRequest& request) {
  std::vector<SourceFinding> told_already;
  const auto config =
      yaml::LoadConfig(request.config_file, request.environment, &told_already);
  if (!config.ok()) return {};
  std::vector<std::string> problems;
  for (const Error& problem : SecretFileProblems(*config)) {
    problems.push_back(problem.message);
  }
  return problems;
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

void PrintText(const std::vector<SourceFinding>& findings,
               const std::vector<std::string>& secrets) {
  const Ink ink;
  for (const SourceFinding& finding : findings) {
    std::cout << ink.Bold(Printable(ToString(finding.position))) << ": "
              << Printable(finding.message) << "\n";
  }
  for (const std::string& problem : secrets) {
    std::cout << Printable(problem) << "\n";
  }
}

void PrintJson(const std::vector<SourceFinding>& findings,
               const std::vector<std::string>& secrets) {
  using Json = nlohmann::ordered_json;
  const Json result = {{"findings", Json::parse(FindingsJson(findings))},
                       {"secret_files", secrets}};
  std::cout << result.dump(2, ' ', true, Json::error_handler_t::replace)
            << "\n";
}

int RunCheck(const CheckOptions& options) {
  const yaml::CheckRequest request{Given(options.config), Given(options.rules),
                                   Given(options.runbooks),
                                   yaml::ProcessEnvironment()};
  std::vector<SourceFinding> findings;
  const Result<yaml::Checked> checked = yaml::CheckAll(request, &findings);
  const std::vector<std::string> secrets = SecretProblems(request);
  if (options.json) {
    PrintJson(findings, secrets);
  } else {
    PrintText(findings, secrets);
  }
  if (!checked.ok() && checked.error().code != Code::kInvalidArgument) {
    PrintError("check", checked.error().message);
    return kExitUsage;
  }
  if (!checked.ok() || !secrets.empty()) return kExitFailure;
  if (!options.json) PrintClean(*checked);
  return kExitOk;
}

}  // namespace

void AddCheckCommand(CLI::App& program, int& exit_code) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App* const command = program.add_subcommand(
      "check", "Validates configuration, rules and runbooks");
  command->add_option("--config", options->config, "Configuration file");
  command->add_option("--rules", options->rules, "Folder of rules");
  command->add_option("--runbooks", options->runbooks, "Folder of runbooks");
  command->add_flag("--json", options->json, "Writes JSON");
  command->footer(R"(Examples:
  selfheal check
  selfheal check --rules my/rules --runbooks my/runbooks
  selfheal check --json | jq -r '.findings[].message'

One finding a line: file:line:column: message. PromQL is not evaluated; let
"selfheal explain" or "selfheal backtest" do that.
Exit: 0 clean; 1 findings; 2 a file or folder cannot be read, or usage.)");
  command->callback([options, &exit_code] { exit_code = RunCheck(*options); });
}

}  // namespace selfheal
