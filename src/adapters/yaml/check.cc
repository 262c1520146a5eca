#include "adapters/yaml/check.h"

#include "adapters/yaml/rule_set_loader.h"

namespace selfheal::yaml {

Result<Checked> CheckAll(const CheckRequest& request,
                         std::vector<SourceFinding>* findings) {
  Config config;
  const Result<void> read =
      ReadConfig(request.config_file, request.environment, config, findings);
  if (!read.ok() && read.error().code != Code::kInvalidArgument) {
    return read.error();
  }
  if (request.rules_dir) config.rules_dir = *request.rules_dir;
  if (request.runbooks_dir) config.runbooks_dir = *request.runbooks_dir;
  // Nothing here asks for the digests.
  const auto set = LoadRuleSet(
      config, [](std::string_view) { return std::string(); }, findings);
  // A configuration that is wrong may have meant another folder.
  if (!set && (read.ok() || set.error().code == Code::kInvalidArgument)) {
    return set.error();
  }
  if (!read.ok()) return read.error();
  return Checked{(*set)->rules.size(), (*set)->runbooks.size(),
                 config.rules_dir, config.runbooks_dir};
}

}  // namespace selfheal::yaml
