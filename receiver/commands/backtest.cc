#include "app/backtest.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "receiver/commands/backtest_report.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/commands/moment.h"
#include "receiver/commands/printable.h"
#include "receiver/commands/progress.h"
#include "receiver/options.h"

namespace selfheal {
namespace {

struct BacktestOptions {
  std::string config;
  std::string from;
  std::string to;
  bool json = false;
  bool progress = false;
};

Time MomentOf(const std::string& option, const std::string& text, Time now) {
  const auto moment = ParseMoment(text, now);
  if (moment) return *moment;
  throw CLI::ValidationError(
      option,
      "expected 2026-11-01, 2026-11-01T12:00:00Z, now or now-30d, found " +
          Printable(text));
}

int RunBacktest(const BacktestOptions& options, Time from, Time to) {
  const std::optional<Config> config = LoadConfigOrComplain(options.config);
  if (!config) return kExitUsage;
  std::vector<SourceFinding> findings;
  const auto rules = RulesToTry(*config, &findings);
  PrintFindings(findings);
  if (!rules.ok()) {
    if (findings.empty()) PrintError("backtest", rules.error().message);
    return kExitUsage;
  }
  Progress progress(options.progress);
  const BacktestRequest request{
      from, to, [&](std::string_view what, std::size_t done, std::size_t all) {
        progress.Show(what, done, all);
      }};
  const auto report = Backtest(*config, *rules, request);
  progress.Clear();
  if (!report.ok()) {
    PrintError("backtest", Printable(report.error().message));
    return kExitFailure;
  }
  std::cout << (options.json ? BacktestJson(*report)
                             : BacktestText(*report, Ink()));
  std::cout.flush();
  return kExitOk;
}

}  // namespace

void AddBacktestCommand(CLI::App& program, int& exit_code) {
  const auto options = std::make_shared<BacktestOptions>();
  CLI::App* const command = program.add_subcommand(
      "backtest",
      "Shows what would have come of the alerts of the past; never acts");
  command->add_option("--from", options->from, "The first moment")->required();
  command->add_option("--to", options->to, "The moment after the last")
      ->required();
  command->add_option("--config", options->config, "Configuration file");
  command->add_flag("--json", options->json,
                    "Writes JSON, with every alert in it");
  command->add_flag("--progress", options->progress,
                    "Shows progress also where stderr is no terminal");
  command->footer(R"(Examples:
  selfheal backtest --from now-30d --to now
  selfheal backtest --from 2026-11-01 --to 2026-12-01 --json \
    | jq '.rules[] | {rule, ends}'

Reads ALERTS from Prometheus, judges each alert by the evidence of its own
moment with the rules that are loaded, and asks the guards that need no live
cluster.
Exit: 0; 1 Prometheus cannot be read; 2 usage, configuration or rules.)");
  command->callback([options, &exit_code] {
    const Time now = SystemClock().Now();
    const Time from = MomentOf("--from", options->from, now);
    const Time to = std::min(MomentOf("--to", options->to, now), now);
    if (from >= to) {
      throw CLI::ValidationError("--from", "expected a moment before --to");
    }
    exit_code = RunBacktest(*options, from, to);
  });
}

}  // namespace selfheal
