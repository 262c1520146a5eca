#include "adapters/alertmanager/alertmanager_source.h"

#include <cstdint>
#include <utility>

#include "adapters/alertmanager/alert_parser.h"

namespace selfheal::alertmanager {
namespace {

constexpr const char* kTarget =
    "/api/v2/alerts?active=true&silenced=false&inhibited=false"
    "&unprocessed=true";

Error BadStatus(int status) {
  const std::string message = "alertmanager: HTTP " + std::to_string(status);
  switch (status) {
    case 401:
      return Error{Code::kUnauthenticated, message};
    case 403:
      return Error{Code::kPermissionDenied, message};
    case 429:
    case 500:
    case 502:
    case 503:
      return Error{Code::kUnavailable, message};
    case 504:
      return Error{Code::kDeadlineExceeded, message};
    default:
      return Error{Code::kInternal, message};
  }
}

}  // namespace

Result<std::unique_ptr<AlertmanagerSource>> AlertmanagerSource::Create(
    Options options, Logger& log) {
  auto client = http::Client::Create({.base_url = options.url,
                                      .tls = {.ca_file = options.ca_file},
                                      .user_agent = options.user_agent});
  if (!client) return client.error().With("alertmanager.url");
  return std::unique_ptr<AlertmanagerSource>(
      new AlertmanagerSource(std::move(options), *std::move(client), log));
}

AlertmanagerSource::AlertmanagerSource(Options options,
                                       std::unique_ptr<http::Client> client,
                                       Logger& log)
    : options_(std::move(options)), client_(std::move(client)), log_(log) {}

Result<std::vector<Alert>> AlertmanagerSource::Active() {
  const auto authorization = http::AuthorizationHeader(options_.auth);
  if (!authorization) return authorization.error().With("alertmanager");
  http::Request request{.target = kTarget,
                        .headers = {"Accept: application/json"},
                        .timeout = options_.timeout,
                        .max_body = options_.max_answer};
  if (!authorization->empty()) request.headers.push_back(*authorization);
  const http::Outcome outcome = client_->Send(request);
  if (!outcome.ok()) return outcome.failure().error.With("alertmanager");
  const http::Response& response = outcome.response();
  if (response.status != 200) return BadStatus(response.status);
  if (response.MediaType() != "application/json") {
    return Error{Code::kInternal, "alertmanager: the answer is not JSON"};
  }
  auto list = ParseAlerts(response.body);
  if (!list) return list.error().With("alertmanager");
  if (list->malformed > 0) {
    log_.Warn("alertmanager named alerts that cannot be taken",
              {{"malformed", static_cast<std::int64_t>(list->malformed)}});
  }
  return std::move(list->alerts);
}

}  // namespace selfheal::alertmanager
