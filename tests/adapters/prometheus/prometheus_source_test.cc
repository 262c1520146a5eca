#include "adapters/prometheus/prometheus_source.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/adapters/http/test_server.h"

namespace selfheal::prometheus {
namespace {

using selfheal::testing::DeadPort;
using selfheal::testing::HttpReply;
using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;
using selfheal::testing::TestServer;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kEmpty =
    R"({"status":"success","data":{"resultType":"matrix","result":[]}})";

std::unique_ptr<PrometheusSource> NewSource(Options options) {
  auto source = PrometheusSource::Create(std::move(options));
  EXPECT_TRUE(source.ok());
  return *std::move(source);
}

RangeQuery Range(std::string expr) {
  return {.expr = std::move(expr),
          .start = FromUnixSeconds(1700000000),
          .end = FromUnixSeconds(1700003600),
          .step = seconds(60)};
}

Result<QueryAnswer> Ask(const std::string& reply, Options options = {}) {
  TestServer server(
      [&](const ReceivedRequest&) { return RawReply{.bytes = reply}; });
  options.url = server.url();
  const auto source = NewSource(options);
  const std::vector<RangeQuery> queries = {Range("up")};
  return source->QueryRange(queries, seconds(5)).front();
}

TEST(PrometheusSource, SendsAForm) {
  TestServer server([&](const ReceivedRequest&) {
    return RawReply{.bytes = HttpReply(200, kEmpty), .close = false};
  });
  const auto source = NewSource({.url = server.url() + "/prometheus",
                                 .headers = {"X-Scope-OrgID: shop"}});
  const std::vector<RangeQuery> queries = {Range("up{a=\"b&c\"}")};
  ASSERT_TRUE(source->QueryRange(queries, seconds(5)).front().ok());
  const std::vector<InstantQuery> instant = {
      {.expr = "up", .at = FromUnixSeconds(1700000000.25)}};
  ASSERT_TRUE(source->Query(instant, milliseconds(1500)).front().ok());
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/prometheus/api/v1/query_range");
  EXPECT_EQ(requests[0].headers.at("content-type"),
            "application/x-www-form-urlencoded");
  EXPECT_EQ(requests[0].headers.at("x-scope-orgid"), "shop");
  EXPECT_EQ(requests[0].body,
            "query=up%7Ba%3D%22b%26c%22%7D&start=1700000000.000&"
            "end=1700003600.000&step=60&timeout=5.000&partial_response=false");
  EXPECT_EQ(requests[1].target, "/prometheus/api/v1/query");
  EXPECT_EQ(requests[1].body,
            "query=up&time=1700000000.250&timeout=1.500&"
            "partial_response=false");
}

TEST(PrometheusSource, AnswerIBelongsToQueryI) {
  TestServer server([&](const ReceivedRequest& request) {
    if (request.body.starts_with("query=bad")) {
      return RawReply{
          .bytes = HttpReply(
              400, R"({"status":"error","errorType":"bad_data","error":"x"})"),
          .close = false};
    }
    const std::string name = request.body.substr(6, 1);
    return RawReply{
        .bytes = HttpReply(
            200,
            R"({"status":"success","data":{"resultType":"matrix","result":[)"
            R"({"metric":{"q":")" +
                name + R"("},"values":[[1,"1"]]}]}})"),
        .close = false};
  });
  const auto source = NewSource({.url = server.url()});
  const std::vector<RangeQuery> queries = {Range("a"), Range("bad"),
                                           Range("c")};
  const auto answers = source->QueryRange(queries, seconds(5));
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(LabelOr(answers[0]->series[0].labels, "q"), "a");
  ASSERT_FALSE(answers[1].ok());
  EXPECT_EQ(answers[1].error().code, Code::kInvalidArgument);
  EXPECT_EQ(answers[1].error().message, "prometheus: HTTP 400: bad_data: x");
  EXPECT_EQ(LabelOr(answers[2]->series[0].labels, "q"), "c");
}

TEST(PrometheusSource, NamesTheKindOfEachFailure) {
  const auto envelope = [](const char* type) {
    return std::string(R"({"status":"error","errorType":")") + type +
           R"(","error":"x"})";
  };
  const std::vector<std::pair<std::string, Code>> cases = {
      {HttpReply(400, envelope("bad_data")), Code::kInvalidArgument},
      {HttpReply(422, envelope("execution")), Code::kInvalidArgument},
      {HttpReply(503, envelope("timeout")), Code::kDeadlineExceeded},
      {HttpReply(503, "not ready", "text/plain"), Code::kUnavailable},
      {HttpReply(502, "<html>", "text/html"), Code::kUnavailable},
      {HttpReply(429, "slow down", "text/plain"), Code::kUnavailable},
      {HttpReply(401, "no org id", "text/plain"), Code::kUnauthenticated},
      {HttpReply(403, "", "text/plain"), Code::kPermissionDenied},
      {HttpReply(404, "404", "text/plain"), Code::kInternal},
      {HttpReply(302, "", "text/html"), Code::kInternal},
      {HttpReply(204, ""), Code::kInternal},
      {HttpReply(200, kEmpty, "text/html"), Code::kInternal},
      {HttpReply(200, kEmpty, ""), Code::kInternal},
      {HttpReply(200, "{"), Code::kInternal},
      {"garbage", Code::kInternal},
      {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
       "Content-Length: 500\r\n\r\n{}",
       Code::kInternal},
  };
  for (const auto& [reply, code] : cases) {
    const auto answer = Ask(reply);
    ASSERT_FALSE(answer.ok()) << reply;
    EXPECT_EQ(answer.error().code, code) << reply;
  }
}

TEST(PrometheusSource, RefusesAnAnswerOverItsCap) {
  const std::string big =
      std::string(
          R"({"status":"success","data":{"resultType":"matrix","result":[]},"x":")") +
      std::string(3000, 'x') + "\"}";
  EXPECT_TRUE(Ask(HttpReply(200, big)).ok());
  const auto answer = Ask(HttpReply(200, big), {.url = "", .max_answer = 2000});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, Code::kResourceExhausted);
}

TEST(PrometheusSource, NobodyThereIsUnavailable) {
  const DeadPort dead;
  const auto source = NewSource({.url = dead.url()});
  const std::vector<RangeQuery> queries = {Range("a"), Range("b")};
  for (const auto& answer : source->QueryRange(queries, seconds(5))) {
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, Code::kUnavailable);
  }
}

TEST(PrometheusSource, SilenceEndsAtTheDeadline) {
  TestServer server([](const ReceivedRequest&) {
    return RawReply{.bytes = "", .hang = true};
  });
  const auto source = NewSource({.url = server.url()});
  const std::vector<RangeQuery> queries = {Range("a"), Range("b")};
  for (const auto& answer : source->QueryRange(queries, milliseconds(150))) {
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, Code::kDeadlineExceeded);
  }
}

TEST(PrometheusSource, AMissingTokenFileSendsNothing) {
  TestServer server([](const ReceivedRequest&) {
    return RawReply{.bytes = HttpReply(200, kEmpty)};
  });
  const auto source = NewSource(
      {.url = server.url(), .auth = {.bearer_token_file = "/no/such/file"}});
  const std::vector<RangeQuery> queries = {Range("a")};
  const auto answers = source->QueryRange(queries, seconds(1));
  ASSERT_FALSE(answers[0].ok());
  EXPECT_EQ(answers[0].error().code, Code::kUnauthenticated);
  EXPECT_TRUE(server.requests().empty());
}

TEST(PrometheusSource, RefusesABadConfiguration) {
  EXPECT_FALSE(PrometheusSource::Create({.url = "ftp://x"}).ok());
  EXPECT_FALSE(
      PrometheusSource::Create({.url = "http://x", .headers = {"nocolon"}})
          .ok());
  EXPECT_FALSE(
      PrometheusSource::Create({.url = "http://x", .headers = {"a: b\r\nc: d"}})
          .ok());
}

}  // namespace
}  // namespace selfheal::prometheus
