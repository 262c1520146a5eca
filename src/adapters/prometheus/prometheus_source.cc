#include "adapters/prometheus/prometheus_source.h"

#include <algorithm>
#include <cstdio>

#include "adapters/http/url.h"
#include "adapters/prometheus/answer_parser.h"

namespace selfheal::prometheus {
namespace {

/// A sample takes at least 8 bytes of the body ("[0,\"0\"],").
constexpr std::size_t kBytesPerSample = 8;

/// Unix seconds with milliseconds, independent of any locale.
std::string FormatSeconds(Duration since_epoch) {
  const auto millis =
      std::chrono::floor<std::chrono::milliseconds>(since_epoch).count();
  char text[32];
  std::snprintf(text, sizeof text, "%s%lld.%03lld", millis < 0 ? "-" : "",
                std::abs(static_cast<long long>(millis)) / 1000,
                std::abs(static_cast<long long>(millis)) % 1000);
  return text;
}

/// Plain seconds: a duration with a unit may have no fraction.
std::string FormatTimeout(Duration deadline) {
  return FormatSeconds(
      std::max<Duration>(deadline, std::chrono::milliseconds(1)));
}

bool IsHeaderLine(const std::string& line) {
  const auto colon = line.find(':');
  return colon != std::string::npos && colon > 0 &&
         std::all_of(line.begin(), line.end(),
                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

Code CodeOfStatus(int status, std::string_view sentence) {
  switch (status) {
    case 400:
    case 422:
      return Code::kInvalidArgument;
    case 401:
      return Code::kUnauthenticated;
    case 403:
      return Code::kPermissionDenied;
    case 503:
      return sentence.starts_with("timeout") ? Code::kDeadlineExceeded
                                             : Code::kUnavailable;
    case 429:
    case 499:
    case 502:
    case 504:
      return Code::kUnavailable;
    default:
      return Code::kInternal;
  }
}

}  // namespace

Result<std::unique_ptr<PrometheusSource>> PrometheusSource::Create(
    Options options) {
  for (const std::string& line : options.headers) {
    if (!IsHeaderLine(line)) {
      return Error{Code::kInvalidArgument,
                   "prometheus.headers: expected \"Name: value\""};
    }
  }
  auto client = http::Client::Create({.base_url = options.url,
                                      .tls = {.ca_file = options.ca_file},
                                      .user_agent = options.user_agent});
  if (!client) return client.error().With("prometheus.url");
  return std::unique_ptr<PrometheusSource>(
      new PrometheusSource(std::move(options), *std::move(client)));
}

PrometheusSource::PrometheusSource(Options options,
                                   std::unique_ptr<http::Client> client)
    : options_(std::move(options)), client_(std::move(client)) {}

std::vector<Result<QueryAnswer>> PrometheusSource::QueryRange(
    std::span<const RangeQuery> queries, Duration deadline) {
  std::vector<Form> forms;
  forms.reserve(queries.size());
  for (const RangeQuery& query : queries) {
    forms.push_back({{"query", query.expr},
                     {"start", FormatSeconds(query.start.time_since_epoch())},
                     {"end", FormatSeconds(query.end.time_since_epoch())},
                     {"step", std::to_string(query.step.count())}});
  }
  return Send("/api/v1/query_range", Asked::kRange, std::move(forms), deadline);
}

std::vector<Result<QueryAnswer>> PrometheusSource::Query(
    std::span<const InstantQuery> queries, Duration deadline) {
  std::vector<Form> forms;
  forms.reserve(queries.size());
  for (const InstantQuery& query : queries) {
    forms.push_back({{"query", query.expr},
                     {"time", FormatSeconds(query.at.time_since_epoch())}});
  }
  return Send("/api/v1/query", Asked::kInstant, std::move(forms), deadline);
}

std::vector<Result<QueryAnswer>> PrometheusSource::Send(
    const std::string& target, Asked asked, std::vector<Form> forms,
    Duration deadline) {
  std::vector<Result<QueryAnswer>> answers;
  answers.reserve(forms.size());
  const auto authorization = http::AuthorizationHeader(options_.auth);
  if (!authorization) {
    answers.assign(forms.size(), authorization.error().With("prometheus"));
    return answers;
  }
  std::vector<std::string> headers = options_.headers;
  headers.push_back("Content-Type: application/x-www-form-urlencoded");
  headers.push_back("Accept: application/json");
  if (!authorization->empty()) headers.push_back(*authorization);
  std::vector<http::Request> requests;
  requests.reserve(forms.size());
  for (Form& form : forms) {
    form.emplace_back("timeout", FormatTimeout(deadline));
    form.emplace_back("partial_response", "false");
    requests.push_back({.method = http::Method::kPost,
                        .target = target,
                        .headers = headers,
                        .body = http::BuildQuery(form),
                        .timeout = deadline,
                        .max_body = options_.max_answer});
  }
  for (const http::Outcome& outcome : client_->SendAll(requests)) {
    auto answer = Read(outcome, asked);
    answers.push_back(answer ? std::move(answer)
                             : answer.error().With("prometheus"));
  }
  return answers;
}

Result<QueryAnswer> PrometheusSource::Read(const http::Outcome& outcome,
                                           Asked asked) const {
  if (!outcome.ok()) return outcome.failure().error;
  const http::Response& response = outcome.response();
  const bool json = response.MediaType() == "application/json";
  if (response.status != 200) {
    const std::string sentence = json ? ErrorSentence(response.body) : "";
    return Error{CodeOfStatus(response.status, sentence),
                 "HTTP " + std::to_string(response.status) +
                     (sentence.empty() ? "" : ": " + sentence)};
  }
  if (!json) return Error{Code::kInternal, "the answer is not JSON"};
  return ParseAnswer(response.body, asked,
                     options_.max_answer / kBytesPerSample);
}

}  // namespace selfheal::prometheus
