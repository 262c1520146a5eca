#include "config/knobs.h"

#include <gtest/gtest.h>

#include <set>

#include "config/knob_render.h"
#include "config/render.h"

namespace selfheal {
namespace {

const Knob& Find(const std::vector<Knob>& knobs, std::string_view path) {
  for (const Knob& knob : knobs) {
    if (knob.path == path) return knob;
  }
  throw std::out_of_range(std::string(path));
}

/// What is wrong with `text` as the variable of the knob at `path`.
std::string Problem(std::string_view path, std::string_view text) {
  Config config;
  return SetFromEnvironment(Find(Knobs(config), path), text);
}

TEST(Knobs, EveryDefaultIsInItsRange) {
  Config config;
  for (const Knob& knob : Knobs(config)) {
    EXPECT_EQ(KnobProblem(knob), "") << knob.path;
  }
  EXPECT_TRUE(KnobConflicts(config).empty());
}

TEST(Knobs, NamesAreUniqueAndDocumented) {
  Config config;
  std::set<std::string_view> paths;
  std::set<std::string_view> variables;
  for (const Knob& knob : Knobs(config)) {
    EXPECT_TRUE(paths.insert(knob.path).second) << knob.path;
    EXPECT_FALSE(knob.doc.empty()) << knob.path;
    if (knob.env.empty()) continue;
    EXPECT_TRUE(variables.insert(knob.env).second) << knob.env;
  }
}

TEST(Knobs, WhatHasNoEffectYetSaysSo) {
  Config config;
  const std::vector<Knob> knobs = Knobs(config);
  const std::string_view none = "no effect yet";
  EXPECT_NE(KnobDoc(Find(knobs, "kafka.topic")).find(none), std::string::npos);
  EXPECT_EQ(KnobDoc(Find(knobs, "slack.webhook_url")).find(none),
            std::string::npos);
}

TEST(Knobs, SectionsAreContiguous) {
  Config config;
  std::multiset<std::string> opened;
  WalkKnobs(
      Knobs(config),
      [&](std::string_view name, std::size_t depth) {
        opened.insert(std::to_string(depth) + std::string(name));
      },
      [](const Knob&, std::string_view, std::size_t) {}, [](std::size_t) {});
  for (const std::string& section : opened) {
    EXPECT_EQ(opened.count(section), 1U) << section;
  }
}

TEST(Knobs, PlainNumbersAreInTheUnitOfTheName) {
  Config config;
  const auto knobs = Knobs(config);
  EXPECT_EQ(SetFromEnvironment(Find(knobs, "judge.prediction_window"), "20"),
            "");
  EXPECT_EQ(config.judge.prediction_window, seconds(1200));
  EXPECT_EQ(SetFromEnvironment(Find(knobs, "guards.cooldown"), "90"), "");
  EXPECT_EQ(config.guards.cooldown, seconds(90));
}

TEST(Knobs, ListsAreSeparatedByCommas) {
  Config config;
  const auto knobs = Knobs(config);
  EXPECT_EQ(
      SetFromEnvironment(Find(knobs, "kubernetes.namespaces"), "shop, web"),
      "");
  EXPECT_EQ(config.kubernetes.namespaces,
            (std::vector<std::string>{"shop", "web"}));
}

TEST(Knobs, AWrongValueIsNamed) {
  EXPECT_EQ(Problem("guards.cooldown", "5m"),
            "expected a whole number of seconds, found \"5m\"");
  EXPECT_EQ(Problem("judge.prediction_window", "1.5"),
            "expected a whole number of minutes, found \"1.5\"");
  EXPECT_EQ(Problem("judge.anomaly_threshold", "1.2"),
            "expected 0.01 to 1, found 1.2");
  EXPECT_EQ(Problem("dry_run", "yes"), "expected true or false, found \"yes\"");
  EXPECT_EQ(Problem("log.format", "xml"),
            "expected one of logfmt, json; found \"xml\"");
  EXPECT_EQ(Problem("kubernetes.namespaces", "shop,Shop"),
            "not the name of a namespace, found \"Shop\"");
  EXPECT_EQ(Problem("kubernetes.namespaces", "a,,b"), "an item is empty");
  EXPECT_EQ(Problem("kubernetes.namespaces", "a,b,a"), "\"a\" stands twice");
  EXPECT_EQ(Problem("prometheus.url", "localhost:9090"),
            "expected http://host[:port][/path] or https://, found "
            "\"localhost:9090\"");
}

TEST(Knobs, ASecretNeverStandsInAMessage) {
  const std::string problem = Problem("slack.webhook_url", "hooks/T0/B0/xyz");
  EXPECT_EQ(problem, "expected http://host[:port][/path] or https://");
  EXPECT_EQ(Problem("database.url", "mysql://u:pw@h/d"),
            "expected sqlite:///path/of/file.db or "
            "postgresql://user:password@host/database");
}

TEST(Knobs, TextChecks) {
  EXPECT_EQ(CheckHttpUrl("https://prometheus.example:9090/prefix"), "");
  EXPECT_EQ(CheckHttpUrl("http://[::1]:9090"), "");
  EXPECT_NE(CheckHttpUrl("http://user:pw@host"), "");
  EXPECT_NE(CheckHttpUrl("http://host:port"), "");
  EXPECT_NE(CheckHttpUrl("ftp://host"), "");
  EXPECT_NE(CheckHttpUrl("http://"), "");
  EXPECT_NE(CheckHttpUrl("http://host/?x=1"), "");
  EXPECT_EQ(CheckHostPort("127.0.0.1:0"), "");
  EXPECT_EQ(CheckHostPort("[::]:8000"), "");
  EXPECT_NE(CheckHostPort("127.0.0.1"), "");
  EXPECT_NE(CheckHostPort("::1:8000"), "");
  EXPECT_NE(CheckHostPort("host:65536"), "");
  EXPECT_EQ(CheckDatabaseUrl("sqlite:////var/lib/x.db"), "");
  EXPECT_EQ(CheckDatabaseUrl("postgresql://u@h/d"), "");
  EXPECT_EQ(CheckDatabaseUrl("postgres://h/d"), "");
  EXPECT_EQ(CheckDatabaseUrl("mysql://h/d"),
            "expected sqlite:///path/of/file.db or "
            "postgresql://user:password@host/database");
  EXPECT_NE(CheckDatabaseUrl("sqlite://x.db"), "");
  EXPECT_NE(CheckDatabaseUrl("sqlite:///"), "");
  EXPECT_NE(CheckDatabaseUrl(""), "");
  EXPECT_EQ(CheckLabel("selfheal.dev/enabled=true"), "");
  EXPECT_NE(CheckLabel("selfheal.dev/enabled"), "");
  EXPECT_EQ(CheckAddress("10.0.0.1"), "");
  EXPECT_EQ(CheckAddress("fd00::1"), "");
  EXPECT_NE(CheckAddress("10.0.0"), "");
  EXPECT_NE(CheckAddress("alertmanager"), "");
  EXPECT_EQ(CheckHeader("X-Scope-OrgID: shop"), "");
  EXPECT_NE(CheckHeader("X-Scope-OrgID shop"), "");
  EXPECT_NE(CheckHeader("X: a\nY: b"), "");
}

TEST(Knobs, ConflictsNameTheKnob) {
  Config config;
  config.judge.thresholds.warning = 0.9;
  config.tls.cert_file = "/tls/cert.pem";
  config.verify.settle = seconds(600);
  config.prometheus.username = "u";
  const auto conflicts = KnobConflicts(config);
  std::set<std::string_view> paths;
  for (const auto& conflict : conflicts) paths.insert(conflict.path);
  EXPECT_EQ(paths, (std::set<std::string_view>{"judge.thresholds.warning",
                                               "tls.cert_file", "verify.settle",
                                               "prometheus.username"}));
}

TEST(Render, SecretsAreMasked) {
  Config config;
  config.slack.webhook_url = "https://hooks.slack.example/services/T/B/hush";
  config.database.url = "postgresql://heal:s3kret@db:5432/heal?sslmode=require";
  config.prometheus.headers = {"Authorization: Bearer hush"};
  for (const std::string& text :
       {EffectiveConfigJson(config), EffectiveConfigYaml(config)}) {
    EXPECT_EQ(text.find("hush"), std::string::npos);
    EXPECT_EQ(text.find("s3kret"), std::string::npos);
    EXPECT_NE(text.find("postgresql://heal:***@db:5432/heal"),
              std::string::npos);
    EXPECT_NE(text.find("Authorization: ***"), std::string::npos);
  }
}

TEST(Render, PasswordsOfUrls) {
  EXPECT_EQ(MaskUrlPassword("postgresql://u@h/d"), "postgresql://u@h/d");
  EXPECT_EQ(MaskUrlPassword("postgresql://u:p:q@h/d"),
            "postgresql://u:***@h/d");
  EXPECT_EQ(MaskUrlPassword("postgresql://u:p@q@h:5432/d"),
            "postgresql://u:***@h:5432/d");
  EXPECT_EQ(MaskUrlPassword("postgresql://u:p/q@h:5432/d?a=b"),
            "postgresql://u:***@h:5432/d?a=b");
  EXPECT_EQ(MaskUrlPassword("postgresql://u:p?q@h:5432/d"),
            "postgresql://u:***@h:5432/d");
  EXPECT_EQ(MaskUrlPassword("postgresql://u:secret"), "postgresql://u:***");
  EXPECT_EQ(MaskUrlPassword("postgresql://[::1]:5432/d"),
            "postgresql://[::1]:5432/d");
  EXPECT_EQ(MaskUrlPassword("postgresql://h/d?sslpassword=x&password=y"),
            "postgresql://h/d?sslpassword=***&password=***");
  EXPECT_EQ(MaskUrlPassword("postgresql://h:5432/d?user=u&password=x&a=b"),
            "postgresql://h:5432/d?user=u&password=***&a=b");
  EXPECT_EQ(MaskUrlPassword("sqlite:///a@b:c.db"), "sqlite:///a@b:c.db");
}

TEST(Render, JsonQuotes) {
  EXPECT_EQ(QuoteJson("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\u000a\\u0001\"");
}

}  // namespace
}  // namespace selfheal
