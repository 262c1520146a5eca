#include "adapters/kubernetes/server_info.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/adapters/kubernetes/api_fixture.h"

namespace selfheal::kubernetes {
namespace {

using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;

std::string Answer(const std::string& date, const std::string& body) {
  return "HTTP/1.1 200 OK\r\n" + date +
         "Content-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

Result<guard::ServerState> Ask(const std::string& raw, std::string* path) {
  ApiFixture fixture([&](const ReceivedRequest& request) {
    *path = request.target;
    return RawReply(raw);
  });
  return ServerInfo(fixture.api()).Server();
}

constexpr char kDate[] = "Date: Wed, 25 Nov 2026 12:00:05 GMT\r\n";
constexpr char kBody[] = R"({"major":"1","gitVersion":"v1.34.4"})";

TEST(ServerInfo, ReadsVersionAndClock) {
  std::string path;
  const auto state = Ask(Answer(kDate, kBody), &path);
  ASSERT_TRUE(state.ok()) << state.error().message;
  EXPECT_EQ(path, "/version");
  EXPECT_EQ(state->version, "v1.34.4");
  EXPECT_EQ(state->at, *ParseTime("2026-11-25T12:00:05Z"));
}

TEST(ServerInfo, WhatIsMissingIsAnError) {
  std::string path;
  for (const std::string& raw :
       {Answer("", kBody), Answer("Date: yesterday\r\n", kBody),
        Answer(kDate, "{}"), Answer(kDate, "[]"), Answer(kDate, "x"),
        std::string("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")}) {
    EXPECT_FALSE(Ask(raw, &path).ok()) << raw;
  }
}

TEST(HttpDate, IsReadStrictly) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"),
            ParseTime("1994-11-06T08:49:37Z"));
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Abc 1994 08:49:37 GMT",
        "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"}) {
    EXPECT_FALSE(ParseHttpDate(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace selfheal::kubernetes
