#include "receiver/commands/config_options.h"

#include "app/config_files.h"
#include "receiver/options.h"

namespace selfheal {

std::optional<Config> LoadConfigOrComplain(const std::string& file,
                                           const Config& defaults) {
  std::vector<SourceFinding> findings;
  auto config = yaml::LoadConfig(
      file.empty() ? std::nullopt : std::optional<std::string>(file),
      yaml::ProcessEnvironment(), &findings, defaults);
  if (config.ok()) return std::move(config).value();
  PrintFindings(findings);
  if (findings.empty()) PrintError("config", config.error().message);
  return std::nullopt;
}

void PrintFindings(const std::vector<SourceFinding>& findings) {
  for (const SourceFinding& finding : findings) {
    PrintError("config", ToString(finding));
  }
}

}  // namespace selfheal
