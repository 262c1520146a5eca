#include "adapters/yaml/check.h"

#include "adapters/yaml/rule_set_loader.h"

namespace selfheal::yaml {

Result<void> CheckAll(const CheckRequest& request,
                      std::vector<SourceFinding>* findings) {
  auto loaded = LoadConfig(request.config_file, request.environment, findings);
  if (!loaded && loaded.error().code != Code::kInvalidArgument) {
    return loaded.error();
  }
  Config config = loaded.ok() ? *loaded : Config();
  if (request.rules_dir) config.rules_dir = *request.rules_dir;
  if (request.runbooks_dir) config.runbooks_dir = *request.runbooks_dir;
  // Nothing here asks for the digests.
  const auto set = LoadRuleSet(
      config, [](std::string_view) { return std::string(); }, findings);
  if (!set) return set.error();
  if (!loaded) return loaded.error();
  return {};
}

}  // namespace selfheal::yaml
