#include "receiver/options.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "receiver/commands/commands.h"
#include "receiver/commands/printable.h"

namespace selfheal {
namespace {

/// @param first  the first argument, or "".
int UsageError(const CLI::App& program, std::string_view first,
               const CLI::ParseError& error) {
  std::string where = "command line";
  if (program.get_subcommands().empty() && !first.empty() && first[0] != '-') {
    PrintError("usage", where + ": no command is called \"" + Printable(first) +
                            "\" (see selfheal --help)");
    return kExitUsage;
  }
  for (const CLI::App* command : program.get_subcommands()) {
    where = command->get_name();
  }
  PrintError("usage", where + ": " + error.what() + " (see selfheal --help)");
  return kExitUsage;
}

}  // namespace

void PrintError(std::string_view what, std::string_view message) {
  std::string line = "selfheal: " + std::string(what) + ": ";
  for (const char c : message) line += c == '\n' || c == '\r' ? ' ' : c;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int RunProgram(int argc, char** argv) {
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
    return UsageError(program, argc > 1 ? argv[1] : "", error);
  }
  return exit_code;
}

}  // namespace selfheal
