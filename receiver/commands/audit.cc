#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/audit_file.h"
#include "app/audit_replay.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/options.h"

namespace selfheal {
namespace {

int Complain(const Error& error) {
  PrintError("audit", error.message);
  return error.code == Code::kInvalidArgument ? kExitUsage : kExitFailure;
}

int RunVerify(const Config& config, const std::string& known_head) {
  const auto report = VerifyAuditOf(config, known_head);
  if (!report.ok()) return Complain(report.error());
  if (report->first_bad == 0) {
    std::cout << "intact: " << report->rows << " rows, head "
              << report->head.hash << "\n";
    return kExitOk;
  }
  std::cout << "tampered: row " << report->first_bad << ": " << report->problem
            << "\n";
  return kExitFailure;
}

int RunExport(const Config& config) {
  const auto rows = ExportAuditOf(config, std::cout);
  std::cout.flush();
  return rows.ok() ? kExitOk : Complain(rows.error());
}

/// One line a decision; true where none is different.
bool PrintReplay(const std::vector<ReplayedDecision>& all) {
  std::map<std::string_view, int> counts;
  for (const ReplayedDecision& one : all) {
    const AuditRecord& record = one.record;
    const std::string_view state = ReplayStateName(one.state);
    ++counts[state];
    std::cout << "row " << record.seq << " " << record.incident_id << " "
              << StageName(record.stage) << " " << record.outcome << ": "
              << state << (one.detail.empty() ? "" : ": ") << one.detail
              << "\n";
  }
  std::cout << all.size() << " decisions";
  const char* separator = ": ";
  for (const auto& [state, count] : counts) {
    std::cout << separator << count << " " << state;
    separator = ", ";
  }
  std::cout << "\n";
  return counts.count(ReplayStateName(ReplayState::kDifferent)) == 0;
}

int RunReplay(const Config& config, const std::string& incident) {
  const auto all = ReplayAuditOf(config, incident);
  if (!all.ok()) return Complain(all.error());
  const bool same = PrintReplay(*all);
  const int intact = RunVerify(config, "");
  return same ? intact : kExitFailure;
}

int RunBackup(const Config& config, const std::string& to) {
  const auto report = BackUpStoreOf(config, to);
  if (!report.ok()) return Complain(report.error());
  std::cout << to << ": " << report->rows << " audit rows, "
            << (report->first_bad == 0 ? "intact" : report->problem)
            << ", head " << report->head.hash << "\n";
  return report->first_bad == 0 ? kExitOk : kExitFailure;
}

/// A subcommand with --config that does `run` with what that names.
CLI::App* AddPart(CLI::App& command, const char* name, const char* sentence,
                  std::function<int(const Config&)> run, int& exit_code) {
  CLI::App* const part = command.add_subcommand(name, sentence);
  const auto file = std::make_shared<std::string>();
  part->add_option("--config", *file, "Configuration file");
  part->callback([file, run = std::move(run), &exit_code] {
    const std::optional<Config> config = LoadConfigOrComplain(*file);
    exit_code = config ? run(*config) : kExitUsage;
  });
  return part;
}

}  // namespace

void AddAuditCommand(CLI::App& program, int& exit_code) {
  CLI::App* const command = program.add_subcommand(
      "audit", "Checks, exports, replays or backs up the audit");
  command->require_subcommand(1);
  const auto head = std::make_shared<std::string>();
  AddPart(
      *command, "verify", "Recomputes the hash chain",
      [head](const Config& config) { return RunVerify(config, *head); },
      exit_code)
      ->add_option("--head", *head,
                   "A head that the log showed: a row must carry this hash");
  AddPart(*command, "export", "Writes every row as one JSON line", RunExport,
          exit_code);
  const auto incident = std::make_shared<std::string>();
  AddPart(
      *command, "replay",
      "Recomputes each assessment and verdict from the audit, to the bit",
      [incident](const Config& config) { return RunReplay(config, *incident); },
      exit_code)
      ->add_option("INCIDENT", *incident, "Of this incident only");
  const auto to = std::make_shared<std::string>();
  AddPart(
      *command, "backup",
      "Copies the whole store while it runs, and checks the copy",
      [to](const Config& config) { return RunBackup(config, *to); }, exit_code)
      ->add_option("FILE", *to, "The new file")
      ->required();
}

}  // namespace selfheal
