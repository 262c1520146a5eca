#include "adapters/alertmanager/alertmanager_source.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "adapters/alertmanager/alert_parser.h"
#include "tests/adapters/http/memory_logger.h"
#include "tests/adapters/http/test_server.h"

namespace selfheal::alertmanager {
namespace {

using selfheal::testing::DeadPort;
using selfheal::testing::HttpReply;
using selfheal::testing::MemoryLogger;
using selfheal::testing::RawReply;
using selfheal::testing::ReceivedRequest;
using selfheal::testing::TestServer;

constexpr const char* kAlert = R"({
  "labels":{"alertname":"KubePodCrashLooping","namespace":"shop",
            "pod":"cart-1"},
  "annotations":{"summary":"it crashes"},
  "startsAt":"2026-11-22T12:50:32.123+01:00",
  "endsAt":"2026-11-22T13:54:32.123Z","updatedAt":"2026-11-22T12:50:32Z",
  "generatorURL":"http://p/graph?a=b","fingerprint":"0000000000000000",
  "receivers":[{"name":"x"}],
  "status":{"state":"active","silencedBy":[],"inhibitedBy":[]}})";

std::string Array(const std::vector<std::string>& elements) {
  std::string body = "[";
  for (std::size_t i = 0; i < elements.size(); ++i) {
    body += (i == 0 ? "" : ",") + elements[i];
  }
  return body + "]\n";
}

TEST(AlertParser, ReadsAnAlertAsFiring) {
  const auto list = ParseAlerts(Array({kAlert}));
  ASSERT_TRUE(list.ok()) << list.error().message;
  ASSERT_EQ(list->alerts.size(), 1u);
  const Alert& alert = list->alerts[0];
  EXPECT_EQ(alert.status, AlertStatus::kFiring);
  EXPECT_EQ(AlertName(alert), "KubePodCrashLooping");
  EXPECT_EQ(LabelOr(alert.annotations, "summary"), "it crashes");
  EXPECT_EQ(FormatTime(alert.starts_at), "2026-11-22T11:50:32.123Z");
  EXPECT_FALSE(alert.ends_at.has_value());
  EXPECT_EQ(alert.fingerprint, "2ba9a515427aeb6d");
  EXPECT_EQ(alert.generator_url, "http://p/graph?a=b");
}

TEST(AlertParser, NoAlertIsAGoodAnswer) {
  const auto list = ParseAlerts("[]\n");
  ASSERT_TRUE(list.ok());
  EXPECT_TRUE(list->alerts.empty());
}

TEST(AlertParser, AMalformedAlertDoesNotTakeItsNeighbours) {
  const auto list = ParseAlerts(Array(
      {"{}", kAlert, R"({"labels":{"a":1},"startsAt":"2026-11-22T12:50:32Z"})",
       R"({"labels":{"a":"b"},"startsAt":"now"})", "7", "[]", kAlert}));
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_EQ(list->alerts.size(), 2u);
  EXPECT_EQ(list->malformed, 5u);
}

TEST(AlertParser, NonsenseIsAnError) {
  const std::string whole = Array({kAlert});
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("null"),
        std::string("[1,2]"), std::string("[{}]"),
        std::string(R"({"code":500,"message":"x"})"),
        whole.substr(0, whole.size() - 3), whole + "x"}) {
    EXPECT_FALSE(ParseAlerts(body).ok()) << body;
  }
  EXPECT_FALSE(ParseAlerts(std::string(300000, '[')).ok());
}

TEST(AlertmanagerSource, AsksForWhatIsNeitherSilencedNorInhibited) {
  TestServer server([](const ReceivedRequest&) {
    return RawReply{.bytes = HttpReply(200, Array({kAlert, "{}"}))};
  });
  MemoryLogger log;
  auto source = AlertmanagerSource::Create({.url = server.url() + "/am"}, log);
  ASSERT_TRUE(source.ok());
  const auto alerts = (*source)->Active();
  ASSERT_TRUE(alerts.ok()) << alerts.error().message;
  EXPECT_EQ(alerts->size(), 1u);
  EXPECT_EQ(server.requests()[0].target,
            "/am/api/v2/alerts?active=true&silenced=false&inhibited=false"
            "&unprocessed=true");
  EXPECT_NE(log.text().find("malformed=1"), std::string::npos);
}

TEST(AlertmanagerSource, NamesTheKindOfEachFailure) {
  const std::vector<std::pair<std::string, Code>> cases = {
      {HttpReply(401, "x", "text/plain"), Code::kUnauthenticated},
      {HttpReply(403, "x", "text/plain"), Code::kPermissionDenied},
      {HttpReply(503, "x", "text/plain"), Code::kUnavailable},
      {HttpReply(404, "x", "text/plain"), Code::kInternal},
      {HttpReply(302, "x", "text/plain"), Code::kInternal},
      {HttpReply(200, "[]", "text/html"), Code::kInternal},
      {HttpReply(200, "{}"), Code::kInternal},
      {"", Code::kUnavailable},
  };
  MemoryLogger log;
  for (const auto& [reply, code] : cases) {
    const std::string bytes = reply;
    TestServer server(
        [bytes](const ReceivedRequest&) { return RawReply{.bytes = bytes}; });
    const auto source = AlertmanagerSource::Create({.url = server.url()}, log);
    const auto alerts = (*source)->Active();
    ASSERT_FALSE(alerts.ok()) << bytes;
    EXPECT_EQ(alerts.error().code, code) << bytes;
  }
  const DeadPort dead;
  EXPECT_EQ((*AlertmanagerSource::Create({.url = dead.url()}, log))
                ->Active()
                .error()
                .code,
            Code::kUnavailable);
  EXPECT_FALSE(AlertmanagerSource::Create({.url = "nonsense"}, log).ok());
}

}  // namespace
}  // namespace selfheal::alertmanager
