#include "receiver/admin_handlers.h"

#include <nlohmann/json.hpp>
#include <string>

#include "receiver/answers.h"
#include "receiver/small_json.h"

namespace selfheal {
namespace {

using Json = nlohmann::ordered_json;

Result<KillSwitchRequest> ReadKillSwitch(const HttpRequest& request) {
  const auto json = ParseSmallJson(request.body, {"on", "reason"});
  if (!json.ok()) return json.error();
  const auto on = TruthOf(*json, "on");
  if (!on.ok()) return on.error();
  const auto reason = TextOf(*json, "reason");
  if (!reason.ok()) return reason.error();
  if (!*on) {
    return Error{Code::kInvalidArgument, "on: expected true or false"};
  }
  return KillSwitchRequest{**on, reason->value_or(""),
                           request.admission.identity.name};
}

/// Who closes a breaker says why: the next trip is read beside it.
Result<BreakerRequest> ReadBreaker(const HttpRequest& request) {
  const auto json = ParseSmallJson(request.body, {"open", "reason"});
  if (!json.ok()) return json.error();
  const auto open = TruthOf(*json, "open");
  if (!open.ok()) return open.error();
  const auto reason = TextOf(*json, "reason");
  if (!reason.ok()) return reason.error();
  if (!*open) {
    return Error{Code::kInvalidArgument, "open: expected true or false"};
  }
  if (!*reason || (*reason)->empty()) {
    return Error{Code::kInvalidArgument, "reason: is missing"};
  }
  return BreakerRequest{request.admission.id, **open, **reason,
                        request.admission.identity.name};
}

HttpResponse Text(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

}  // namespace

HttpResponse HandleKillSwitch(const Services& services, const HttpRequest&) {
  return AnswerOf(services.kill_switch());
}

HttpResponse HandleSetKillSwitch(const Services& services,
                                 const HttpRequest& request) {
  const auto wanted = ReadKillSwitch(request);
  if (!wanted.ok()) return ProblemOf(wanted.error());
  return AnswerOf(services.set_kill_switch(*wanted));
}

HttpResponse HandleBreakers(const Services& services, const HttpRequest&) {
  return AnswerOf(services.breakers());
}

HttpResponse HandleSetBreaker(const Services& services,
                              const HttpRequest& request) {
  const auto wanted = ReadBreaker(request);
  if (!wanted.ok()) return ProblemOf(wanted.error());
  return AnswerOf(services.set_breaker(*wanted));
}

HttpResponse HandleConfig(const Services& services, const HttpRequest&) {
  return JsonAnswer(services.config_json());
}

HttpResponse HandleRules(const Services& services, const HttpRequest&) {
  return JsonAnswer(services.rules_json());
}

HttpResponse HandleRunbooks(const Services& services, const HttpRequest&) {
  return JsonAnswer(services.runbooks_json());
}

HttpResponse HandleReload(const Services& services, const HttpRequest&) {
  const ReloadOutcome outcome = services.reload();
  if (outcome.reloaded) return JsonAnswer(R"({"reloaded":true})");
  HttpResponse response =
      Problem(422, "the last good rules and runbooks stay in force");
  Json body = Json::parse(response.body);
  body["findings"] = Json::array();
  for (const std::string& finding : outcome.findings) {
    body["findings"].push_back(finding);
  }
  response.body =
      body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

HttpResponse HandleHealthy(const Services&, const HttpRequest&) {
  return Text(200, "healthy\n");
}

HttpResponse HandleReady(const Services& services, const HttpRequest&) {
  if (services.ready()) return Text(200, "ready\n");
  return Problem(503, "not ready");
}

HttpResponse HandleMetrics(const Services& services, const HttpRequest&) {
  HttpResponse response = Text(200, services.metrics_text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace selfheal
