#include "receiver/alert_handlers.h"

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "codec/alert_json.h"
#include "core/mutex.h"
#include "receiver/answers.h"
#include "receiver/query.h"

namespace selfheal {
namespace {

using Json = nlohmann::ordered_json;

/// Bodies from this size on are read one at a time: a group needs several times
/// its wire size while it is parsed.
constexpr std::size_t kLargeBody = 1 << 20;

/// How long a large body waits for the one before it: its store may hang.
constexpr std::chrono::milliseconds kLargeWait{500};

/// The turn of one large body, from its parsing to its commit.
class LargeBodyTurn {
 public:
  LargeBodyTurn() {
    const auto until = std::chrono::steady_clock::now() + kLargeWait;
    MutexLock lock(mutex_);
    while (taken_ &&
           left_.wait_until(mutex_, until) != std::cv_status::timeout) {
    }
    mine_ = !std::exchange(taken_, true);
  }
  ~LargeBodyTurn() {
    if (!mine_) return;
    {
      MutexLock lock(mutex_);
      taken_ = false;
    }
    left_.notify_one();
  }
  LargeBodyTurn(const LargeBodyTurn&) = delete;
  LargeBodyTurn& operator=(const LargeBodyTurn&) = delete;

  /// False: it did not come in time.
  bool mine() const { return mine_; }

 private:
  inline static Mutex mutex_;
  inline static CondVar left_;
  inline static bool taken_ GUARDED_BY(mutex_) = false;
  bool mine_ = false;
};

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

/// 200: the counts, the incidents' ids (ULIDs, so nothing to escape), and the
/// rejected alerts where there are some.
HttpResponse Stored(const AlertGroup& group, const StoredGroup& stored) {
  std::string body = "{\"received\":" + std::to_string(group.received) +
                     ",\"new\":" + std::to_string(stored.fresh) +
                     ",\"incidents\":[";
  for (const std::string& id : stored.incidents) {
    if (body.back() != '[') body += ',';
    body += '"' + id + '"';
  }
  body += ']';
  if (!group.rejected.empty()) {
    std::string rejected = Dump(RejectedJson(group));
    rejected.pop_back();
    body += ",\"rejected\":" + rejected;
  }
  return JsonAnswer(body + "}\n");
}

/// The group of a body, or the answer that refuses it.
std::variant<AlertGroup, HttpResponse> Read(const Services& services,
                                            const std::string& body) {
  auto group = ParseAlertGroup(body, services.limits);
  if (!group.ok()) {
    services.observer->PayloadRefused(group.error());
    return RefusedPayload(group.error());
  }
  if (group->alerts.empty()) return NothingUsable(services, *group);
  return std::move(group).value();
}

HttpResponse Acknowledge(const Services& services, const AlertGroup& group,
                         const Result<StoredGroup>& stored, SteadyTime start) {
  if (!stored.ok()) {
    // Whatever the reason: unstored means 503, so that Alertmanager retries.
    return ProblemOf(Error{Code::kUnavailable, stored.error().message});
  }
  services.observer->GroupStored(group, *stored,
                                 services.clock->SteadyNow() - start);
  return Stored(group, *stored);
}

HttpResponse Take(const Services& services, const HttpRequest& request) {
  const SteadyTime start = services.clock->SteadyNow();
  const auto read = Read(services, request.body);
  if (const auto* refused = std::get_if<HttpResponse>(&read)) return *refused;
  const auto& group = std::get<AlertGroup>(read);
  return Acknowledge(services, group,
                     services.alerts->Append(group, services.clock->Now()),
                     start);
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
  const LargeBodyTurn turn;
  if (turn.mine()) return Take(services, request);
  return ProblemOf(Error{Code::kUnavailable, "another large body is read"});
}

std::vector<HttpResponse> HandleWebhooks(
    const Services& services, std::span<const HttpRequest* const> requests) {
  const SteadyTime start = services.clock->SteadyNow();
  std::vector<std::variant<AlertGroup, HttpResponse>> read;
  read.reserve(requests.size());
  std::vector<const AlertGroup*> groups;
  for (const HttpRequest* request : requests) {
    read.push_back(Read(services, request->body));
    if (const auto* group = std::get_if<AlertGroup>(&read.back())) {
      groups.push_back(group);
    }
  }
  const auto stored = services.alerts->AppendAll(groups, services.clock->Now());
  std::vector<HttpResponse> answers;
  std::size_t next = 0;
  for (auto& one : read) {
    if (const auto* group = std::get_if<AlertGroup>(&one)) {
      answers.push_back(Acknowledge(services, *group, stored[next++], start));
    } else {
      answers.push_back(std::get<HttpResponse>(std::move(one)));
    }
  }
  return answers;
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
