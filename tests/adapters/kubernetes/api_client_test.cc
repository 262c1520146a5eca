#include "adapters/kubernetes/api_client.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/adapters/kubernetes/api_fixture.h"

namespace selfheal::kubernetes {
namespace {

using selfheal::testing::HttpReply;
using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;
using std::chrono::seconds;

class TokenFile {
 public:
  explicit TokenFile(const std::string& text) {
    path_ = ::testing::TempDir() + "tokenXXXXXX";
    close(mkstemp(path_.data()));
    Set(text);
  }
  ~TokenFile() { unlink(path_.c_str()); }
  void Set(const std::string& text) { std::ofstream(path_) << text; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string Authorization(const ReceivedRequest& request) {
  const auto found = request.headers.find("authorization");
  return found == request.headers.end() ? "" : found->second;
}

RawReply Ok() { return {.bytes = HttpReply(200, "{}"), .close = false}; }

TEST(ApiClient, ReadsTheTokenAgainEachMinute) {
  const TokenFile unused("x");
  TokenFile token("one");
  ApiFixture fixture([](const ReceivedRequest&) { return Ok(); },
                     {.access = {.token_file = token.path()}});
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  token.Set("two");
  fixture.clock().Move(seconds(59));
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  fixture.clock().Move(seconds(2));
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  const auto requests = fixture.server().requests();
  EXPECT_EQ(Authorization(requests[0]), "Bearer one");
  EXPECT_EQ(Authorization(requests[1]), "Bearer one");
  EXPECT_EQ(Authorization(requests[2]), "Bearer two");
}

TEST(ApiClient, ReadsTheTokenAgainAfterA401AndRepeatsTheReadOnce) {
  TokenFile token("old");
  ApiFixture fixture(
      [&](const ReceivedRequest& request) {
        if (Authorization(request) == "Bearer new") return Ok();
        token.Set("new");
        return RawReply{.bytes =
                            HttpReply(401, FailureStatus(401, "Unauthorized"))};
      },
      {.access = {.token_file = token.path()}});
  const auto outcome = fixture.api().Get("/a");
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.response().status, 200);
  EXPECT_EQ(fixture.server().requests().size(), 2u);
}

TEST(ApiClient, GivesUpAfterTheSecond401) {
  ApiFixture fixture(
      [](const ReceivedRequest&) {
        return RawReply{.bytes = HttpReply(401, "{}")};
      },
      {.access = {.token = "t"}});
  const auto outcome = fixture.api().Get("/a");
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome.response().status, 401);
  EXPECT_EQ(fixture.server().requests().size(), 2u);
}

TEST(ApiClient, NeverRepeatsAMutation) {
  ApiFixture fixture(
      [](const ReceivedRequest&) {
        return RawReply{.bytes = HttpReply(401, "{}")};
      },
      {.access = {.token = "t"}});
  const auto outcome =
      fixture.api().Mutate({"PATCH", "/x?fieldManager=selfheal",
                            "application/merge-patch+json", "{}"});
  ASSERT_TRUE(outcome.ok());
  ASSERT_EQ(fixture.server().requests().size(), 1u);
  const auto request = fixture.server().requests()[0];
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, "/x?fieldManager=selfheal");
  EXPECT_EQ(request.headers.at("content-type"), "application/merge-patch+json");
  EXPECT_EQ(request.headers.at("user-agent"), "selfheal");
}

TEST(ApiClient, MutatesOnAConnectionOfItsOwn) {
  ApiFixture fixture([](const ReceivedRequest&) { return Ok(); });
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  EXPECT_EQ(fixture.server().connections(), 1);
  ASSERT_TRUE(
      fixture.api().Mutate({"DELETE", "/a", "application/json", "{}"}).ok());
  EXPECT_EQ(fixture.server().connections(), 2);
}

TEST(ApiClient, MutateSendsNoReads) {
  ApiFixture fixture([](const ReceivedRequest&) { return Ok(); });
  for (const char* method : {"GET", "HEAD", "patch", ""}) {
    const auto outcome =
        fixture.api().Mutate({method, "/a", "application/json", "{}"});
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.failure().delivery, http::Delivery::kNotSent);
  }
  EXPECT_TRUE(fixture.server().requests().empty());
}

TEST(ApiClient, KeepsTheOldTokenWhileTheFileIsAway) {
  TokenFile token("old");
  ApiFixture fixture([](const ReceivedRequest&) { return Ok(); },
                     {.access = {.token_file = token.path()}});
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  token.Set("");
  fixture.clock().Move(seconds(120));
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  EXPECT_EQ(Authorization(fixture.server().requests()[1]), "Bearer old");
}

TEST(ApiClient, UsesAndRenewsAnExecCredential) {
  const std::string script = ::testing::TempDir() + "exec_plugin.sh";
  const std::string counter = script + ".count";
  unlink(counter.c_str());
  std::ofstream(script)
      << "#!/bin/sh\necho x >> " << counter << "\nn=$(wc -l < " << counter
      << ")\necho '{\"kind\":\"ExecCredential\",\"apiVersion\":\"v\","
         "\"status\":{\"token\":\"t'$n'\","
         "\"expirationTimestamp\":\"2027-01-15T08:01:00Z\"}}'\n";
  chmod(script.c_str(), 0700);
  Access access;
  access.exec =
      ExecSpec{.api_version = "v", .command = script, .args = {}, .env = {}};
  ApiFixture fixture([](const ReceivedRequest&) { return Ok(); },
                     {.access = access, .allow_exec = true});
  // 500,000 hours after 1970 is 2027-01-15T08:00:00Z.
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  fixture.clock().Move(seconds(55));
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  const auto requests = fixture.server().requests();
  EXPECT_EQ(Authorization(requests[0]), "Bearer t1");
  EXPECT_EQ(Authorization(requests[1]), "Bearer t1");
  EXPECT_EQ(Authorization(requests[2]), "Bearer t2");
}

TEST(ApiClient, ABrokenConnectionDoesNotRunThePluginAgain) {
  const std::string script = ::testing::TempDir() + "exec_once.sh";
  const std::string counter = script + ".count";
  unlink(counter.c_str());
  std::ofstream(script)
      << "#!/bin/sh\necho x >> " << counter
      << "\necho '{\"kind\":\"ExecCredential\",\"apiVersion\":\"v\","
         "\"status\":{\"token\":\"t\"}}'\n";
  chmod(script.c_str(), 0700);
  Access access;
  access.exec =
      ExecSpec{.api_version = "v", .command = script, .args = {}, .env = {}};
  std::atomic<int> calls{0};
  ApiFixture fixture(
      [&calls](const ReceivedRequest&) {
        // The idle connection is lost, and so is the one that replaces it.
        const int call = calls++;
        return call == 1 || call == 2 ? RawReply{.bytes = ""} : Ok();
      },
      {.access = access, .allow_exec = true});
  ASSERT_TRUE(fixture.api().Get("/a").ok());
  ASSERT_FALSE(fixture.api().Get("/a").ok());
  const auto outcome = fixture.api().Get("/a");
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(Authorization(fixture.server().requests().back()), "Bearer t");
  std::ifstream runs(counter);
  const std::string text((std::istreambuf_iterator<char>(runs)),
                         std::istreambuf_iterator<char>());
  EXPECT_EQ(text, "x\n");
}

TEST(ApiClient, RefusesAnExecPluginThatIsNotAllowed) {
  ManualClock clock;
  Access access;
  access.server = "https://k";
  access.exec =
      ExecSpec{.api_version = "v", .command = "true", .args = {}, .env = {}};
  const auto client = ApiClient::Create({.access = access}, clock);
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, Code::kPermissionDenied);
}

TEST(ApiClient, RefusesToStartWithoutItsToken) {
  ManualClock clock;
  Access access;
  access.server = "https://k";
  access.token_file = "/no/such/token";
  const auto client = ApiClient::Create({.access = access}, clock);
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, Code::kUnauthenticated);
}

}  // namespace
}  // namespace selfheal::kubernetes
