#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "codec/incident_json.h"
#include "receiver/commands/commands.h"
#include "receiver/commands/config_options.h"
#include "receiver/commands/ink.h"
#include "receiver/commands/printable.h"
#include "receiver/options.h"

namespace selfheal {
namespace {

using Json = nlohmann::ordered_json;

struct ExplainOptions {
  std::string config;
  std::string payload;
  bool json = false;
};

/// A folder of its own for a store that nobody keeps, so that the one of a
/// running service is neither locked nor written.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code error;
    path_ = std::filesystem::temp_directory_path(error).string() +
            "/selfheal-explain-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::optional<std::string> ReadPayload(const std::string& file) {
  if (file == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

Json Judged(const Explanation& one) {
  return {{"score", one.incident.assessment->score},
          {"threshold", one.threshold},
          {"confidence", one.incident.assessment->confidence}};
}

Json ToJson(const Explanation& one) {
  Json stages = Json::array();
  for (const ExplainedStage& stage : one.stages) {
    stages.push_back({{"stage", StageName(stage.stage)},
                      {"outcome", stage.outcome},
                      {"reason", stage.reason}});
  }
  const bool matched = !one.incident.rule.empty();
  return {{"index", one.index},
          {"fingerprint", one.alert.fingerprint},
          {"alertname", AlertName(one.alert)},
          {"status", AlertStatusName(one.alert.status)},
          {"stages", std::move(stages)},
          {"answer", one.answer},
          {"judged", one.incident.assessment ? Judged(one) : Json(nullptr)},
          {"incident",
           matched ? Json::parse(IncidentJson(one.incident)) : Json(nullptr)}};
}

void PrintJson(const std::vector<Explanation>& explanations,
               const std::string& history) {
  Json alerts = Json::array();
  for (const Explanation& one : explanations) alerts.push_back(ToJson(one));
  const Json all = {{"history", history}, {"alerts", std::move(alerts)}};
  std::cout << all.dump(2, ' ', true, Json::error_handler_t::replace) << "\n";
}

void PrintText(const std::vector<Explanation>& explanations) {
  const Ink ink;
  for (const Explanation& one : explanations) {
    std::cout << "alert " << one.index << ": "
              << ink.Bold(Printable(AlertName(one.alert))) << " "
              << AlertStatusName(one.alert.status) << " since "
              << FormatTime(one.alert.starts_at) << "\n";
    for (const ExplainedStage& stage : one.stages) {
      std::cout << "  " << StageName(stage.stage) << ": " << stage.outcome
                << ": " << Printable(stage.reason) << "\n";
    }
    std::cout << "  => " << ink.Bold(Printable(one.answer)) << "\n";
  }
}

int Complain(const Error& error) {
  PrintError("explain", Printable(error.message));
  return error.code == Code::kInvalidArgument ? kExitUsage : kExitFailure;
}

int Explain(const Config& config, const std::string& scratch,
            const std::string& payload, bool json) {
  std::vector<SourceFinding> findings;
  auto app = App::CreateReadOnly(config, scratch, &findings);
  if (!app.ok()) {
    PrintFindings(findings);
    return Complain(app.error().With("start"));
  }
  const auto explanations = (*app)->Explain(payload);
  if (!explanations.ok()) return Complain(explanations.error());
  const std::string& history = (*app)->HistoryUsed();
  if (json) {
    PrintJson(*explanations, history);
  } else {
    PrintText(*explanations);
    std::cerr << "selfheal: explain: " << history << "\n";
  }
  std::cout.flush();
  return kExitOk;
}

int RunExplain(const ExplainOptions& options) {
  std::optional<Config> config = LoadConfigOrComplain(options.config);
  if (!config) return kExitUsage;
  const auto payload = ReadPayload(options.payload);
  if (!payload) {
    PrintError("explain", options.payload + ": cannot be read");
    return kExitUsage;
  }
  const ScratchFolder scratch;
  if (scratch.path().empty()) {
    PrintError("explain", "no folder for temporary files can be made");
    return kExitFailure;
  }
  config->log.level = "error";
  return Explain(*config, scratch.path(), *payload, options.json);
}

}  // namespace

void AddExplainCommand(CLI::App& program, int& exit_code) {
  const auto options = std::make_shared<ExplainOptions>();
  CLI::App* const command = program.add_subcommand(
      "explain",
      "Shows what a webhook body would come to, read-only; nothing is kept "
      "(audit replay recomputes what serve decided)");
  command->add_option("--config", options->config, "Configuration file");
  command->add_flag("--json", options->json, "Writes JSON");
  command->add_option("payload", options->payload, "Webhook body, - = stdin")
      ->required();
  command->footer(R"(Examples:
  selfheal explain docs/reference/payload.json
  kubectl -n selfheal exec -i deploy/selfheal -- selfheal explain - < body.json
  selfheal explain --json body.json | jq -r '.alerts[].answer'

Exit: 0; 1 Prometheus or the cluster cannot be read; 2 usage, configuration,
or a body that is no webhook of Alertmanager.)");
  command->callback(
      [options, &exit_code] { exit_code = RunExplain(*options); });
}

}  // namespace selfheal
