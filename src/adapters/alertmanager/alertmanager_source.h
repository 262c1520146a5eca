#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/http/auth.h"
#include "adapters/http/client.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "intake/alert_source.h"

namespace selfheal::alertmanager {

struct Options {
  std::string url;
  http::AuthOptions auth = {};
  std::string ca_file = {};
  std::string user_agent = "selfheal";
  Duration timeout = std::chrono::seconds(10);
  /// Largest answer, in bytes.
  std::size_t max_answer = std::size_t{32} << 20;
};

/// AlertSource over Alertmanager's API v2. The route has no pages: one answer
/// holds every alert.
class AlertmanagerSource final : public AlertSource {
 public:
  /// `log` must outlive the source.
  /// @error kInvalidArgument  the URL.
  static Result<std::unique_ptr<AlertmanagerSource>> Create(Options options,
                                                            Logger& log);

  Result<std::vector<Alert>> Active() override;

 private:
  AlertmanagerSource(Options options, std::unique_ptr<http::Client> client,
                     Logger& log);

  const Options options_;
  const std::unique_ptr<http::Client> client_;
  Logger& log_;
};

}  // namespace selfheal::alertmanager
