#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "app/audit_file.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/options.h"

namespace selfheal {
namespace {

int Complain(const Error& error) {
  PrintError("audit", error.message);
  return error.code == Code::kInvalidArgument ? kExitUsage : kExitFailure;
}

int RunVerify(const Config& config) {
  const auto report = VerifyAuditOf(config);
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

int RunBackup(const Config& config, const std::string& to) {
  const auto report = BackUpStoreOf(config, to);
  if (!report.ok()) return Complain(report.error());
  std::cout << to << ": " << report->rows << " audit rows, "
            << (report->first_bad == 0 ? "intact" : report->problem)
            << ", head " << report->head.hash << "\n";
  return report->first_bad == 0 ? kExitOk : kExitFailure;
}

void AddBackup(CLI::App& command, const std::shared_ptr<std::string>& file,
               int& exit_code) {
  CLI::App* const backup = command.add_subcommand(
      "backup", "Copies the whole store while it runs, and checks the copy");
  const auto to = std::make_shared<std::string>();
  backup->add_option("FILE", *to, "The new file")->required();
  backup->add_option("--config", *file, "Configuration file");
  backup->callback([file, to, &exit_code] {
    const std::optional<Config> config = LoadConfigOrComplain(*file);
    exit_code = config ? RunBackup(*config, *to) : kExitUsage;
  });
}

using Action = int (*)(const Config&);

void AddAction(CLI::App& command, const char* name, const char* sentence,
               const std::shared_ptr<std::string>& file, Action run,
               int& exit_code) {
  CLI::App* const action = command.add_subcommand(name, sentence);
  action->add_option("--config", *file, "Configuration file");
  action->callback([file, run, &exit_code] {
    const std::optional<Config> config = LoadConfigOrComplain(*file);
    exit_code = config ? run(*config) : kExitUsage;
  });
}

}  // namespace

void AddAuditCommand(CLI::App& program, int& exit_code) {
  const auto file = std::make_shared<std::string>();
  CLI::App* const command =
      program.add_subcommand("audit", "Checks, exports or backs up the audit");
  command->require_subcommand(1);
  AddAction(*command, "verify", "Recomputes the hash chain", file, RunVerify,
            exit_code);
  AddAction(*command, "export", "Writes every row as one JSON line", file,
            RunExport, exit_code);
  AddBackup(*command, file, exit_code);
}

}  // namespace selfheal
