#pragma once

namespace CLI {
class App;
}

namespace selfheal {

// One function a subcommand. Each adds its own options to `program`; what it
// does runs when the command line was parsed, and leaves the process's exit
// code in `exit_code`.

void AddServeCommand(CLI::App& program, int& exit_code);
void AddCheckCommand(CLI::App& program, int& exit_code);
void AddExplainCommand(CLI::App& program, int& exit_code);
void AddBacktestCommand(CLI::App& program, int& exit_code);
void AddScoreCommand(CLI::App& program, int& exit_code);
void AddForecastCommand(CLI::App& program, int& exit_code);
void AddRbacCommand(CLI::App& program, int& exit_code);
void AddTestCommand(CLI::App& program, int& exit_code);
void AddAuditCommand(CLI::App& program, int& exit_code);
void AddVersionCommand(CLI::App& program, int& exit_code);

}  // namespace selfheal
