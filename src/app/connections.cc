#include "app/connections.h"

namespace selfheal {

std::string UserAgent() { return "selfheal/" SELFHEAL_VERSION; }

http::AuthOptions AuthOf(const std::string& bearer_file,
                         const std::string& username,
                         const std::string& password_file) {
  return {.bearer_token_file = bearer_file,
          .username = username,
          .password_file = password_file};
}

Result<std::unique_ptr<prometheus::PrometheusSource>> PrometheusOf(
    const Config& config) {
  auto source = prometheus::PrometheusSource::Create(
      {.url = config.prometheus.url,
       .auth =
           AuthOf(config.prometheus.bearer_token_file,
                  config.prometheus.username, config.prometheus.password_file),
       .ca_file = config.prometheus.ca_file,
       .headers = config.prometheus.headers,
       .user_agent = UserAgent(),
       .max_answer = static_cast<std::size_t>(config.limits.answer)});
  if (!source.ok()) return source.error().With("prometheus.url");
  return source;
}

}  // namespace selfheal
