#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "codec/alert_json.h"
#include "codec/audit_json.h"
#include "codec/mutation_json.h"
#include "codec/names.h"

namespace selfheal {
namespace {

using nlohmann::json;

AuditRecord Sample() {
  return {7,
          *ParseTime("2026-11-25T12:00:00.123456789Z"),
          "01ARZ3NDEKTSV4RRFFQ69G5FAV",
          Stage::kGuard,
          "deny",
          "It says \"no\".",
          {{"count", std::int64_t{3}}, {"ratio", 2.0}}};
}

TEST(AuditJson, FieldsGoRoundWithTheirTypes) {
  const Fields fields = {{"text", std::string("a\"b\n")},
                         {"count", std::int64_t{-5}},
                         {"big", std::int64_t{9223372036854775807}},
                         {"whole", 2.0},
                         {"ratio", 0.1},
                         {"on", true}};
  const auto back = ParseFields(FieldsJson(fields));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, fields);
  EXPECT_EQ(FieldsJson({}), "{}");
  for (const char* text : {"", "[]", "{\"a\":[1]}", "{\"a\":{}}"}) {
    EXPECT_FALSE(ParseFields(text).ok()) << text;
  }
}

TEST(AuditJson, CanonicalLineIsFixed) {
  // Stored chains depend on every byte of this.
  EXPECT_EQ(CanonicalAuditLine(Sample(), "{\"count\":3}"),
            "{\"seq\":7,\"at\":\"2026-11-25T12:00:00.123456789Z\","
            "\"incident\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"stage\":\"guard\","
            "\"outcome\":\"deny\",\"reason\":\"It says \\\"no\\\".\","
            "\"data\":{\"count\":3}}");
}

TEST(AuditJson, TimelineHasItsItems) {
  const AuditRecord record = Sample();
  const json out = json::parse(TimelineJson(std::span(&record, 1)));
  EXPECT_EQ(out, json::parse(R"({"items":[{"seq":7,
      "at":"2026-11-25T12:00:00.123Z","stage":"guard","outcome":"deny",
      "reason":"It says \"no\".","data":{"count":3,"ratio":2.0}}]})"));
  EXPECT_EQ(TimelineJson({}), "{\"items\":[]}");
}

TEST(MutationJson, EveryKindGoesRound) {
  const ObjectRef pod{ObjectKind::kPod, "shop", "cart-1"};
  const ObjectRef workload{ObjectKind::kDeployment, "shop", "cart"};
  const ObjectRef hpa{ObjectKind::kHorizontalPodAutoscaler, "shop", "cart"};
  const std::vector<Mutation> all = {
      DeletePod{pod, "u", "1"},
      EvictPod{pod, "u", "2"},
      SetRestartedAt{workload, "u", "3", "2026-11-25T12:00:00Z", "a"},
      SetReplicas{workload, "u", "4", 7},
      SetHpaBounds{hpa, "u", "5", 2, 9, "a"},
      SetUnschedulable{{ObjectKind::kNode, "", "n1"}, "u", "6", true, "a"},
      SetTemplate{workload, "u", "7", R"({"spec":{}})", "a"},
      SetMemory{workload, "u", "8", "app", "384Mi", "", "a"},
      SetVolumeRequest{{ObjectKind::kPersistentVolumeClaim, "shop", "data"},
                       "u",
                       "9",
                       "12Gi",
                       "a"},
      RequestRenewal{{ObjectKind::kCertificate, "shop", "tls"},
                     "u",
                     "10",
                     "2026-11-25T12:00:00Z",
                     2,
                     7,
                     "a"},
      RequestSync{
          {ObjectKind::kApplication, "argocd", "shop"}, "u", "11", "r", "a"},
      SetAborted{{ObjectKind::kRollout, "shop", "cart"}, "u", "12", false}};
  ASSERT_EQ(all.size(), std::variant_size_v<Mutation>);
  for (const Mutation& mutation : all) {
    const auto back = ParseMutation(MutationJson(mutation));
    ASSERT_TRUE(back.ok()) << back.error().message;
    EXPECT_EQ(back->index(), mutation.index());
    EXPECT_EQ(ObjectOf(*back), ObjectOf(mutation));
    EXPECT_EQ(UidOf(*back), UidOf(mutation));
    EXPECT_EQ(ResourceVersionOf(*back), ResourceVersionOf(mutation));
    EXPECT_EQ(MutationJson(*back), MutationJson(mutation));
  }
  EXPECT_FALSE(ParseMutation("{\"kind\":\"exec\"}").ok());
  EXPECT_FALSE(ParseMutation("nonsense").ok());
}

TEST(MutationJson, PurposeAndRequestGoRound) {
  MutationPurpose purpose;
  purpose.incident_id = "i";
  purpose.action_id = "a";
  purpose.intent_id = "a/1";
  purpose.kind = ActionKind::kUndoScaleOut;
  purpose.phase = "restore";
  purpose.step = 2;
  purpose.attempt = 3;
  purpose.first_of_action = false;
  purpose.target = {ObjectKind::kNode, "", "n1"};
  purpose.target_uid = "u";
  purpose.runbook = "r";
  purpose.plan_hash = "h";
  purpose.needs_approval = true;
  const auto back = ParsePurpose(PurposeJson(purpose));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(PurposeJson(*back), PurposeJson(purpose));
  EXPECT_EQ(back->target, purpose.target);
  EXPECT_TRUE(back->needs_approval);
  EXPECT_FALSE(back->first_of_action);

  const WireRequest request{"PATCH", "/api/v1/x?y=1", "application/json",
                            "{\"a\":1}"};
  const auto sent = ParseRequest(RequestJson(request));
  ASSERT_TRUE(sent.ok());
  EXPECT_EQ(*sent, request);
}

TEST(AlertJson, LabelsGoRound) {
  const Labels labels = {{"alertname", "x"}, {"empty", ""}, {"odd", "\"\t\n"}};
  const auto back = ParseLabels(LabelsJson(labels));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, labels);
  EXPECT_FALSE(ParseLabels("[1]").ok());
  EXPECT_FALSE(ParseLabels("{\"a\":1}").ok());
}

TEST(AlertJson, ListNamesIncidentsAndTheNextCursor) {
  Alert alert;
  alert.fingerprint = "0123456789abcdef";
  alert.labels = {{"alertname", "Leak"}};
  alert.starts_at = *ParseTime("2026-11-25T12:00:00Z");
  const std::vector<AlertEntry> entries = {{&alert, ""}, {&alert, "01X"}};
  const json out = json::parse(AlertListJson(entries, 41));
  EXPECT_EQ(out["items"][0], json::parse(R"({"fingerprint":"0123456789abcdef",
      "alertname":"Leak","starts_at":"2026-11-25T12:00:00.000Z",
      "status":"firing","incident":null})"));
  EXPECT_EQ(out["items"][1]["incident"], "01X");
  EXPECT_EQ(out["next"], "41");
  EXPECT_TRUE(json::parse(AlertListJson({}, std::nullopt))["next"].is_null());
}

TEST(Names, WordsThatAreNoneAreRefused) {
  EXPECT_FALSE(ParseActionKind("exec").has_value());
  EXPECT_FALSE(ParseStage("").has_value());
  EXPECT_EQ(ParseStage("record"), Stage::kRecord);
  EXPECT_EQ(ParseActionResult("in_flight"), ActionResult::kInFlight);
  EXPECT_EQ(ParseOutcome("dry_run"), ExecutionOutcome::kDryRun);
  EXPECT_EQ(ParseRisk("high"), Risk::kHigh);
  EXPECT_EQ(ParseUndo("automatic"), UndoMode::kAutomatic);
  EXPECT_EQ(ParseDirection("falls"), BadDirection::kFalls);
}

}  // namespace
}  // namespace selfheal
