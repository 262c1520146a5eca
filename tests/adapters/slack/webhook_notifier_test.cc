#include "adapters/slack/webhook_notifier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/adapters/http/memory_logger.h"
#include "tests/adapters/http/test_server.h"

namespace selfheal::slack {
namespace {

using nlohmann::json;
using selfheal::testing::HttpReply;
using selfheal::testing::MemoryLogger;
using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;
using selfheal::testing::TestServer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

Options Quick(const std::string& url) {
  return {.webhook_url = url + "/services/T0/B0/s3cret",
          .back_off = milliseconds(1),
          .max_back_off = milliseconds(20),
          .spacing = milliseconds(0),
          .grace = milliseconds(0)};
}

std::unique_ptr<WebhookNotifier> NewNotifier(Options options, Logger& log) {
  auto notifier = WebhookNotifier::Create(std::move(options), log);
  EXPECT_TRUE(notifier.ok());
  return *std::move(notifier);
}

Notice NoticeOf(const std::string& title) {
  return {.incident_id = "01J0",
          .title = title,
          .lines = {"line one", "line two"},
          .severity = "critical"};
}

RawReply Took() { return {.bytes = HttpReply(200, "ok", "text/plain")}; }

TEST(WebhookBody, HoldsPlainTextOnly) {
  const json body = json::parse(
      WebhookBody({.incident_id = "01J0",
                   .title = "restart <!channel>\nx",
                   .lines = {"<https://evil|click> & \u202Ehidden", "b"},
                   .severity = "warning"},
                  ""));
  EXPECT_EQ(body["text"], "[warning] restart &lt;!channel&gt; x");
  ASSERT_EQ(body["blocks"].size(), 3u);
  EXPECT_EQ(body["blocks"][0]["type"], "header");
  EXPECT_EQ(body["blocks"][1]["text"]["type"], "plain_text");
  EXPECT_EQ(body["blocks"][1]["text"]["text"],
            "&lt;https://evil|click&gt; &amp; hidden\nb");
  EXPECT_EQ(body["blocks"][2]["elements"][0]["text"], "incident 01J0");
}

TEST(WebhookBody, StaysWithinSlacksLimits) {
  Notice notice{.incident_id = std::string(10000, 'i'),
                .title = std::string(10000, '<'),
                .lines = {},
                .severity = "info"};
  for (int i = 0; i < 1000; ++i) notice.lines.emplace_back(10000, '&');
  const json body = json::parse(WebhookBody(notice, ""));
  EXPECT_LE(body["blocks"].size(), 50u);
  for (const json& block : body["blocks"]) {
    if (block.contains("text")) {
      EXPECT_LE(block["text"]["text"].get<std::string>().size(), 3000u);
    }
  }
}

TEST(WebhookNotifier, PostsToTheWebhook) {
  TestServer server([](const ReceivedRequest&) { return Took(); });
  MemoryLogger log;
  const auto notifier = NewNotifier(Quick(server.url()), log);
  notifier->Notify(NoticeOf("a"));
  ASSERT_TRUE(server.WaitForRequests(1));
  notifier->Stop(seconds(10));
  const ReceivedRequest request = server.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/services/T0/B0/s3cret");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(json::parse(request.body)["text"], "[critical] a");
  EXPECT_EQ(notifier->counts().sent, 1u);
}

TEST(WebhookNotifier, RepeatsWhatMayPassAndGivesUpWhatCannot) {
  std::atomic<int> calls{0};
  TestServer server([&calls](const ReceivedRequest&) {
    switch (calls++) {
      case 0:
        return RawReply{.bytes = HttpReply(503, "", "text/plain")};
      case 1:
        return RawReply{
            .bytes = HttpReply(429, "", "text/plain", "Retry-After: 30\r\n")};
      case 2:
        return RawReply{.bytes = ""};
      case 3:
        return Took();
      default:
        return RawReply{.bytes = HttpReply(404, "no_service", "text/plain")};
    }
  });
  MemoryLogger log;
  Options options = Quick(server.url());
  std::atomic<int> up{0};
  options.on_attempt = [&up](bool taken) { up += taken ? 1 : 0; };
  const auto notifier = NewNotifier(options, log);
  notifier->Notify(NoticeOf("a"));
  notifier->Notify(NoticeOf("b"));
  ASSERT_TRUE(server.WaitForRequests(5));
  notifier->Stop(seconds(10));
  EXPECT_EQ(server.requests().size(), 5u);
  EXPECT_EQ(notifier->counts().sent, 1u);
  EXPECT_EQ(notifier->counts().failed, 1u);
  EXPECT_EQ(up, 1);
  EXPECT_EQ(log.text().find("s3cret"), std::string::npos);
}

TEST(WebhookNotifier, HonoursRetryAfter) {
  std::atomic<int> calls{0};
  TestServer server([&calls](const ReceivedRequest&) {
    return calls++ == 0 ? RawReply{.bytes = HttpReply(429, "", "text/plain",
                                                      "Retry-After: 1\r\n")}
                        : Took();
  });
  MemoryLogger log;
  Options options = Quick(server.url());
  options.max_back_off = seconds(60);
  const auto notifier = NewNotifier(options, log);
  const auto start = steady_clock::now();
  notifier->Notify(NoticeOf("a"));
  ASSERT_TRUE(server.WaitForRequests(2));
  EXPECT_GE(steady_clock::now() - start, milliseconds(999));
}

TEST(WebhookNotifier, NeverBlocksAndDropsTheOldest) {
  TestServer server([](const ReceivedRequest&) {
    return RawReply{.bytes = "", .hang = true};
  });
  MemoryLogger log;
  Options options = Quick(server.url());
  options.queue = 3;
  options.timeout = seconds(2);
  const auto notifier = NewNotifier(options, log);
  notifier->Notify(NoticeOf("in flight"));
  ASSERT_TRUE(server.WaitForRequests(1));
  const auto start = steady_clock::now();
  for (int i = 0; i < 10; ++i) notifier->Notify(NoticeOf("n"));
  EXPECT_LT(steady_clock::now() - start, seconds(1));
  EXPECT_EQ(notifier->counts().dropped, 7u);
}

TEST(WebhookNotifier, StopSendsWhatWaits) {
  TestServer server([](const ReceivedRequest&) { return Took(); });
  MemoryLogger log;
  const auto notifier = NewNotifier(Quick(server.url()), log);
  for (int i = 0; i < 20; ++i) notifier->Notify(NoticeOf("n"));
  notifier->Stop(seconds(30));
  EXPECT_EQ(notifier->counts().sent, 20u);
  EXPECT_EQ(server.requests().size(), 20u);
  notifier->Notify(NoticeOf("too late"));
  EXPECT_EQ(notifier->counts().dropped, 1u);
}

TEST(WebhookNotifier, StopEndsInTimeWhenSlackIsAway) {
  TestServer server([](const ReceivedRequest&) {
    return RawReply{.bytes = HttpReply(503, "", "text/plain")};
  });
  MemoryLogger log;
  Options options = Quick(server.url());
  options.back_off = seconds(600);
  options.max_back_off = seconds(600);
  const auto notifier = NewNotifier(options, log);
  notifier->Notify(NoticeOf("a"));
  notifier->Notify(NoticeOf("b"));
  ASSERT_TRUE(server.WaitForRequests(1));
  const auto start = steady_clock::now();
  notifier->Stop(milliseconds(100));
  EXPECT_LT(steady_clock::now() - start, seconds(10));
  const auto counts = notifier->counts();
  EXPECT_EQ(counts.failed + counts.dropped, 2u);
}

TEST(WebhookNotifier, ABadUrlIsNotRepeated) {
  MemoryLogger log;
  const auto notifier =
      WebhookNotifier::Create({.webhook_url = "https://u:s3cret@x/y"}, log);
  ASSERT_FALSE(notifier.ok());
  EXPECT_EQ(notifier.error().code, Code::kInvalidArgument);
  EXPECT_EQ(notifier.error().message.find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace selfheal::slack
