#include "adapters/yaml/config_loader.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/render.h"
#include "support/paths.h"
#include "tests/adapters/yaml/support.h"

namespace selfheal::yaml {
namespace {

using Lines = std::vector<std::string>;

/// The findings for a configuration file with this text.
Lines Problems(const std::string& text, const Environment& environment = {}) {
  const testing::TempFolder folder;
  folder.Write("c.yaml", text);
  std::vector<SourceFinding> findings;
  const auto config = LoadConfig(folder.Path("c.yaml"), environment, &findings);
  EXPECT_EQ(config.ok(), findings.empty());
  return testing::Texts(findings, folder.Path(""));
}

Config Load(const std::string& text, const Environment& environment = {}) {
  const testing::TempFolder folder;
  folder.Write("c.yaml", text);
  std::vector<SourceFinding> findings;
  const auto config = LoadConfig(folder.Path("c.yaml"), environment, &findings);
  EXPECT_EQ(testing::Texts(findings), Lines());
  return config.ok() ? *config : Config();
}

TEST(ConfigLoader, TheShippedFileEqualsTheDefaults) {
  std::vector<SourceFinding> findings;
  const auto config = LoadConfig(
      selfheal::testing::SourceDir() + "/config/selfheal.yaml", {}, &findings);
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(EffectiveConfigJson(*config), EffectiveConfigJson(Config()));
}

TEST(ConfigLoader, WhatIsShownReadsBack) {
  Config config;
  config.kubernetes.namespaces = {"*"};
  config.prometheus.headers = {"X-Scope-OrgID: a\"b"};
  config.approvals.approvers = {{"U1", "", {"medium"}},
                                {"", "S1", {"medium", "high"}}};
  config.judge.contamination = 0.05;
  config.limits.body = 123456;
  config.guards.cooldown = seconds(3725);
  const Config again = Load(EffectiveConfigYaml(config));
  EXPECT_EQ(EffectiveConfigJson(again), EffectiveConfigJson(config));
  EXPECT_EQ(again.approvals.approvers, config.approvals.approvers);
}

TEST(ConfigLoader, TheJsonIsNestedAsTheYaml) {
  const auto json = nlohmann::json::parse(EffectiveConfigJson(Config()));
  EXPECT_EQ(json.at("guards").at("scale").at("cooldown"), "3m");
  EXPECT_EQ(json.at("judge").at("anomaly_threshold"), 0.7);
  EXPECT_EQ(json.at("limits").at("body"), "16MiB");
  EXPECT_EQ(json.at("kubernetes").at("namespaces"),
            nlohmann::json::array({"default"}));
}

TEST(ConfigLoader, EnvironmentOverFileOverDefault) {
  const std::string text =
      "guards: {cooldown: 10m, max_restarts_per_hour: 2}\n"
      "kubernetes:\n  namespaces: [shop]\n";
  const Config file = Load(text);
  EXPECT_EQ(file.guards.cooldown, seconds(600));
  EXPECT_EQ(file.guards.max_restarts_per_hour, 2);
  EXPECT_EQ(file.guards.max_actions_per_hour, 10);
  EXPECT_EQ(file.kubernetes.namespaces, Lines{"shop"});
  const Config both = Load(text, {{"COOLDOWN_SECONDS", "60"},
                                  {"NAMESPACE", "a,b"},
                                  {"DRY_RUN", "true"},
                                  {"PREDICTION_WINDOW_MINUTES", "30"},
                                  {"ANOMALY_THRESHOLD", "0.85"},
                                  {"PROMETHEUS_URL", ""},
                                  {"UNRELATED", "x"}});
  EXPECT_EQ(both.guards.cooldown, seconds(60));
  EXPECT_EQ(both.guards.max_restarts_per_hour, 2);
  EXPECT_EQ(both.kubernetes.namespaces, (Lines{"a", "b"}));
  EXPECT_TRUE(both.dry_run);
  EXPECT_EQ(both.judge.prediction_window, seconds(1800));
  EXPECT_EQ(both.judge.anomaly_threshold, 0.85);
  EXPECT_EQ(both.prometheus.url, Config().prometheus.url);
}

TEST(ConfigLoader, KnobsOfEveryPartAreKnown) {
  const Config config = Load(
      "slack: {bot_token_file: /s/bot, signing_secret_file: /s/sign, "
      "app_token_file: /s/app, channel: C0123}\n"
      "kafka: {bootstrap_servers: \"a:9092, b:9092\", topic: t}\n"
      "auth: {public_pages: true}\n"
      "limits: {answer: 1MiB, reserved_peers: [10.0.0.1, \"fd00::1\"]}\n"
      "approvals: {expiry: 5m, approvers: [{slack_user: U1, risk: [high]}]}\n"
      "watch:\n");
  EXPECT_EQ(config.kafka.bootstrap_servers, (Lines{"a:9092", "b:9092"}));
  EXPECT_EQ(config.slack.app_token_file, "/s/app");
  EXPECT_TRUE(config.auth.public_pages);
  EXPECT_EQ(config.limits.answer, 1 << 20);
  EXPECT_EQ(config.limits.reserved_peers, (Lines{"10.0.0.1", "fd00::1"}));
  ASSERT_EQ(config.approvals.approvers.size(), 1U);
  EXPECT_EQ(config.approvals.approvers[0].slack_user, "U1");
  EXPECT_EQ(config.watch.interval, Config().watch.interval);
}

TEST(ConfigLoader, AFileOfCommentsIsTheDefaults) {
  EXPECT_EQ(EffectiveConfigJson(Load("# all of it\n# commented out\n")),
            EffectiveConfigJson(Config()));
}

TEST(ConfigLoader, EveryFindingHasItsPlace) {
  EXPECT_EQ(
      Problems("guards:\n  cooldwn: 5m\n  scale: {percent: 120}\njudge: 3\n"
               "dry_run: yes\nprometheus:\n  url: 10.0.0.1\n"),
      (Lines{"c.yaml:2:3: unknown key \"guards.cooldwn\", did you mean "
             "\"guards.cooldown\"?",
             "c.yaml:3:20: expected a whole number from 1 to 100, found "
             "\"120\"",
             "c.yaml:4:8: expected a map, found a number",
             "c.yaml:5:10: expected true or false, found \"yes\"",
             "c.yaml:7:8: expected http://host[:port][/path] or https://, "
             "found \"10.0.0.1\""}));
}

TEST(ConfigLoader, WhatLooksLikeANumberIsToldTheFormThatIsMissing) {
  for (const char* text : {"0.0.0.0", "8000", "yes"}) {
    const std::string found = ", found \"" + std::string(text) + "\"";
    EXPECT_EQ(Problems("listen: " + std::string(text) + "\n"),
              Lines{"c.yaml:1:9: expected host:port" + found});
    EXPECT_EQ(Problems("metrics: {listen: " + std::string(text) + "}\n"),
              Lines{"c.yaml:1:19: expected host:port" + found});
    EXPECT_EQ(
        Problems("kafka: {bootstrap_servers: [" + std::string(text) + "]}\n"),
        Lines{"c.yaml:1:28: expected host:port" + found});
  }
  EXPECT_EQ(Problems("kubernetes: {namespaces: [1234]}\n"),
            Lines{"c.yaml:1:27: expected a string, found a number (quote it if "
                  "it is meant as text)"});
}

TEST(ConfigLoader, WrongTypesAreRefused) {
  EXPECT_EQ(Problems("prometheus: {password_file: 8000}\n"),
            Lines{"c.yaml:1:29: expected a string, found a number (quote it if "
                  "it is meant as text)"});
  EXPECT_EQ(Problems("guards: {cooldown: 300}\n"),
            Lines{"c.yaml:1:20: expected a duration with its unit such as "
                  "90s, 5m or 72h, found \"300\""});
  EXPECT_EQ(Problems("limits: {body: 16MB}\n"),
            Lines{"c.yaml:1:16: expected a size such as 16MiB, found "
                  "\"16MB\""});
  EXPECT_EQ(Problems("kubernetes: {namespaces: shop}\n"),
            Lines{"c.yaml:1:26: expected a list, found a string"});
  EXPECT_EQ(Problems("judge: {trees: \"100\"}\n"),
            Lines{"c.yaml:1:16: expected a whole number, found a quoted "
                  "string"});
  EXPECT_EQ(Problems("guards: {max_actions_in_flight: 4}\n"),
            Lines{"c.yaml:1:33: expected a whole number from 1 to 3, found "
                  "\"4\""});
  EXPECT_EQ(Problems("approvals: {approvers: [{slack_user: U1}]}\n"),
            (Lines{"c.yaml:1:25: key \"risk\" is missing"}));
}

TEST(ConfigLoader, ConflictsPointAtTheKnobOrTheVariable) {
  EXPECT_EQ(Problems("verify:\n  settle: 10m\n"),
            Lines{"c.yaml:2:11: verify.settle: must not be longer than "
                  "verify.within"});
  EXPECT_EQ(Problems("tls: {cert_file: /c}\n"),
            Lines{"c.yaml:1:18: tls.cert_file: tls.cert_file and tls.key_file "
                  "need each other"});
  EXPECT_EQ(Problems("dry_run: true\n", {{"SELFHEAL_TLS_CERT_FILE", "/c"}}),
            Lines{"environment:1:1: tls.cert_file: tls.cert_file and "
                  "tls.key_file need each other"});
}

TEST(ConfigLoader, AVariableIsNamed) {
  EXPECT_EQ(Problems("dry_run: true\n", {{"COOLDOWN_SECONDS", "5m"}}),
            Lines{"environment:1:1: COOLDOWN_SECONDS: expected a whole number "
                  "of seconds, found \"5m\""});
}

TEST(ConfigLoader, AFileThatIsNotThereIsAnErrorOfItsOwn) {
  std::vector<SourceFinding> findings;
  const auto config = LoadConfig("/nonexistent/c.yaml", {}, &findings);
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().code, Code::kNotFound);
  EXPECT_TRUE(findings.empty());
}

}  // namespace
}  // namespace selfheal::yaml
