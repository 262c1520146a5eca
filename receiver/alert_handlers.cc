#include "receiver/alert_handlers.h"

#include <charconv>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/alert_json.h"
#include "receiver/answers.h"
#include "receiver/query.h"

namespace selfheal {
namespace {

using Json = nlohmann::ordered_json;

/// Bodies from this size on are read one at a time: a group needs several times
/// its wire size while it is parsed.
constexpr std::size_t kLargeBody = 1 << 20;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json RejectedJson(const AlertGroup& group) {
  Json list = Json::array();
  for (const RejectedAlert& one : group.rejected) {
    list.push_back(
        {{"index", one.index}, {"field", one.field}, {"reason", one.reason}});
  }
  return list;
}

/// 400 or 413 with the field and the reason as members of their own.
HttpResponse RefusedPayload(const Error& error) {
  HttpResponse response = ProblemOf(error);
  const std::size_t colon = error.message.find(": ");
  if (colon == std::string::npos) return response;
  Json body = Json::parse(response.body);
  body["field"] = error.message.substr(0, colon);
  body["reason"] = error.message.substr(colon + 2);
  response.body = Dump(body);
  return response;
}

HttpResponse NothingUsable(const Services& services, const AlertGroup& group) {
  const Error error{Code::kInvalidArgument, "alerts: none is usable"};
  services.observer->PayloadRefused(error);
  HttpResponse response = RefusedPayload(error);
  Json body = Json::parse(response.body);
  body["rejected"] = RejectedJson(group);
  response.body = Dump(body);
  return response;
}

HttpResponse Stored(const AlertGroup& group, const StoredGroup& stored) {
  Json body = {{"received", group.received},
               {"new", stored.fresh},
               {"incidents", stored.incidents}};
  if (!group.rejected.empty()) body["rejected"] = RejectedJson(group);
  return JsonAnswer(Dump(body));
}

HttpResponse Take(const Services& services, const HttpRequest& request) {
  const SteadyTime start = services.clock->SteadyNow();
  auto group = ParseAlertGroup(request.body, services.limits);
  if (!group.ok()) {
    services.observer->PayloadRefused(group.error());
    return RefusedPayload(group.error());
  }
  if (group->alerts.empty()) return NothingUsable(services, *group);
  const auto stored = services.alerts->Append(*group, services.clock->Now());
  if (!stored.ok()) {
    // Whatever the reason: unstored means 503, so that Alertmanager retries.
    return ProblemOf(Error{Code::kUnavailable, stored.error().message});
  }
  services.observer->GroupStored(*group, *stored,
                                 services.clock->SteadyNow() - start);
  return Stored(*group, *stored);
}

Result<AlertQuery> ReadAlertQuery(std::string_view text) {
  const auto parameters = ParseQuery(text);
  if (!parameters.ok()) return parameters.error();
  AlertQuery query;
  query.fingerprint = Find(*parameters, "fingerprint").value_or("");
  if (const auto since = Find(*parameters, "since")) {
    query.since = ParseTime(*since);
    if (!query.since) {
      return Error{Code::kInvalidArgument, "since: expected RFC 3339"};
    }
  }
  const auto limit = PageLimit(*parameters);
  if (!limit.ok()) return limit.error();
  query.limit = static_cast<std::size_t>(*limit);
  if (const auto cursor = Find(*parameters, "cursor")) {
    long long row = 0;
    const char* const last = cursor->data() + cursor->size();
    const auto [end, error] = std::from_chars(cursor->data(), last, row);
    if (error != std::errc() || end != last || row < 1) {
      return Error{Code::kInvalidArgument,
                   "cursor: expected the `next` of the page before"};
    }
    query.cursor = row;
  }
  return query;
}

}  // namespace

HttpResponse HandleWebhook(const Services& services,
                           const HttpRequest& request) {
  if (request.body.size() < kLargeBody) return Take(services, request);
  static std::mutex one_large_body;
  const std::lock_guard lock(one_large_body);
  return Take(services, request);
}

HttpResponse HandleListAlerts(const Services& services,
                              const HttpRequest& request) {
  const auto query = ReadAlertQuery(request.head.query);
  if (!query.ok()) return ProblemOf(query.error());
  const auto page = services.alerts->List(*query);
  if (!page.ok()) return ProblemOf(page.error());
  std::vector<AlertEntry> entries;
  for (const StoredAlert& stored : page->items) {
    entries.push_back({&stored.alert, stored.incident});
  }
  return JsonAnswer(AlertListJson(entries, page->next));
}

}  // namespace selfheal
