#include "receiver/router.h"

#include <algorithm>
#include <utility>

#include "receiver/alert_handlers.h"
#include "receiver/etag.h"

namespace selfheal {
namespace {

/// Longest body of every other route.
constexpr std::size_t kSmallBody = 64 << 10;
/// A click brings the message with it.
constexpr std::size_t kSlackBody = 256 << 10;

constexpr std::string_view kWebhookPath = "/api/v1/alerts";

bool IsIdChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), IsIdChar);
}

bool Allows(Who who, const Identity& identity, bool public_pages) {
  switch (who) {
    case Who::kAnyone:
      return true;
    case Who::kWebhook:
      return identity.webhook;
    case Who::kViewer:
      return identity.viewer || identity.admin;
    case Who::kAdmin:
      return identity.admin;
    case Who::kPage:
      return public_pages || identity.viewer || identity.admin;
    case Who::kSlack:
      return true;
  }
  return false;
}

/// True where `authority` (with or without a port) names this machine.
bool IsLoopbackName(std::string_view authority) {
  const std::string_view host =
      authority.substr(0, authority.front() == '[' ? authority.find(']') + 1
                                                   : authority.find(':'));
  // Not a name that only begins like an address: anybody may own one.
  return host == "localhost" || host == "[::1]" ||
         (host.substr(0, 4) == "127." &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

bool HasField(const HttpResponse& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [&](const auto& field) { return field.first == name; });
}

HttpResponse WithCommonFields(HttpResponse response) {
  if (!HasField(response, "Cache-Control")) {
    response.headers.emplace_back("Cache-Control", "no-store");
  }
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

/// What people look at again and again, so that it carries a tag.
bool IsTagged(const Route& route) {
  return route.method == Method::kGet && route.who != Who::kAnyone;
}

/// The answer with its tag; without its body where the caller has it already.
HttpResponse Tagged(HttpResponse response, const RequestHead& head) {
  std::string tag = EtagOf(response.body);
  for (const auto& [name, value] : head.forwarded) {
    if (name != "if-none-match" || !NamesEtag(value, tag)) continue;
    response.status = 304;
    response.body.clear();
    break;
  }
  response.headers.emplace_back("ETag", std::move(tag));
  return response;
}

/// 401, and how to go on from it.
HttpResponse Unauthenticated(Who who) {
  HttpResponse response =
      Problem(401, who == Who::kPage
                       ? "a valid bearer token is required; with "
                         "auth.public_pages: true none for the pages alone"
                       : "a valid bearer token is required");
  response.headers.emplace_back("WWW-Authenticate",
                                "Bearer realm=\"selfheal\"");
  return response;
}

void AddMethod(std::string& allow, Method method) {
  if (!allow.empty()) allow += ", ";
  allow += MethodName(method);
  if (method == Method::kGet) allow += ", HEAD";
}

}  // namespace

std::optional<std::string> MatchPattern(std::string_view pattern,
                                        std::string_view path) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) {
    return pattern == path ? std::optional<std::string>("") : std::nullopt;
  }
  const std::string_view before = pattern.substr(0, open);
  const std::string_view after = pattern.substr(pattern.find('}') + 1);
  if (path.size() < before.size() + after.size() ||
      path.substr(0, before.size()) != before ||
      path.substr(path.size() - after.size()) != after) {
    return std::nullopt;
  }
  const std::string_view id =
      path.substr(before.size(), path.size() - before.size() - after.size());
  if (!IsId(id)) return std::nullopt;
  return std::string(id);
}

bool Router::Serves(const Route& route) const {
  switch (surface_) {
    case Surface::kEverything:
      return true;
    case Surface::kWithoutMetrics:
      return route.port != Port::kMetrics;
    case Surface::kMetricsOnly:
      return route.port != Port::kMain;
  }
  return false;
}

/// Where every caller is admin, a web page of somebody else must not be one:
/// its requests carry its origin, or a name that was bent to this machine.
std::optional<HttpResponse> Router::CheckOrigin(const RequestHead& head) const {
  if (!authenticator_.insecure()) return std::nullopt;
  if (!head.host.empty() && !IsLoopbackName(head.host)) {
    return Problem(421, "--insecure-dev answers to loopback names only");
  }
  if (head.origin.empty()) return std::nullopt;
  const std::size_t slashes = head.origin.find("://");
  const std::string_view origin = head.origin;
  if (slashes != std::string::npos && slashes + 3 < origin.size() &&
      IsLoopbackName(origin.substr(slashes + 3))) {
    return std::nullopt;
  }
  return Problem(403, "--insecure-dev refuses requests of other origins");
}

std::size_t Router::MaxBody(const Route& route) const {
  switch (route.who) {
    case Who::kWebhook:
      return max_body_;
    case Who::kSlack:
      return kSlackBody;
    default:
      return kSmallBody;
  }
}

std::variant<Admission, HttpResponse> Router::Admit(const RequestHead& head) {
  if (auto refused = CheckOrigin(head)) return *std::move(refused);
  const Method wanted =
      head.method == Method::kHead ? Method::kGet : head.method;
  std::string allow;
  std::optional<Admission> admission;
  Who who = Who::kAdmin;
  const auto routes = Routes();
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (!Serves(routes[i])) continue;
    auto id = MatchPattern(routes[i].pattern, head.path);
    if (!id) continue;
    AddMethod(allow, routes[i].method);
    if (routes[i].method != wanted) continue;
    admission = Admission{i, *std::move(id), {}, MaxBody(routes[i])};
    who = routes[i].who;
  }
  if (allow.empty()) return Problem(404, "there is nothing here");
  if (!admission) {
    HttpResponse response = Problem(405, "allowed: " + allow);
    response.headers.emplace_back("Allow", allow);
    return response;
  }
  admission->identity = authenticator_.Identify(head.authorization);
  if (Allows(who, admission->identity, authenticator_.public_pages())) {
    return *std::move(admission);
  }
  if (admission->identity.known()) {
    return Problem(403, "this token does not allow it");
  }
  return Unauthenticated(who);
}

HttpResponse Router::Handle(const HttpRequest& request) {
  const Route& route = Routes()[request.admission.route];
  HttpResponse response = WithCommonFields(route.handle(services_, request));
  if (response.status != 200 || !IsTagged(route)) return response;
  return Tagged(std::move(response), request.head);
}

bool Router::InBulk(const HttpRequest& request) const {
  return Routes()[request.admission.route].who == Who::kWebhook &&
         request.body.size() <= kSmallBody;
}

std::vector<HttpResponse> Router::HandleBulk(
    std::span<const HttpRequest* const> requests) {
  std::vector<HttpResponse> answers = HandleWebhooks(services_, requests);
  for (HttpResponse& one : answers) one = WithCommonFields(std::move(one));
  return answers;
}

void Router::Answered(const RequestHead* head, int status) {
  if (head != nullptr && head->path == kWebhookPath &&
      head->method == Method::kPost && surface_ != Surface::kMetricsOnly) {
    services_.observer->WebhookAnswered(status);
  }
}

}  // namespace selfheal
