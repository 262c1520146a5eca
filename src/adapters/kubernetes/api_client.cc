#include "adapters/kubernetes/api_client.h"

#include <optional>
#include <utility>

#include "adapters/http/auth.h"
#include "adapters/http/base64.h"

namespace selfheal::kubernetes {
namespace {

/// As client-go: a projected token is read again each minute.
constexpr std::chrono::seconds kTokenPeriod{60};
/// A credential is renewed this long before its end.
constexpr std::chrono::seconds kLeeway{10};

http::Failure NotSent(const Error& error) {
  return http::Failure{error, http::Delivery::kNotSent};
}

std::optional<http::Method> ParseMethod(const std::string& name) {
  for (const http::Method method :
       {http::Method::kGet, http::Method::kPost, http::Method::kPut,
        http::Method::kPatch, http::Method::kDelete}) {
    if (name == http::MethodName(method)) return method;
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<ApiClient>> ApiClient::Create(ApiOptions options,
                                                     const Clock& clock) {
  if (options.access.exec && !options.allow_exec) {
    return Error{Code::kPermissionDenied,
                 "kubeconfig: the user needs an exec plugin, and "
                 "kubernetes.allow_exec is false"};
  }
  auto base = http::ParseBaseUrl(options.access.server);
  if (!base) return base.error().With("kubernetes server");
  std::unique_ptr<ApiClient> client(new ApiClient(std::move(options), clock));
  auto session = client->Current();
  if (!session) return session.error();
  return client;
}

ApiClient::ApiClient(ApiOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), tls_(options_.access.tls) {}

bool ApiClient::Fresh() const {
  if (!read_at_) return false;
  if (options_.access.exec) {
    return !expires_at_ || clock_.Now() + kLeeway < *expires_at_;
  }
  return options_.access.token_file.empty() ||
         clock_.SteadyNow() - *read_at_ < kTokenPeriod;
}

Result<void> ApiClient::Connect() {
  auto client = http::Client::Create({.base_url = options_.access.server,
                                      .tls = tls_,
                                      .user_agent = options_.user_agent});
  if (!client) return client.error();
  session_.client = *std::move(client);
  return {};
}

Result<void> ApiClient::RenewByExec() {
  auto credential = RunExecPlugin(*options_.access.exec, options_.exec_timeout);
  if (!credential) return credential.error();
  tls_ = options_.access.tls;
  if (!credential->cert_pem.empty()) {
    tls_.cert_pem = credential->cert_pem;
    tls_.key_pem = credential->key_pem;
  }
  // A new certificate must not travel on connections of the old one.
  session_.client.reset();
  session_.authorization = credential->token.empty()
                               ? ""
                               : "Authorization: Bearer " + credential->token;
  expires_at_ = credential->expires_at;
  return {};
}

Result<void> ApiClient::Renew() {
  const Access& access = options_.access;
  if (access.exec) return RenewByExec();
  if (!access.token_file.empty()) {
    auto token = http::ReadSecretFile(access.token_file);
    // Between two versions of a projected token the old one still counts.
    if (!token && session_.authorization.empty()) return token.error();
    if (token) session_.authorization = "Authorization: Bearer " + *token;
  } else if (!access.token.empty()) {
    session_.authorization = "Authorization: Bearer " + access.token;
  } else if (!access.username.empty()) {
    session_.authorization =
        "Authorization: Basic " +
        http::Base64Encode(access.username + ":" + access.password);
  }
  return {};
}

Result<ApiClient::Session> ApiClient::Current() {
  const MutexLock lock(mutex_);
  if (!Fresh()) {
    if (auto renewed = Renew(); !renewed) return renewed.error();
    read_at_ = clock_.SteadyNow();
  }
  if (!session_.client) {
    if (auto connected = Connect(); !connected) return connected.error();
  }
  return session_;
}

void ApiClient::Invalidate() {
  const MutexLock lock(mutex_);
  read_at_.reset();
  session_.client.reset();
}

void ApiClient::Disconnect() {
  const MutexLock lock(mutex_);
  session_.client.reset();
}

http::Outcome ApiClient::Read(http::Request request) {
  request.timeout = options_.read_timeout;
  request.max_body = options_.max_answer;
  const std::vector<std::string> headers = request.headers;
  for (int attempt = 0;; ++attempt) {
    auto session = Current();
    if (!session) return NotSent(session.error());
    request.headers = headers;
    request.headers.emplace_back("Accept: application/json");
    if (!session->authorization.empty()) {
      request.headers.push_back(session->authorization);
    }
    http::Outcome outcome = session->client->Send(request);
    const bool refused = outcome.ok() && outcome.response().status == 401;
    const bool broken =
        !outcome.ok() && outcome.failure().error.code == Code::kUnavailable;
    if (refused) Invalidate();
    if (broken) Disconnect();
    if (!refused || attempt > 0) return outcome;
  }
}

http::Outcome ApiClient::Get(const std::string& target) {
  return Read({.method = http::Method::kGet, .target = target});
}

http::Outcome ApiClient::Ask(const std::string& target,
                             const std::string& body) {
  return Read({.method = http::Method::kPost,
               .target = target,
               .headers = {"Content-Type: application/json"},
               .body = body});
}

http::Outcome ApiClient::Mutate(const WireRequest& wire) {
  const auto method = ParseMethod(wire.method);
  if (!method || *method == http::Method::kGet) {
    return NotSent({Code::kInvalidArgument, "not a mutating method"});
  }
  auto session = Current();
  if (!session) return NotSent(session.error());
  http::Request request{.method = *method,
                        .target = wire.path,
                        .headers = {"Accept: application/json",
                                    "Content-Type: " + wire.content_type},
                        .body = wire.body,
                        .timeout = options_.write_timeout,
                        .max_body = options_.max_answer,
                        .connection = http::Connection::kFresh};
  if (!session->authorization.empty()) {
    request.headers.push_back(session->authorization);
  }
  http::Outcome outcome = session->client->Send(request);
  if (outcome.ok() && outcome.response().status == 401) Invalidate();
  return outcome;
}

}  // namespace selfheal::kubernetes
