#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/receiver/raw_client.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

using nlohmann::json;

std::string Ask(TestServer& server, std::string_view method,
                std::string_view target, std::string_view body = "") {
  RawClient client(server.port());
  client.Send(Request(method, target, TestServer::kAdminToken, body));
  return client.ReadAnswer();
}

TEST(Incidents, AreReadById) {
  TestServer server;
  EXPECT_EQ(BodyOf(Ask(server, "GET", "/api/v1/incidents/01J")),
            "{\"id\":\"01J\"}\n");
  const std::string missing = Ask(server, "GET", "/api/v1/incidents/missing");
  EXPECT_EQ(StatusOf(missing), 404);
  EXPECT_EQ(json::parse(BodyOf(missing)).at("detail"), "no such incident");
}

TEST(Incidents, ListParametersArrive) {
  TestServer server;
  IncidentQuery seen;
  server.services.list_incidents = [&](const IncidentQuery& query) {
    seen = query;
    return Result<std::string>("{}");
  };
  EXPECT_EQ(StatusOf(Ask(server, "GET",
                         "/api/v1/incidents?phase=AwaitingApproval,Open&"
                         "type=memory_leak&since=2026-11-25T12:00:00Z&"
                         "namespace=shop&text=a%20b%2525&"
                         "limit=7&cursor=abc")),
            200);
  EXPECT_EQ(seen.phases, (std::vector{Phase::kAwaitingApproval, Phase::kOpen}));
  EXPECT_EQ(seen.ns, "shop");
  EXPECT_EQ(seen.text, "a b%25");
  EXPECT_EQ(seen.type, IncidentType::kMemoryLeak);
  EXPECT_EQ(FormatTime(*seen.since), "2026-11-25T12:00:00.000Z");
  EXPECT_EQ(seen.limit, 7);
  EXPECT_EQ(seen.cursor, "abc");
  const std::string long_text = "text=" + std::string(101, 'a');
  const std::string long_name = "namespace=" + std::string(64, 'a');
  for (const std::string& query :
       {std::string("phase=mitigated"), std::string("phase=Open,"),
        std::string("phase=,Open"), std::string("type=fire"),
        std::string("since=x"), std::string("limit=0"), long_text, long_name}) {
    EXPECT_EQ(StatusOf(Ask(server, "GET", "/api/v1/incidents?" + query)), 400)
        << query;
  }
}

TEST(Approvals, CarryTheNameBehindTheToken) {
  TestServer server;
  const std::string answer =
      Ask(server, "POST", "/api/v1/incidents/01J/approve",
          R"({"plan_hash":"good","reason":"looked at it"})");
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_EQ(server.decision.incident_id, "01J");
  EXPECT_TRUE(server.decision.grant);
  EXPECT_EQ(server.decision.by, "admin:alice");
  EXPECT_EQ(server.decision.reason, "looked at it");
  EXPECT_EQ(StatusOf(Ask(server, "POST", "/api/v1/incidents/01J/deny",
                         R"({"plan_hash":"good"})")),
            200);
  EXPECT_FALSE(server.decision.grant);
}

TEST(Approvals, NeedTheHashOfThePendingPlan) {
  TestServer server;
  for (const char* body :
       {"", "{}", R"({"plan_hash":""})", R"({"plan_hash":7})", "[]", "{"}) {
    EXPECT_EQ(
        StatusOf(Ask(server, "POST", "/api/v1/incidents/01J/approve", body)),
        400)
        << body;
  }
  EXPECT_EQ(StatusOf(Ask(server, "POST", "/api/v1/incidents/01J/approve",
                         R"({"plan_hash":"other"})")),
            409);
}

TEST(KillSwitch, CarriesWhoAndWhy) {
  TestServer server;
  EXPECT_EQ(StatusOf(Ask(server, "POST", "/api/v1/kill-switch",
                         R"({"on":true,"reason":"drill"})")),
            200);
  EXPECT_TRUE(server.kill_switch.on);
  EXPECT_EQ(server.kill_switch.reason, "drill");
  EXPECT_EQ(server.kill_switch.by, "admin:alice");
  for (const char* body : {"", "{}", R"({"on":"true"})", R"({"on":1})"}) {
    EXPECT_EQ(StatusOf(Ask(server, "POST", "/api/v1/kill-switch", body)), 400)
        << body;
  }
}

TEST(Breakers, CarryWhoAndWhyAndAreFoundByScope) {
  TestServer server;
  EXPECT_EQ(StatusOf(Ask(server, "GET", "/api/v1/breakers")), 200);
  EXPECT_EQ(StatusOf(Ask(server, "POST", "/api/v1/breakers/memory-leak",
                         R"({"open":false,"reason":"fixed the rollout"})")),
            200);
  EXPECT_EQ(server.breaker.scope, "memory-leak");
  EXPECT_FALSE(server.breaker.open);
  EXPECT_EQ(server.breaker.reason, "fixed the rollout");
  EXPECT_EQ(server.breaker.by, "admin:alice");
  EXPECT_EQ(StatusOf(Ask(server, "POST", "/api/v1/breakers/missing",
                         R"({"open":false,"reason":"x"})")),
            404);
  for (const char* body :
       {"", "{}", R"({"open":false})", R"({"open":"false","reason":"x"})",
        R"({"open":false,"reason":""})", R"({"reason":"x"})"}) {
    EXPECT_EQ(
        StatusOf(Ask(server, "POST", "/api/v1/breakers/memory-leak", body)),
        400)
        << body;
  }
}

TEST(Reload, Answers422WithTheFindings) {
  TestServer server;
  EXPECT_EQ(StatusOf(Ask(server, "POST", "/-/reload")), 200);
  server.reload_outcome = {false, {"rules/a.yaml:3:7: unknown key \"alert\""}};
  const std::string answer = Ask(server, "POST", "/-/reload");
  EXPECT_EQ(StatusOf(answer), 422);
  EXPECT_EQ(json::parse(BodyOf(answer)).at("findings")[0],
            "rules/a.yaml:3:7: unknown key \"alert\"");
}

TEST(Health, ReadyFollowsTheProduct) {
  TestServer server;
  EXPECT_EQ(StatusOf(Ask(server, "GET", "/-/ready")), 200);
  server.ready = false;
  EXPECT_EQ(StatusOf(Ask(server, "GET", "/-/ready")), 503);
  EXPECT_EQ(StatusOf(Ask(server, "GET", "/-/healthy")), 200);
}

TEST(Metrics, HaveTheirContentType) {
  TestServer server;
  const std::string answer = Ask(server, "GET", "/metrics");
  EXPECT_TRUE(HasField(
      answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  EXPECT_EQ(BodyOf(answer), "up 1\n");
}

TEST(Answers, AreNotCachedOrSniffed) {
  TestServer server;
  const std::string answer = Ask(server, "GET", "/api/v1/config");
  EXPECT_TRUE(HasField(answer, "Cache-Control: no-store"));
  EXPECT_TRUE(HasField(answer, "X-Content-Type-Options: nosniff"));
}

TEST(Answers, AFaultInsideIsNotTold) {
  TestServer server;
  server.services.incident = [](const std::string&) -> Result<std::string> {
    return Error{Code::kInternal, "secret path"};
  };
  const std::string answer = Ask(server, "GET", "/api/v1/incidents/01J");
  EXPECT_EQ(StatusOf(answer), 500);
  EXPECT_EQ(answer.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace selfheal::testing
