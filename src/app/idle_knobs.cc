#include "app/idle_knobs.h"

#include <utility>

namespace selfheal {

std::vector<std::string> IdleKnobs(const Config& config) {
  const std::pair<const char*, bool> knobs[] = {
      {"slack.channel", !config.slack.channel.empty()},
      {"slack.bot_token_file", !config.slack.bot_token_file.empty()},
      {"slack.signing_secret_file", !config.slack.signing_secret_file.empty()},
      {"slack.app_token_file", !config.slack.app_token_file.empty()},
      {"kafka.bootstrap_servers", !config.kafka.bootstrap_servers.empty()},
      {"kafka.alert_topic", !config.kafka.alert_topic.empty()},
      {"approvals.approvers", !config.approvals.approvers.empty()},
      {"auth.public_pages", config.auth.public_pages},
      {"guards.nodes", config.guards.nodes}};
  std::vector<std::string> idle;
  for (const auto& [key, set] : knobs) {
    if (set) idle.emplace_back(key);
  }
  return idle;
}

}  // namespace selfheal
