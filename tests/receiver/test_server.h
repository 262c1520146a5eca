#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "receiver/auth.h"
#include "receiver/http_server.h"
#include "receiver/router.h"

namespace selfheal::testing {

/// Keeps groups in memory and can be told to fail or to wait.
class MemoryAlertStore final : public AlertStore {
 public:
  Result<StoredGroup> Append(const AlertGroup& group, Time now) override;
  Result<std::vector<StoredAlert>> Uncorrelated(std::size_t limit) override;
  Result<AlertPage> List(const AlertQuery& query) override;

  std::size_t size();

  /// Runs inside Append, before anything is stored.
  std::function<void()> before_append;
  std::atomic<bool> failing{false};

 private:
  std::mutex mutex_;
  std::vector<StoredAlert> alerts_;
};

/// Counts what the webhook reports.
class CountingObserver final : public IntakeObserver {
 public:
  void WebhookAnswered(int status) override;
  void PayloadRefused(const Error& error) override;
  void GroupStored(const AlertGroup& group, const StoredGroup& stored,
                   Duration took) override;

  int answers(int status);
  int refused();
  std::size_t rejected();
  unsigned long long truncated();

 private:
  std::mutex mutex_;
  std::map<int, int> answers_;
  int refused_ = 0;
  std::size_t rejected_ = 0;
  unsigned long long truncated_ = 0;
};

/// The whole HTTP surface on a port of the system's choice, over fakes.
class TestServer {
 public:
  static constexpr std::string_view kWebhookToken = "webhook-t0ken";
  static constexpr std::string_view kViewerToken = "viewer-t0ken";
  static constexpr std::string_view kAdminToken = "alice-t0ken";

  struct Options {
    HttpLimits limits;
    std::size_t max_body = 16 << 20;
    AuthMode mode = AuthMode::kStrict;
    bool public_pages = false;
    Surface surface = Surface::kEverything;
    std::string tls_cert_file;
    std::string tls_key_file;
    bool admin_file = true;
    bool viewer_file = true;
  };

  explicit TestServer(Options options);
  TestServer() : TestServer(Options{}) {}

  int port() const { return server_->port(); }
  void Stop() { server_->Stop(); }

  MemoryAlertStore store;
  CountingObserver observer;
  Services services;
  std::atomic<bool> ready{true};
  ReloadOutcome reload_outcome{true, {}};
  /// What the last decision, kill switch and breaker request were.
  ApprovalDecision decision;
  KillSwitchRequest kill_switch;
  ChatRequest slack;
  BreakerRequest breaker;

 private:
  void Wire();
  Config::AuthConfig WriteTokens(const Options& options);

  SystemClock clock_;
  std::string folder_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<HttpServer> server_;
};

/// A request with a bearer token ("" = none).
std::string Request(std::string_view method, std::string_view target,
                    std::string_view token, std::string_view body = "",
                    std::string_view more_fields = "");

/// A webhook body with `alerts` alerts, distinct by the label pod.
std::string Payload(int alerts, std::string_view prefix = "cart");

/// Writes a file below a fresh folder; returns its path.
std::string WriteFile(const std::string& folder, const std::string& name,
                      std::string_view content);

/// A fresh folder below the test's temporary one.
std::string FreshFolder();

}  // namespace selfheal::testing
