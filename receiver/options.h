#pragma once

#include <string_view>

#include "core/result.h"

namespace selfheal {

/// Exit codes of the program.
inline constexpr int kExitOk = 0;
/// The command ran and its answer is "no", or it could not run.
inline constexpr int kExitFailure = 1;
/// The command line, the configuration or a file it names is wrong.
inline constexpr int kExitUsage = 2;

/// Parses the command line, runs the subcommand, returns the exit code.
int RunProgram(int argc, char** argv);

/// Writes "selfheal: <what>: <message>" as one line to stderr.
void PrintError(std::string_view what, std::string_view message);

}  // namespace selfheal
