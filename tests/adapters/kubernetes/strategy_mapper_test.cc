#include "adapters/kubernetes/strategy_mapper.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

/// As written in the spec; "" = absent.
struct Case {
  ObjectKind kind;
  int replicas;
  std::string unavailable;
  std::string surge;
  int away;
};

void Put(json& rolling, const char* key, const std::string& text) {
  if (!text.empty()) rolling[key] = json::parse(text);
}

TEST(StrategyMapper, HowManyPodsARolloutTakesAway) {
  constexpr auto kSet = ObjectKind::kDeployment;
  constexpr auto kStateful = ObjectKind::kStatefulSet;
  constexpr auto kDaemon = ObjectKind::kDaemonSet;
  const Case cases[] = {
      {kSet, 1, "", "", 0},           {kSet, 4, "", "", 1},
      {kSet, 7, "", "", 1},           {kSet, 8, "\"25%\"", "1", 2},
      {kSet, 4, "\"100%\"", "0", 4},  {kSet, 4, "9", "0", 4},
      {kSet, 3, "0", "\"1%\"", 0},    {kSet, 3, "\"10%\"", "0", 1},
      {kSet, 1, "1", "0", 1},         {kSet, 3, "\"0%\"", "\"0%\"", 1},
      {kStateful, 5, "", "", 1},      {kStateful, 5, "\"30%\"", "", 2},
      {kStateful, 5, "3", "", 3},     {kDaemon, 9, "", "", 1},
      {kDaemon, 9, "\"50%\"", "", 5}, {kDaemon, 9, "0", "1", 0},
  };
  for (const Case& c : cases) {
    json rolling = json::object();
    Put(rolling, "maxUnavailable", c.unavailable);
    Put(rolling, "maxSurge", c.surge);
    const char* key = c.kind == kSet ? "strategy" : "updateStrategy";
    const json spec = {
        {key, {{"type", "RollingUpdate"}, {"rollingUpdate", rolling}}}};
    std::optional<Error> error;
    WorkloadState state;
    state.replicas = c.replicas;
    MapStrategy(FieldReader(spec, error), c.kind, state);
    EXPECT_FALSE(error) << error->message;
    EXPECT_EQ(state.update_strategy, "RollingUpdate");
    EXPECT_EQ(state.max_unavailable, c.away)
        << c.replicas << " " << c.unavailable << " " << c.surge;
  }
}

TEST(StrategyMapper, ARolloutNamesItsStrategyByItsKey) {
  const auto map = [](const char* strategy) {
    const json spec = {{"strategy", json::parse(strategy)}};
    std::optional<Error> error;
    WorkloadState state;
    state.replicas = 8;
    MapStrategy(FieldReader(spec, error), ObjectKind::kRollout, state);
    EXPECT_FALSE(error) << error->message;
    return state.update_strategy + " " + std::to_string(state.max_unavailable);
  };
  EXPECT_EQ(map(R"({"canary":{}})"), "Canary 2");
  EXPECT_EQ(map(R"({"canary":{"maxUnavailable":"50%"}})"), "Canary 4");
  EXPECT_EQ(map(R"({"canary":{"maxUnavailable":0,"maxSurge":1}})"), "Canary 0");
  EXPECT_EQ(map(R"({"canary":{"maxUnavailable":0,"maxSurge":0}})"), "Canary 1");
  EXPECT_EQ(map(R"({"blueGreen":{"maxUnavailable":3}})"), "BlueGreen 3");
  EXPECT_EQ(map(R"({"blueGreen":{}})"), "BlueGreen 2");
  EXPECT_EQ(map("{}"), " 2") << "and does not roll";
}

TEST(StrategyMapper, WhatIsNoShareIsAnError) {
  for (const char* text : {"\"a lot\"", "\"%\"", "-1", "\"-5%\"", "1.5", "true",
                           "\"25 %\"", "99999999999"}) {
    const json spec = json::parse(
        std::string(R"({"strategy":{"rollingUpdate":{"maxUnavailable":)") +
        text + "}}}");
    std::optional<Error> error;
    WorkloadState state;
    MapStrategy(FieldReader(spec, error), ObjectKind::kDeployment, state);
    ASSERT_TRUE(error) << text;
    EXPECT_NE(error->message.find("strategy.rollingUpdate.maxUnavailable"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace selfheal::kubernetes
