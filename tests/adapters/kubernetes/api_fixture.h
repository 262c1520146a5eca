#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "adapters/kubernetes/api_client.h"
#include "core/clock.h"
#include "tests/adapters/http/test_server.h"

namespace selfheal::kubernetes {

/// A clock that stands still until it is moved.
class ManualClock final : public Clock {
 public:
  Time Now() const override { return Time(offset_.load()); }
  SteadyTime SteadyNow() const override { return SteadyTime(offset_.load()); }
  void Move(Duration by) { offset_ = offset_.load() + by; }

 private:
  std::atomic<Duration> offset_{std::chrono::hours(500000)};
};

/// An ApiClient in front of a server that answers as a function says.
class ApiFixture {
 public:
  explicit ApiFixture(selfheal::testing::TestServer::Handler handler,
                      ApiOptions options = {})
      : server_(std::move(handler)) {
    options.access.server = server_.url();
    auto client = ApiClient::Create(std::move(options), clock_);
    EXPECT_TRUE(client.ok());
    api_ = *std::move(client);
  }

  ApiClient& api() { return *api_; }
  ManualClock& clock() { return clock_; }
  selfheal::testing::TestServer& server() { return server_; }

 private:
  selfheal::testing::TestServer server_;
  ManualClock clock_;
  std::unique_ptr<ApiClient> api_;
};

/// A `kind: Status` of failure.
inline std::string FailureStatus(int code, const std::string& reason,
                                 const std::string& details = "{}") {
  return R"({"kind":"Status","apiVersion":"v1","status":"Failure",)"
         R"("message":"no","reason":")" +
         reason + R"(","details":)" + details + R"(,"code":)" +
         std::to_string(code) + "}";
}

}  // namespace selfheal::kubernetes
