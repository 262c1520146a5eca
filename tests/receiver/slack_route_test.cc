#include <gtest/gtest.h>

#include <string>

#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

constexpr std::string_view kSigned =
    "X-Slack-Request-Timestamp: 1531420618\r\n"
    "X-Slack-Signature: good\r\n";

std::string Ask(TestServer& server, std::string_view path,
                std::string_view body, std::string_view fields) {
  RawClient client(server.port());
  client.Send(Request("POST", path, "", body,
                      "Connection: close\r\n" + std::string(fields)));
  return client.ReadAll();
}

TEST(SlackRoutes, HandOnTheRawBodyAndWhatSignsIt) {
  TestServer server;
  const std::string body = "payload=%7B%22a%22%3A+1%7D";
  const std::string answer = Ask(server, "/slack/interactions", body, kSigned);
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_NE(answer.find("Content-Type: text/plain"), std::string::npos);
  EXPECT_EQ(server.slack.kind, ChatRequest::Kind::kInteraction);
  EXPECT_EQ(server.slack.body, body);
  EXPECT_EQ(server.slack.timestamp, "1531420618");
  EXPECT_EQ(StatusOf(Ask(server, "/slack/events", "{}", kSigned)), 200);
  EXPECT_EQ(server.slack.kind, ChatRequest::Kind::kEvent);
}

TEST(SlackRoutes, TakeBodiesUpTo256Kibibytes) {
  TestServer server;
  for (const std::size_t size : {9u << 10, 256u << 10}) {
    const std::string body(size, 'x');
    EXPECT_EQ(StatusOf(Ask(server, "/slack/interactions", body, kSigned)), 200);
    EXPECT_EQ(server.slack.body.size(), size);
  }
  const std::string body((256 << 10) + 1, 'x');
  EXPECT_EQ(StatusOf(Ask(server, "/slack/interactions", body, kSigned)), 413);
}

TEST(SlackRoutes, ForgeryDuplicatedSignature) {
  TestServer server;
  EXPECT_EQ(StatusOf(Ask(server, "/slack/events", "{}",
                         std::string(kSigned) + "X-Slack-Signature: good\r\n")),
            400);
  EXPECT_TRUE(server.slack.body.empty());
}

TEST(SlackRoutes, ForgeryDuplicatedTimestamp) {
  TestServer server;
  EXPECT_EQ(StatusOf(Ask(server, "/slack/events", "{}",
                         std::string(kSigned) +
                             "X-Slack-Request-Timestamp: 1531420618\r\n")),
            400);
  EXPECT_TRUE(server.slack.body.empty());
}

TEST(SlackRoutes, RefuseWhatIsNotSigned) {
  TestServer server;
  const std::string answer = Ask(server, "/slack/events", "{}", "");
  EXPECT_EQ(StatusOf(answer), 401);
  EXPECT_NE(answer.find("application/problem+json"), std::string::npos);
}

}  // namespace
}  // namespace selfheal::testing
