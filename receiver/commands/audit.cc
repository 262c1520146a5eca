#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/audit_file.h"
#include "app/audit_replay.h"
#include "app/database.h"
#include "app/move_store.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/commands/ink.h"
#include "receiver/commands/printable.h"
#include "receiver/options.h"

namespace selfheal {
namespace {

using Json = nlohmann::ordered_json;

int Complain(const Error& error) {
  PrintError("audit", error.message);
  return error.code == Code::kInvalidArgument ? kExitUsage : kExitFailure;
}

void Print(const Json& json) {
  std::cout << json.dump(2, ' ', true, Json::error_handler_t::replace) << "\n";
}

Json ToJson(const AuditReport& report) {
  Json json = {{"intact", report.first_bad == 0},
               {"rows", report.rows},
               {"head", report.head.hash},
               {"first_bad", nullptr}};
  if (report.first_bad != 0) {
    json["first_bad"] = report.first_bad;
    json["problem"] = report.problem;
  }
  return json;
}

int ExitOf(const AuditReport& report) {
  return report.first_bad == 0 ? kExitOk : kExitFailure;
}

int PrintVerified(const AuditReport& report) {
  const Ink ink;
  if (report.first_bad == 0) {
    std::cout << ink.Good("intact") << ": " << report.rows << " rows, head "
              << report.head.hash << "\n";
  } else {
    std::cout << ink.Bad("tampered") << ": row " << report.first_bad << ": "
              << Printable(report.problem) << "\n";
  }
  return ExitOf(report);
}

int RunVerify(const Config& config, const std::string& known_head, bool json) {
  const auto report = VerifyAuditOf(config, known_head);
  if (!report.ok()) return Complain(report.error());
  if (!json) return PrintVerified(*report);
  Print(ToJson(*report));
  return ExitOf(*report);
}

int RunExport(const Config& config, bool) {
  const auto rows = ExportAuditOf(config, std::cout);
  std::cout.flush();
  return rows.ok() ? kExitOk : Complain(rows.error());
}

/// How many decisions came to which state.
std::map<std::string_view, int> CountStates(
    const std::vector<ReplayedDecision>& all) {
  std::map<std::string_view, int> counts;
  for (const ReplayedDecision& one : all) ++counts[ReplayStateName(one.state)];
  return counts;
}

/// One line a decision.
void PrintReplay(const std::vector<ReplayedDecision>& all) {
  const Ink ink;
  for (const ReplayedDecision& one : all) {
    const AuditRecord& record = one.record;
    const std::string_view state = ReplayStateName(one.state);
    std::cout << "row " << record.seq << " " << record.incident_id << " "
              << StageName(record.stage) << " " << Printable(record.outcome)
              << ": "
              << (one.state == ReplayState::kDifferent ? ink.Bad(state)
                                                       : std::string(state))
              << (one.detail.empty() ? "" : ": ") << Printable(one.detail)
              << "\n";
  }
  std::cout << all.size() << " decisions";
  const char* separator = ": ";
  for (const auto& [state, count] : CountStates(all)) {
    std::cout << separator << count << " " << state;
    separator = ", ";
  }
  std::cout << "\n";
}

Json ToJson(const ReplayedDecision& one) {
  return {{"row", one.record.seq},
          {"incident", one.record.incident_id},
          {"stage", StageName(one.record.stage)},
          {"outcome", one.record.outcome},
          {"state", ReplayStateName(one.state)},
          {"detail", one.detail}};
}

int RunReplay(const Config& config, const std::string& incident, bool json) {
  const auto all = ReplayAuditOf(config, incident);
  if (!all.ok()) return Complain(all.error());
  if (all->empty() && !incident.empty()) {
    return Complain({Code::kInvalidArgument, "no decision about an incident " +
                                                 incident + " stands in it"});
  }
  const auto chain = VerifyAuditOf(config, "");
  if (!chain.ok()) return Complain(chain.error());
  const bool same =
      CountStates(*all).count(ReplayStateName(ReplayState::kDifferent)) == 0;
  if (json) {
    Json decisions = Json::array();
    for (const ReplayedDecision& one : *all) decisions.push_back(ToJson(one));
    Print({{"decisions", std::move(decisions)},
           {"counts", CountStates(*all)},
           {"chain", ToJson(*chain)}});
  } else {
    PrintReplay(*all);
    PrintVerified(*chain);
  }
  return same ? ExitOf(*chain) : kExitFailure;
}

/// The audit of a store that was copied to `place`.
int PrintCopied(const AuditReport& report, const std::string& place,
                const char* key, bool json) {
  if (json) {
    Json copy = ToJson(report);
    copy[key] = place;
    Print(copy);
  } else {
    std::cout << Printable(place) << ": " << report.rows << " audit rows, "
              << (report.first_bad == 0 ? "intact" : Printable(report.problem))
              << ", head " << report.head.hash << "\n";
  }
  return ExitOf(report);
}

int RunBackup(const Config& config, const std::string& to, bool json) {
  const auto report = BackUpStoreOf(config, to);
  if (!report.ok()) return Complain(report.error());
  return PrintCopied(*report, to, "file", json);
}

int RunMove(const Config& config, const std::string& from, bool json) {
  const auto report = MoveStore(config, from);
  if (!report.ok()) return Complain(report.error());
  return PrintCopied(*report, PlaceOf(config), "database", json);
}

/// Why `text` is no hash of a row, or "".
std::string HashProblem(const std::string& text) {
  const bool hash =
      text.size() == 64 &&
      text.find_first_not_of("0123456789abcdef") == std::string::npos;
  return hash ? "" : "expected 64 hex digits";
}

/// What the parts have in common.
struct PartOptions {
  std::string config;
  bool json = false;
};

/// A subcommand with --config that does `run` with what that names.
CLI::App* AddPart(CLI::App& command, const char* name, const char* sentence,
                  std::function<int(const Config&, bool json)> run,
                  int& exit_code) {
  CLI::App* const part = command.add_subcommand(name, sentence);
  const auto options = std::make_shared<PartOptions>();
  part->add_option("--config", options->config, "Configuration file");
  part->add_flag("--json", options->json, "Writes JSON");
  part->callback([options, run = std::move(run), &exit_code] {
    const std::optional<Config> config = LoadConfigOrComplain(options->config);
    exit_code = config ? run(*config, options->json) : kExitUsage;
  });
  return part;
}

}  // namespace

void AddAuditCommand(CLI::App& program, int& exit_code) {
  CLI::App* const command = program.add_subcommand(
      "audit", "Checks, exports, replays or backs up the audit");
  command->require_subcommand(1);
  command->footer(R"(Examples:
  selfheal audit verify
  selfheal audit verify --head HASH        a head that the log showed
  selfheal audit replay INCIDENT --json
  selfheal audit export | jq 'select(.stage == "execute")'
  selfheal audit backup /backup/selfheal.db
  DATABASE_URL=postgresql://... selfheal audit move /var/lib/selfheal/selfheal.db

Each but move runs beside "selfheal serve".
Exit: 0; 1 tampered (the first bad row is named), another answer, or the store
cannot be read; 2 usage or configuration.)");
  const auto head = std::make_shared<std::string>();
  AddPart(
      *command, "verify", "Recomputes the hash chain",
      [head](const Config& config, bool json) {
        return RunVerify(config, *head, json);
      },
      exit_code)
      ->add_option("--head", *head,
                   "A head that the log showed: a row must carry this hash")
      ->check(HashProblem);
  AddPart(*command, "export", "Writes every row as one JSON line", RunExport,
          exit_code);
  const auto incident = std::make_shared<std::string>();
  AddPart(
      *command, "replay",
      "Recomputes each assessment and verdict from the audit, to the bit",
      [incident](const Config& config, bool json) {
        return RunReplay(config, *incident, json);
      },
      exit_code)
      ->add_option("INCIDENT", *incident, "Of this incident only");
  const auto to = std::make_shared<std::string>();
  AddPart(
      *command, "backup",
      "Copies the whole store while it runs, and checks the copy",
      [to](const Config& config, bool json) {
        return RunBackup(config, *to, json);
      },
      exit_code)
      ->add_option("FILE", *to, "The new file")
      ->required();
  const auto from = std::make_shared<std::string>();
  AddPart(
      *command, "move",
      "Copies a SQLite store into the empty PostgreSQL database of "
      "database.url",
      [from](const Config& config, bool json) {
        return RunMove(config, *from, json);
      },
      exit_code)
      ->add_option("FILE", *from, "The SQLite file; it stays as it is")
      ->required();
}

}  // namespace selfheal
