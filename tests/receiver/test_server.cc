#include "tests/receiver/test_server.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace selfheal::testing {

Result<StoredGroup> MemoryAlertStore::Append(const AlertGroup& group,
                                             Time now) {
  if (before_append) before_append();
  if (failing) return Error{Code::kUnavailable, "the disk is full"};
  const std::lock_guard lock(mutex_);
  StoredGroup stored{group.received, 0, {}};
  for (const Alert& alert : group.alerts) {
    const bool known = std::any_of(
        alerts_.begin(), alerts_.end(), [&](const StoredAlert& other) {
          return other.alert.fingerprint == alert.fingerprint &&
                 other.alert.starts_at == alert.starts_at &&
                 other.alert.status == alert.status;
        });
    if (known) continue;
    ++stored.fresh;
    alerts_.push_back(
        {static_cast<long long>(alerts_.size()) + 1, alert, "", false, now});
  }
  return stored;
}

Result<std::vector<StoredAlert>> MemoryAlertStore::Uncorrelated(
    std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<StoredAlert> found = alerts_;
  found.resize(std::min(found.size(), limit));
  return found;
}

Result<AlertPage> MemoryAlertStore::List(const AlertQuery& query) {
  const std::lock_guard lock(mutex_);
  AlertPage page;
  for (auto alert = alerts_.rbegin(); alert != alerts_.rend(); ++alert) {
    if (!query.fingerprint.empty() &&
        alert->alert.fingerprint != query.fingerprint) {
      continue;
    }
    if (query.since && alert->received_at < *query.since) continue;
    if (query.cursor && alert->row >= *query.cursor) continue;
    if (page.items.size() == query.limit) {
      page.next = page.items.back().row;
      break;
    }
    page.items.push_back(*alert);
  }
  return page;
}

std::size_t MemoryAlertStore::size() {
  const std::lock_guard lock(mutex_);
  return alerts_.size();
}

void CountingObserver::WebhookAnswered(int status) {
  const std::lock_guard lock(mutex_);
  ++answers_[status];
}

void CountingObserver::PayloadRefused(const Error&) {
  const std::lock_guard lock(mutex_);
  ++refused_;
}

void CountingObserver::GroupStored(const AlertGroup& group, const StoredGroup&,
                                   Duration) {
  const std::lock_guard lock(mutex_);
  rejected_ += group.rejected.size();
  truncated_ += group.truncated_alerts;
}

int CountingObserver::answers(int status) {
  const std::lock_guard lock(mutex_);
  return answers_[status];
}

int CountingObserver::refused() {
  const std::lock_guard lock(mutex_);
  return refused_;
}

std::size_t CountingObserver::rejected() {
  const std::lock_guard lock(mutex_);
  return rejected_;
}

unsigned long long CountingObserver::truncated() {
  const std::lock_guard lock(mutex_);
  return truncated_;
}

TestServer::TestServer(Options options) : folder_(FreshFolder()) {
  auto loaded = Authenticator::Load(WriteTokens(options), options.mode);
  if (!loaded.ok()) throw std::runtime_error(loaded.error().message);
  authenticator_ = std::make_unique<Authenticator>(std::move(loaded).value());
  Wire();
  router_ = std::make_unique<Router>(services, *authenticator_, options.surface,
                                     options.max_body);
  HttpServerOptions http;
  http.listen = "127.0.0.1:0";
  http.tls_cert_file = options.tls_cert_file;
  http.tls_key_file = options.tls_key_file;
  http.limits = options.limits;
  auto server = HttpServer::Start(std::move(http), *router_);
  if (!server.ok()) throw std::runtime_error(server.error().message);
  server_ = std::move(server).value();
}

Config::AuthConfig TestServer::WriteTokens(const Options& options) {
  Config::AuthConfig auth;
  auth.public_pages = options.public_pages;
  auth.webhook_token_file =
      WriteFile(folder_, "webhook", std::string(kWebhookToken) + "\n");
  if (options.admin_file) {
    auth.admin_token_file =
        WriteFile(folder_, "admin",
                  "alice:" + std::string(kAdminToken) + "\nbob:bob-t0ken\n");
  }
  if (options.viewer_file) {
    auth.viewer_token_file = WriteFile(folder_, "viewer", kViewerToken);
  }
  return auth;
}

void TestServer::Wire() {
  services.alerts = &store;
  services.observer = &observer;
  services.clock = &clock_;
  services.ready = [this] { return ready.load(); };
  services.metrics_text = [] { return std::string("up 1\n"); };
  services.reload = [this] { return reload_outcome; };
  services.list_incidents = [](const IncidentQuery&) {
    return Result<std::string>(R"({"items":[],"next":null})");
  };
  const auto by_id = [](const std::string& id) -> Result<std::string> {
    if (id == "missing") return Error{Code::kNotFound, "no such incident"};
    return R"({"id":")" + id + "\"}";
  };
  services.incident = by_id;
  services.timeline = by_id;
  services.evidence = by_id;
  services.decide =
      [this](const ApprovalDecision& made) -> Result<std::string> {
    if (made.plan_hash != "good") {
      return Error{Code::kFailedPrecondition, "another plan is pending"};
    }
    decision = made;
    return R"({"id":")" + made.incident_id + "\"}";
  };
  services.from_slack = [this](const ChatRequest& request) -> ChatAnswer {
    if (request.signature != "good") return {401, "not signed by Slack"};
    slack = request;
    return {200, "ok"};
  };
  services.kill_switch = [] { return Result<std::string>(R"({"on":false})"); };
  services.set_kill_switch = [this](const KillSwitchRequest& request) {
    kill_switch = request;
    return Result<std::string>(R"({"on":true})");
  };
  services.breakers = [] { return Result<std::string>(R"({"items":[]})"); };
  services.set_breaker =
      [this](const BreakerRequest& request) -> Result<std::string> {
    if (request.scope == "missing") return Error{Code::kNotFound, "no breaker"};
    breaker = request;
    return R"({"scope":")" + request.scope + "\"}";
  };
  services.config_json = [] { return std::string("{}"); };
  services.rules_json = [] { return std::string("[]"); };
  services.runbooks_json = [] { return std::string("[]"); };
}

std::string Request(std::string_view method, std::string_view target,
                    std::string_view token, std::string_view body,
                    std::string_view more_fields) {
  std::string text = std::string(method) + " " + std::string(target) +
                     " HTTP/1.1\r\nHost: localhost\r\n";
  if (!token.empty()) {
    text += "Authorization: Bearer " + std::string(token) + "\r\n";
  }
  if (!body.empty()) {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return text + std::string(more_fields) + "\r\n" + std::string(body);
}

std::string Payload(int alerts, std::string_view prefix) {
  std::string list;
  for (int i = 0; i < alerts; ++i) {
    list += (i == 0 ? "" : ",") +
            (R"({"status":"firing","labels":{"alertname":"Test","pod":")" +
             std::string(prefix) + "-" + std::to_string(i) +
             R"("},"annotations":{},"startsAt":"2026-11-25T12:00:00Z"})");
  }
  return R"({"version":"4","groupKey":"{}:{}","status":"firing",)"
         R"("receiver":"selfheal","truncatedAlerts":0,"alerts":[)" +
         list + "]}\n";
}

std::string WriteFile(const std::string& folder, const std::string& name,
                      std::string_view content) {
  const std::string path = folder + "/" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string FreshFolder() {
  /// Folders of this process; they go away with it.
  struct Folders {
    ~Folders() {
      std::error_code ignored;
      for (const std::string& path : paths) {
        std::filesystem::remove_all(path, ignored);
      }
    }
    std::vector<std::string> paths;
  };
  static Folders folders;
  std::string pattern = ::testing::TempDir() + "/selfheal-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("mkdtemp: " + pattern);
  }
  folders.paths.push_back(pattern);
  return pattern;
}

}  // namespace selfheal::testing
