#include "receiver/etag.h"

#include <gtest/gtest.h>

#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

std::string Ask(TestServer& server, std::string_view target,
                const std::string& if_none_match,
                std::string_view method = "GET") {
  RawClient client(server.port());
  client.Send(Request(
      method, target, TestServer::kViewerToken, "",
      if_none_match.empty() ? "" : "If-None-Match: " + if_none_match + "\r\n"));
  return client.ReadAnswer(method != "HEAD");
}

/// The value of the answer's ETag field; "" where it has none.
std::string TagOf(const std::string& answer) {
  const std::size_t begin = answer.find("\r\nETag: ");
  if (begin == std::string::npos) return "";
  return answer.substr(begin + 8, answer.find("\r\n", begin + 8) - begin - 8);
}

TEST(Etag, IsOfTheBytes) {
  EXPECT_EQ(EtagOf("").size(), 34u);
  EXPECT_EQ(EtagOf("a"), EtagOf("a"));
  EXPECT_NE(EtagOf("a"), EtagOf("b"));
  EXPECT_NE(EtagOf("a"), EtagOf(std::string_view("a\0", 2)));
}

TEST(Etag, IsNamedInEveryFormOfTheField) {
  for (const char* field : {"\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"b\",W/\"a\"",
                            "*", " * ", "\t\"a\" "}) {
    EXPECT_TRUE(NamesEtag(field, "\"a\"")) << field;
  }
  for (const char* field : {"", "a", "\"A\"", "\"ab\"", "\"b\"", ",", "W/",
                            "**", "\"a", "w/\"a\""}) {
    EXPECT_FALSE(NamesEtag(field, "\"a\"")) << field;
  }
}

TEST(Etag, OfWhatDidNotChangeAnswers304) {
  TestServer server;
  for (const char* target :
       {"/api/v1/incidents", "/api/v1/incidents/01J", "/api/v1/rules",
        "/api/v1/runbooks", "/api/v1/incidents/01J/timeline",
        "/api/v1/incidents/01J/evidence", "/", "/docs", "/web/page.js"}) {
    const std::string first = Ask(server, target, "");
    ASSERT_EQ(StatusOf(first), 200) << target;
    const std::string tag = TagOf(first);
    ASSERT_FALSE(tag.empty()) << target;
    const std::string again = Ask(server, target, tag);
    EXPECT_EQ(StatusOf(again), 304) << target;
    EXPECT_EQ(BodyOf(again), "");
    EXPECT_EQ(TagOf(again), tag);
    EXPECT_EQ(again.find("Content-Length"), std::string::npos);
    EXPECT_EQ(StatusOf(Ask(server, target, "\"other\"")), 200);
    EXPECT_EQ(TagOf(Ask(server, target, "", "HEAD")), tag);
  }
}

TEST(Etag, ChangesWithTheAnswer) {
  TestServer server;
  const std::string tag = TagOf(Ask(server, "/api/v1/incidents", ""));
  server.services.list_incidents = [](const IncidentQuery&) {
    return Result<std::string>(R"({"items":[{}],"next":null})");
  };
  const std::string changed = Ask(server, "/api/v1/incidents", tag);
  EXPECT_EQ(StatusOf(changed), 200);
  EXPECT_NE(TagOf(changed), tag);
}

TEST(Etag, IsNotOnErrorsProbesAndMetrics) {
  TestServer server;
  for (const char* target :
       {"/api/v1/incidents/missing", "/-/healthy", "/metrics"}) {
    EXPECT_EQ(TagOf(Ask(server, target, "")), "") << target;
  }
  EXPECT_EQ(StatusOf(Ask(server, "/api/v1/incidents/missing", "*")), 404);
}

TEST(Etag, AConnectionGoesOnAfter304) {
  TestServer server;
  RawClient client(server.port());
  const std::string ask =
      Request("GET", "/api/v1/rules", TestServer::kViewerToken, "",
              "If-None-Match: *\r\n");
  client.Send(ask + ask);
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 304);
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 304);
}

}  // namespace
}  // namespace selfheal::testing
