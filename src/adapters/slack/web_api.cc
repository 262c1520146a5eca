#include "adapters/slack/web_api.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "adapters/http/auth.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxAnswer = std::size_t{1} << 20;
constexpr std::size_t kMaxCode = 64;

constexpr std::array<std::string_view, 14> kOperator = {
    "invalid_auth",      "not_authed",        "account_inactive",
    "token_revoked",     "token_expired",     "missing_scope",
    "channel_not_found", "not_in_channel",    "is_archived",
    "restricted_action", "no_permission",     "not_allowed_token_type",
    "ekm_access_denied", "org_login_required"};
constexpr std::array<std::string_view, 6> kPassing = {
    "internal_error",  "fatal_error", "service_unavailable",
    "request_timeout", "ratelimited", "rate_limited"};

template <typename List>
bool Holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

ApiError ErrorNamed(std::string code) {
  if (code == "ratelimited" || code == "rate_limited") {
    return {ApiError::Kind::kLimited, std::move(code)};
  }
  if (Holds(kOperator, code)) return {ApiError::Kind::kOperator, code};
  if (Holds(kPassing, code)) return {ApiError::Kind::kAgain, code};
  return {ApiError::Kind::kRefused, std::move(code)};
}

/// Slack's answer of an HTTP 200.
ApiAnswer Read(const std::string& body) {
  json answer = json::parse(body, nullptr, false);
  if (!answer.is_object()) return ApiError{ApiError::Kind::kAgain, "no JSON"};
  const auto ok = answer.find("ok");
  if (ok != answer.end() && ok->is_boolean() && ok->get<bool>()) return answer;
  const auto error = answer.find("error");
  if (error == answer.end() || !error->is_string()) {
    return ApiError{ApiError::Kind::kAgain, "no error's name"};
  }
  return ErrorNamed(error->get<std::string>().substr(0, kMaxCode));
}

}  // namespace

Duration RetryAfter(const http::Response& response) {
  const std::string_view text = response.Header("retry-after");
  int value = 0;
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 0) {
    return Duration::zero();
  }
  return std::chrono::seconds(value);
}

Result<std::unique_ptr<WebApi>> WebApi::Create(Options options) {
  auto client = http::Client::Create(
      {.base_url = options.api_url, .user_agent = options.user_agent});
  if (!client) return client.error().With("slack.api_url");
  return std::unique_ptr<WebApi>(
      new WebApi(std::move(options), *std::move(client)));
}

ApiAnswer WebApi::Call(std::string_view method, const Arguments& arguments) {
  const auto authorization =
      http::AuthorizationHeader({.bearer_token_file = options_.token_file});
  if (!authorization) {
    return ApiError{ApiError::Kind::kOperator, authorization.error().message};
  }
  const http::Outcome outcome = client_->Send(
      {.method = http::Method::kPost,
       .target = "/" + std::string(method),
       .headers = {*authorization,
                   "Content-Type: application/x-www-form-urlencoded"},
       .body = http::BuildQuery(arguments),
       .timeout = options_.timeout,
       .max_body = kMaxAnswer});
  if (!outcome.ok()) {
    return ApiError{ApiError::Kind::kAgain, outcome.failure().error.message};
  }
  const http::Response& response = outcome.response();
  if (response.status == 200) return Read(response.body);
  const std::string code = "HTTP " + std::to_string(response.status);
  if (response.status == 429) {
    return ApiError{ApiError::Kind::kLimited, code, RetryAfter(response)};
  }
  return ApiError{response.status >= 500 ? ApiError::Kind::kAgain
                                         : ApiError::Kind::kRefused,
                  code};
}

}  // namespace selfheal::slack
