#include "receiver/options.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "receiver/commands/commands.h"
#include "receiver/commands/printable.h"

namespace selfheal {
namespace {

/// "check, serve, ...": what may stand behind `command`.
std::string PartsOf(const CLI::App& command) {
  std::string names;
  for (const CLI::App* part :
       command.get_subcommands([](const CLI::App*) { return true; })) {
    names += (names.empty() ? "" : ", ") + part->get_name();
  }
  return names;
}

/// What of the command line is wrong. Where a part had to be named, its name
/// was either left out or is none.
std::string UsageProblem(const CLI::App& command,
                         const CLI::ParseError& error) {
  if (command.get_require_subcommand_min() == 0) return error.what();
  const std::string expected = "expected one of " + PartsOf(command);
  const std::vector<std::string> unknown = command.remaining();
  if (unknown.empty()) return expected;
  const std::string& word = unknown.front();
  return (word.starts_with('-') ? "no option is called \""
                                : "no command is called \"") +
         Printable(word) + "\", " + expected;
}

int UsageError(const CLI::App& program, const CLI::ParseError& error) {
  const CLI::App* command = &program;
  std::string words;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().back();
    words += (words.empty() ? "" : " ") + command->get_name();
  }
  PrintError("usage", (words.empty() ? "command line" : words) + ": " +
                          UsageProblem(*command, error) + " (see selfheal " +
                          words + (words.empty() ? "" : " ") + "--help)");
  return kExitUsage;
}

int ParseAndRun(int argc, char** argv) {
  CLI::App program(
      "Heals Kubernetes workloads: alerts in, guarded actions out.",
      "selfheal");
  program.require_subcommand(1);
  int exit_code = kExitOk;
  AddServeCommand(program, exit_code);
  AddCheckCommand(program, exit_code);
  AddTestCommand(program, exit_code);
  AddExplainCommand(program, exit_code);
  AddBacktestCommand(program, exit_code);
  AddScoreCommand(program, exit_code);
  AddForecastCommand(program, exit_code);
  AddRbacCommand(program, exit_code);
  AddAuditCommand(program, exit_code);
  AddVersionCommand(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return program.exit(help);
  } catch (const CLI::ParseError& error) {
    return UsageError(program, error);
  }
  return exit_code;
}

/// Why what was written to stdout did not all get there, or "".
std::string OutputProblem() {
  const bool failed_before = !std::cout || std::ferror(stdout) != 0;
  if (std::fflush(stdout) != 0) return std::generic_category().message(errno);
  return failed_before ? "not all could be written" : "";
}

}  // namespace

void PrintError(std::string_view what, std::string_view message) {
  std::string line = "selfheal: " + std::string(what) + ": ";
  for (const char c : message) line += c == '\n' || c == '\r' ? ' ' : c;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int RunProgram(int argc, char** argv) {
  const int exit_code = ParseAndRun(argc, argv);
  const std::string problem = OutputProblem();
  if (problem.empty()) return exit_code;
  PrintError("output", "stdout: " + problem);
  return exit_code == kExitOk ? kExitFailure : exit_code;
}

}  // namespace selfheal
