#include "intake/payload.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace selfheal {
namespace {

constexpr std::string_view kLabels =
    R"({"alertname":"KubePodCrashLooping","namespace":"shop","pod":"cart-1"})";

std::string AlertWith(std::string_view fields) {
  return std::string("{") + std::string(fields) + "}";
}

std::string GoodAlert() {
  return AlertWith(
      R"("status":"firing","labels":)" + std::string(kLabels) +
      R"(,"annotations":{"summary":"a \u0026 b"},)"
      R"("startsAt":"2026-11-25T12:00:00.123456789+02:00",)"
      R"("endsAt":"0001-01-01T00:00:00Z",)"
      R"("generatorURL":"http://p/graph?g0.expr=up\u0026g0.tab=1",)"
      R"("fingerprint":"2ba9a515427aeb6d")");
}

std::string Envelope(std::string_view alerts, std::string_view more = "") {
  return R"({"version":"4","groupKey":"{}:{a=\"b\"}","truncatedAlerts":3,)"
         R"("status":"resolved","receiver":"team\\.a","groupLabels":{"a":"b"},)"
         R"("commonLabels":{},"commonAnnotations":{},)"
         R"("externalURL":"http://am:9093")" +
         std::string(more) + R"(,"alerts":)" + std::string(alerts) + "}\n";
}

Result<AlertGroup> Parse(std::string_view body) {
  return ParseAlertGroup(body, IntakeLimits{});
}

std::string Refusal(std::string_view body) {
  const auto group = Parse(body);
  return group.ok() ? "accepted" : group.error().message;
}

RejectedAlert RejectionOf(std::string_view alert) {
  const auto group = Parse(Envelope(
      "[" + GoodAlert() + "," + std::string(alert) + "," + GoodAlert() + "]"));
  if (!group.ok()) return {99, "body", group.error().message};
  EXPECT_EQ(group->received, 3u);
  EXPECT_EQ(group->alerts.size() + group->rejected.size(), 3u);
  return group->rejected.empty() ? RejectedAlert{} : group->rejected[0];
}

TEST(Payload, ReadsEveryField) {
  const auto group = Parse(Envelope("[" + GoodAlert() + "]"));
  ASSERT_TRUE(group.ok()) << group.error().message;
  EXPECT_EQ(group->version, "4");
  EXPECT_EQ(group->group_key, R"({}:{a="b"})");
  EXPECT_EQ(group->receiver, R"(team\.a)");
  EXPECT_EQ(group->status, AlertStatus::kResolved);
  EXPECT_EQ(group->external_url, "http://am:9093");
  EXPECT_EQ(group->truncated_alerts, 3u);
  EXPECT_EQ(group->received, 1u);
  ASSERT_EQ(group->alerts.size(), 1u);
  const Alert& alert = group->alerts[0];
  EXPECT_EQ(alert.status, AlertStatus::kFiring);
  EXPECT_EQ(alert.fingerprint, "2ba9a515427aeb6d");
  EXPECT_EQ(AlertName(alert), "KubePodCrashLooping");
  EXPECT_EQ(LabelOr(alert.annotations, "summary"), "a & b");
  EXPECT_EQ(FormatTimeNanos(alert.starts_at), "2026-11-25T10:00:00.123456789Z");
  EXPECT_FALSE(alert.ends_at.has_value());
  EXPECT_EQ(alert.generator_url, "http://p/graph?g0.expr=up&g0.tab=1");
}

TEST(Payload, KeepsARealEnd) {
  const auto group = Parse(Envelope(
      R"([{"status":"resolved","labels":{"a":"b"},)"
      R"("startsAt":"2026-11-25T12:00:00Z","endsAt":"2026-11-25T12:05:00Z"}])"));
  ASSERT_TRUE(group.ok()) << group.error().message;
  ASSERT_TRUE(group->alerts[0].ends_at.has_value());
  EXPECT_EQ(FormatTime(*group->alerts[0].ends_at), "2026-11-25T12:05:00.000Z");
}

TEST(Payload, IgnoresUnknownFieldsWhateverTheirShape) {
  const auto group = Parse(Envelope(
      "[" +
          AlertWith(R"("status":"firing","labels":{"a":"b"},)"
                    R"("startsAt":"2026-11-25T12:00:00Z",)"
                    R"("novel":{"deep":[1,{"x":null}]},"flag":true)") +
          "]",
      R"(,"notification_reason":"new alerts added","routeLabels":{"x":"y"},)"
      R"("list":[[],{},1.5,-3,false,null])"));
  ASSERT_TRUE(group.ok()) << group.error().message;
  EXPECT_EQ(group->alerts.size(), 1u);
}

TEST(Payload, DerivesTheFingerprintFromTheLabels) {
  for (const char* given :
       {"", R"(,"fingerprint":"")", R"(,"fingerprint":"NOT HEX")",
        R"(,"fingerprint":"0000000000000000")"}) {
    const auto group = Parse(Envelope(
        R"([{"status":"firing","startsAt":"2026-11-25T12:00:00Z","labels":)" +
        std::string(kLabels) + given + "}]"));
    ASSERT_TRUE(group.ok()) << group.error().message;
    EXPECT_EQ(group->alerts[0].fingerprint, "2ba9a515427aeb6d") << given;
  }
}

TEST(Payload, RequiresTheEnvelope) {
  const std::string body = Envelope("[" + GoodAlert() + "]");
  for (const char* field :
       {"version", "groupKey", "status", "receiver", "alerts"}) {
    std::string renamed = body;
    const std::string key = std::string("\"") + field + "\":";
    renamed.replace(renamed.find(key), key.size(), "\"x\":");
    EXPECT_EQ(Refusal(renamed), std::string(field) + ": is missing");
  }
}

struct Refused {
  const char* body;
  const char* message;
};

TEST(Payload, RefusesABadBodyByFieldAndReason) {
  const Refused cases[] = {
      {"", "body: is empty"},
      {"{", "body: is not JSON from byte 2 on"},
      {"[]", "body: must be one JSON object"},
      {"null", "body: must be one JSON object"},
      {"\"4\"", "body: must be one JSON object"},
      {"\xef\xbb\xbf{}", "body: starts with a byte order mark"},
      {"{} {}", "body: is not JSON from byte 4 on"},
      {R"({"version":4})", "version: must be a string"},
      {R"({"version":"5"})", "version: must be \"4\""},
      {R"({"version":"4","version":"4"})", "version: stands twice"},
      {R"({"x":1,"x":2})", "x: stands twice"},
      {R"({"y":{"x":1,"x":2}})", "x: stands twice"},
      {R"({"groupKey":null})", "groupKey: must be a string"},
      {R"({"groupKey":{}})", "groupKey: must be a string"},
      {R"({"groupKey":"a\u0000b"})", "groupKey: holds a NUL character"},
      {R"({"receiver":[]})", "receiver: must be a string"},
      {R"({"status":"burning"})", "status: must be firing or resolved"},
      {R"({"truncatedAlerts":-1})",
       "truncatedAlerts: must be an integer of at least 0"},
      {R"({"truncatedAlerts":1.5})",
       "truncatedAlerts: must be an integer of at least 0"},
      {R"({"truncatedAlerts":{}})",
       "truncatedAlerts: must be an integer of at least 0"},
      {R"({"groupLabels":"a"})", "groupLabels: must be an object"},
      {R"({"commonLabels":[]})", "commonLabels: must be an object"},
      {R"({"commonLabels":{"a":1}})", "commonLabels: must hold strings"},
      {R"({"commonAnnotations":{"a":{}}})",
       "commonAnnotations: must hold strings"},
      {R"({"alerts":{}})", "alerts: must be an array"},
      {R"({"alerts":"x"})", "alerts: must be an array"},
      {R"({"alerts":null})", "alerts: must be an array"},
      {R"({"alerts":[{"labels":{"a":"1","a":"2"}}]})",
       "alerts.labels.a: stands twice"},
      {R"({"alerts":[{"status":"firing","status":"firing"}]})",
       "alerts.status: stands twice"},
      {R"({"a":1e400})", "body: is not JSON from byte 10 on"},
      {R"({"a":NaN})", "body: is not JSON from byte 6 on"},
      {R"({"a":"\ud800"})", "body: is not JSON from byte 13 on"},
      {"{\"a\":\"\xff\"}", "body: is not JSON from byte 7 on"},
      {"{\"a\":\"\xc0\xaf\"}", "body: is not JSON from byte 7 on"},
  };
  for (const Refused& refused : cases) {
    EXPECT_EQ(Refusal(refused.body), refused.message) << refused.body;
  }
  EXPECT_EQ(Refusal(std::string_view("{}\0x", 4)),
            "body: is not JSON from byte 2 on");
}

TEST(Payload, RejectsSingleAlertsByFieldAndReason) {
  const std::string start = R"("startsAt":"2026-11-25T12:00:00Z")";
  const std::string rest = R"("status":"firing","labels":{"a":"b"},)";
  const struct {
    std::string alert;
    const char* field;
    const char* reason;
  } cases[] = {
      {"null", "alerts", "must hold objects"},
      {"7", "alerts", "must hold objects"},
      {"[[1]]", "alerts", "must hold objects"},
      {"{}", "status", "is missing"},
      {R"({"status":"firing","labels":{"a":"b"}})", "startsAt", "is missing"},
      {R"({"status":"firing",)" + start + "}", "labels", "must not be empty"},
      {R"({"status":"firing","labels":{},)" + start + "}", "labels",
       "must not be empty"},
      {R"({"status":"firing","labels":null,)" + start + "}", "labels",
       "must be an object"},
      {R"({"status":"firing","labels":["a"],)" + start + "}", "labels",
       "must be an object"},
      {R"({"status":"firing","labels":"a",)" + start + "}", "labels",
       "must be an object"},
      {R"({"status":"firing","labels":{"a":1},)" + start + "}", "labels.a",
       "must be a string"},
      {R"({"status":"firing","labels":{"a":{"b":"c"}},)" + start + "}",
       "labels.a", "must be a string"},
      {R"({"status":"firing","labels":{"":"b"},)" + start + "}", "labels",
       "has an empty name"},
      {R"({"status":"firing","labels":{"a":"\u0000"},)" + start + "}", "labels",
       "holds a NUL character"},
      {R"({"status":"pending","labels":{"a":"b"},)" + start + "}", "status",
       "must be firing or resolved"},
      {R"({"status":1,"labels":{"a":"b"},)" + start + "}", "status",
       "must be a string"},
      {"{" + rest + R"("startsAt":"yesterday"})", "startsAt",
       "must be an RFC 3339 time of the years 1678 to 2261"},
      {"{" + rest + R"("startsAt":"0001-01-01T00:00:00Z"})", "startsAt",
       "must be an RFC 3339 time of the years 1678 to 2261"},
      {"{" + rest + R"("startsAt":1764072000})", "startsAt",
       "must be a string"},
      {"{" + rest + start + R"(,"endsAt":"2026-02-30T00:00:00Z"})", "endsAt",
       "must be an RFC 3339 time of the years 1678 to 2261"},
      {"{" + rest + start + R"(,"generatorURL":{}})", "generatorURL",
       "must be a string"},
      {"{" + rest + start + R"(,"annotations":[]})", "annotations",
       "must be an object"},
      {"{" + rest + start + R"(,"annotations":{"x":[]}})", "annotations.x",
       "must be a string"},
      {"{" + rest + start + R"(,"fingerprint":12})", "fingerprint",
       "must be a string"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(RejectionOf(one.alert), (RejectedAlert{1, one.field, one.reason}))
        << one.alert;
  }
}

TEST(Payload, TakesAbsentAndNullAnnotations) {
  const auto group = Parse(
      Envelope(R"([{"status":"firing","labels":{"a":"b"},"annotations":null,)"
               R"("startsAt":"2026-11-25T12:00:00Z"}])"));
  ASSERT_TRUE(group.ok()) << group.error().message;
  EXPECT_EQ(group->alerts.size(), 1u);
}

std::string AlertWithLabels(int count) {
  std::string labels;
  for (int i = 0; i < count; ++i) {
    labels += (i == 0 ? "" : ",") + ("\"l" + std::to_string(i) + "\":\"v\"");
  }
  return R"({"status":"firing","startsAt":"2026-11-25T12:00:00Z","labels":{)" +
         labels + "}}";
}

TEST(Payload, BoundsLabels) {
  EXPECT_EQ(RejectionOf(AlertWithLabels(128)), RejectedAlert{});
  EXPECT_EQ(RejectionOf(AlertWithLabels(129)),
            (RejectedAlert{1, "labels", "more than 128"}));
  EXPECT_EQ(RejectionOf(AlertWithLabels(100000)),
            (RejectedAlert{1, "labels", "more than 128"}));
}

TEST(Payload, BoundsStrings) {
  const auto with = [](std::size_t size) {
    return R"({"status":"firing","startsAt":"2026-11-25T12:00:00Z",)"
           R"("labels":{"a":"b"},"annotations":{"d":")" +
           std::string(size, 'x') + "\"}}";
  };
  EXPECT_EQ(RejectionOf(with(64 << 10)), RejectedAlert{});
  EXPECT_EQ(RejectionOf(with((64 << 10) + 1)),
            (RejectedAlert{1, "annotations.d", "is too long"}));
  EXPECT_EQ(Refusal("{\"groupKey\":\"" + std::string(70000, 'k') + "\"}"),
            "groupKey: is too long");
  EXPECT_EQ(Refusal("{\"" + std::string(70000, 'k') + "\":1}"),
            "body: has a key that is too long");
}

TEST(Payload, BoundsDepth) {
  const auto nested = [](std::size_t levels) {
    return "{\"x\":" + std::string(levels, '[') + std::string(levels, ']') +
           "}";
  };
  EXPECT_EQ(Refusal(nested(31)), "version: is missing");
  EXPECT_EQ(Refusal(nested(32)), "body: is nested too deeply");
  EXPECT_EQ(Refusal("{\"x\":" + std::string(1000000, '[')),
            "body: is nested too deeply");
}

TEST(Payload, BoundsValuesAndMembers) {
  std::string many = "{\"x\":[[]";
  for (int i = 0; i < 2'000'000; ++i) many += ",[]";
  EXPECT_EQ(Refusal(many + "]}"), "body: has too many values");
  std::string members = "{\"x\":{\"a\":1";
  for (int i = 0; i < 2000; ++i) members += ",\"" + std::to_string(i) + "\":1";
  EXPECT_EQ(Refusal(members + "}}"),
            "body: has an object with too many members");
}

TEST(Payload, BoundsTheGroup) {
  IntakeLimits limits;
  limits.alerts = 2;
  const std::string one = GoodAlert();
  EXPECT_TRUE(ParseAlertGroup(Envelope("[" + one + "," + one + "]"), limits));
  const auto over =
      ParseAlertGroup(Envelope("[" + one + "," + one + ",null]"), limits);
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().code, Code::kResourceExhausted);
  EXPECT_EQ(over.error().message, "alerts: more than 2 alerts");
}

TEST(Payload, ReadsAGroupOf5000) {
  std::string alerts = "[";
  for (int i = 0; i < 5000; ++i) {
    alerts += (i == 0 ? "" : ",") +
              (R"({"status":"firing","startsAt":"2026-11-25T12:00:00Z",)"
               R"("labels":{"alertname":"A","pod":"cart-)" +
               std::to_string(i) + R"("},"annotations":{"description":")" +
               std::string(1500, 'd') + "\"}}");
  }
  const auto group = Parse(Envelope(alerts + "]"));
  ASSERT_TRUE(group.ok()) << group.error().message;
  ASSERT_EQ(group->alerts.size(), 5000u);
  EXPECT_EQ(LabelOr(group->alerts[4999].labels, "pod"), "cart-4999");
}

TEST(Payload, AnEmptyListIsAnEmptyGroup) {
  const auto group = Parse(Envelope("[]"));
  ASSERT_TRUE(group.ok()) << group.error().message;
  EXPECT_EQ(group->received, 0u);
}

}  // namespace
}  // namespace selfheal
