#include "codec/incident_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "codec/samples.h"
#include "codec/stored_incident.h"

namespace selfheal {
namespace {

using nlohmann::json;

TEST(StoredIncident, FullOneGoesRoundWithoutLoss) {
  const Incident incident = testing::FullIncident();
  const std::string text = StoredIncidentJson(incident);
  const Result<Incident> back = ParseStoredIncident(text);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(StoredIncidentJson(*back), text);
  EXPECT_EQ(back->opened_at, incident.opened_at);
  EXPECT_EQ(back->target, incident.target);
  EXPECT_EQ(back->alerts.at(0).starts_at, incident.alerts[0].starts_at);
  EXPECT_EQ(back->assessment->seed, incident.assessment->seed);
  EXPECT_EQ(back->assessment->forecast->eta, seconds(720));
  EXPECT_FALSE(back->assessment->forecast->eta_low.has_value());
  EXPECT_EQ(back->plan->steps.at(0).action, incident.plan->steps[0].action);
  EXPECT_EQ(back->plan->change.canaries, incident.plan->change.canaries);
  EXPECT_EQ(back->plan->change.siblings, incident.plan->change.siblings);
  EXPECT_EQ(back->plan->change.moves, incident.plan->change.moves);
  EXPECT_EQ(back->plan->change.held, incident.plan->change.held);
  EXPECT_EQ(back->approval->state, ApprovalState::kConsumed);
  EXPECT_EQ(back->approval->people, 2);
  ASSERT_EQ(back->approval->grants.size(), 2u);
  EXPECT_EQ(back->approval->grants[0].by, "admin:alice");
  EXPECT_EQ(back->approval->grants[0].at, incident.approval->grants[0].at);
  EXPECT_EQ(back->approval->grants[0].reason, "yes");
  EXPECT_EQ(back->progress.canary, Judgement::kNotConfirmed);
  EXPECT_EQ(back->executions.at(0).outcome, ExecutionOutcome::kApplied);
  EXPECT_FALSE(back->executions.at(1).outcome.has_value());
  EXPECT_EQ(back->verification->outcome, VerificationOutcome::kMitigated);
  EXPECT_EQ(back->wait_deadline, incident.wait_deadline);
  EXPECT_EQ(back->retry_deadline, incident.retry_deadline);
}

// Each does not compile once a member is added: then the stored form, its
// sample above and the name here want it too.
TEST(StoredIncident, KnowsEveryMember) {
  const Incident incident = testing::FullIncident();
  const auto& [id, type, phase, opened_at, closed_at, target, target_uid, rule,
               from_watch, takes_back, alerts, assessment, changes, own_step,
               plan, verdict, approval, executions, progress, verification,
               next_at, wait_deadline, retry_deadline, reason] = incident;
  const auto& [runbook, runbook_digest, risk, steps, step, cause, plan_target,
               plan_target_uid, change, hash, created_at, expires_at] = *plan;
  const auto& [object, uid, generation, summary, blast_radius, from, to,
               from_max, to_max, restarted_at, previous_restarted_at, canaries,
               siblings, pods, container, from_value, to_value, moves, held] =
      change;
  const auto& [outcome, score, statistic, confidence, factors, forecast,
               members, reasons, causes, seed, judge_version] = *assessment;
  const auto& [action_id, started_at, canary_ready_at, canary, finished_at,
               undoing, failure] = progress;
  const auto& [e_step, e_action, e_phase, e_attempt, e_action_id, e_intent_id,
               e_outcome, e_detail, e_at] = executions.front();
  EXPECT_FALSE(id.empty());
  EXPECT_FALSE(runbook.empty());
  EXPECT_FALSE(uid.empty());
  EXPECT_GT(score, 0);
  EXPECT_FALSE(action_id.empty());
  EXPECT_FALSE(e_phase.empty());
}

TEST(StoredIncident, EmptyOneGoesRoundWithoutLoss) {
  const Incident incident;
  const Result<Incident> back =
      ParseStoredIncident(StoredIncidentJson(incident));
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_FALSE(back->assessment.has_value());
  EXPECT_FALSE(back->plan.has_value());
  EXPECT_FALSE(back->closed_at.has_value());
  EXPECT_TRUE(back->alerts.empty());
}

TEST(StoredIncident, EveryMemberOfEveryEnumComesBack) {
  Incident incident = testing::FullIncident();
  for (int phase = 0; phase < 8; ++phase) {
    for (int type = 0; type < 10; ++type) {
      incident.phase = static_cast<Phase>(phase);
      incident.type = static_cast<IncidentType>(type);
      const auto back = ParseStoredIncident(StoredIncidentJson(incident));
      ASSERT_TRUE(back.ok());
      EXPECT_EQ(back->phase, incident.phase);
      EXPECT_EQ(back->type, incident.type);
    }
  }
  const std::vector<Action> actions = {RestartPod{},
                                       RollingRestart{2, seconds(9)},
                                       ScaleOut{75, 12, 90, 9, seconds(8)},
                                       ScaleIn{3, 6, seconds(70)},
                                       Rollback{2},
                                       SetResources{40},
                                       Cordon{},
                                       Drain{seconds(99), true},
                                       Uncordon{},
                                       EvictOne{},
                                       ExpandVolume{10, 50},
                                       RenewCertificate{seconds(70)},
                                       Notify{}};
  ASSERT_EQ(actions.size(), std::variant_size_v<Action>);
  for (const Action& action : actions) {
    incident.plan->steps = {{action, seconds(1), seconds(2), UndoMode::kNone}};
    const auto back = ParseStoredIncident(StoredIncidentJson(incident));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->plan->steps.at(0).action, action);
  }
}

TEST(StoredIncident, WhatIsNotANumberStaysNone) {
  Incident incident = testing::FullIncident();
  incident.assessment->score = std::numeric_limits<double>::quiet_NaN();
  incident.assessment->members = {
      {"a", 0.1}, {"b", std::numeric_limits<double>::infinity()}};
  const auto back = ParseStoredIncident(StoredIncidentJson(incident));
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(std::isnan(back->assessment->score));
  EXPECT_EQ(back->assessment->members.at(0).second, 0.1);
  EXPECT_TRUE(std::isnan(back->assessment->members.at(1).second));
}

TEST(StoredIncident, BytesThatAreNotUtf8DoNotThrow) {
  Incident incident = testing::FullIncident();
  incident.reason = "\xff\xfe broken";
  EXPECT_TRUE(ParseStoredIncident(StoredIncidentJson(incident)).ok());
  EXPECT_TRUE(json::accept(IncidentJson(incident)));
}

TEST(StoredIncident, RubbishIsAnError) {
  const std::string good = StoredIncidentJson(testing::FullIncident());
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"),
        std::string("{\"type\":5}"), std::string("{\"type\":\"none\"}"),
        good.substr(0, good.size() / 2)}) {
    const auto back = ParseStoredIncident(text);
    ASSERT_FALSE(back.ok()) << text;
    EXPECT_EQ(back.error().code, Code::kDataLoss);
  }
}

TEST(StoredIncident, EachDamagedMemberIsAnErrorOrHarmless) {
  const json good = json::parse(StoredIncidentJson(testing::FullIncident()));
  for (const auto& [key, value] : good.items()) {
    for (const json& bad : {json(-1), json("?"), json::array({1}), json()}) {
      json damaged = good;
      damaged[key] = bad;
      // Neither an exception nor a crash, whatever stands there.
      const auto back = ParseStoredIncident(damaged.dump());
      if (!back.ok()) {
        EXPECT_EQ(back.error().code, Code::kDataLoss);
      }
    }
  }
}

TEST(IncidentJson, HasThePublicForm) {
  const json out = json::parse(IncidentJson(testing::FullIncident()));
  EXPECT_EQ(out["id"], "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(out["type"], "memory_leak");
  EXPECT_EQ(out["phase"], "Mitigated");
  EXPECT_EQ(out["opened_at"], "2026-11-25T12:00:00.000Z");
  EXPECT_EQ(out["closed_at"], "2026-11-25T12:05:00.000Z");
  EXPECT_EQ(out["target"],
            json::parse(R"({"kind":"Deployment","namespace":"shop",
                            "name":"cart","uid":"uid-cart"})"));
  EXPECT_EQ(out["alerts"], json::parse(R"([{"fingerprint":"0123456789abcdef",
                             "alertname":"KubeMemoryLeak",
                             "starts_at":"2026-11-25T11:59:00.123Z",
                             "status":"firing"}])"));
  EXPECT_EQ(out["assessment"]["outcome"], "confirmed");
  EXPECT_EQ(out["assessment"]["score"], 0.83);
  EXPECT_EQ(out["assessment"]["confidence"], 0.91);
  EXPECT_EQ(out["assessment"]["factors"],
            json::parse(R"([{"metric":"memory","contribution":12.1}])"));
  const json& forecast = out["assessment"]["forecast"];
  EXPECT_EQ(forecast["probability"], 0.78);
  EXPECT_EQ(forecast["time_to_threshold_s"], 720);
  EXPECT_TRUE(forecast["low_s"].is_null());
  EXPECT_EQ(forecast["component"], "memory");
  EXPECT_EQ(out["changes"], json::parse(R"([{"object":"Deployment/shop/cart",
                             "at":"2026-11-25T11:30:00.000Z","by":"kubectl",
                             "fields":["spec.replicas"],"revision":7}])"));
  EXPECT_EQ(out["plan"]["runbook"], "memory-leak");
  EXPECT_EQ(out["plan"]["hash"], "hash-1");
  EXPECT_EQ(out["plan"]["steps"], json::parse(R"([{"action":"rolling_restart",
                             "target":"Deployment/shop/cart",
                             "when":["one_pod","leak"]}])"));
  EXPECT_EQ(out["verdict"],
            json::parse(R"({"outcome":"allow","findings":[{"guard":"cooldown",
                            "outcome":"allow","reason":"rested"}]})"));
  EXPECT_EQ(out["executions"].at(0)["outcome"], "applied");
  EXPECT_EQ(out["executions"].at(0)["intent_id"], "intent-1");
  EXPECT_EQ(out["executions"].at(0)["step"], 0);
  EXPECT_EQ(out["executions"].at(0)["action"], "rolling_restart");
  EXPECT_TRUE(out["executions"].at(1)["outcome"].is_null());
  EXPECT_EQ(
      out["verification"],
      json::parse(R"({"outcome":"mitigated","reason":"back to normal"})"));
}

TEST(IncidentJson, SaysWhoGrantedAndHowManyLack) {
  Incident incident = testing::FullIncident();
  incident.approval->grants.resize(1);
  const json out = json::parse(IncidentJson(incident))["approval"];
  EXPECT_EQ(out["people"], 2);
  EXPECT_EQ(out["lacking"], 1);
  EXPECT_EQ(out["grants"], json::parse(R"([{"by":"admin:alice",
                             "at":"2026-11-25T12:01:00.000Z",
                             "reason":"yes"}])"));
}

TEST(IncidentJson, AGrantThatWasNotUsedIsStillOne) {
  Incident incident = testing::FullIncident();
  incident.approval->state = ApprovalState::kExpired;
  incident.closed_at = incident.approval->expires_at - std::chrono::seconds(1);
  const auto state = [&] {
    return json::parse(IncidentJson(incident))["approval"]["state"];
  };
  EXPECT_EQ(state(), "granted");
  incident.closed_at = incident.approval->expires_at;
  EXPECT_EQ(state(), "expired");
  incident.closed_at = incident.approval->expires_at - std::chrono::seconds(1);
  incident.approval->decided_by = "";
  EXPECT_EQ(state(), "expired");
}

TEST(IncidentJson, WhatIsNotThereIsNull) {
  const json out = json::parse(IncidentJson(Incident()));
  for (const char* key : {"closed_at", "assessment", "plan", "verdict",
                          "approval", "verification"}) {
    EXPECT_TRUE(out.at(key).is_null()) << key;
  }
  for (const char* key : {"alerts", "changes", "executions"}) {
    EXPECT_TRUE(out.at(key).is_array()) << key;
  }
}

TEST(IncidentListJson, HasItemsAndTheNextCursor) {
  json out = json::parse(IncidentListJson({}, ""));
  EXPECT_EQ(out, json::parse(R"({"items":[],"next":null})"));
  out = json::parse(IncidentListJson({testing::FullIncident()}, "12-x"));
  EXPECT_EQ(out["items"].size(), 1u);
  EXPECT_EQ(out["next"], "12-x");
}

}  // namespace
}  // namespace selfheal
