#include <gtest/gtest.h>

#include "app/app.h"
#include "support/paths.h"
#include "tests/receiver/test_server.h"

namespace selfheal::testing {
namespace {

Config ConfigOf(const std::string& folder) {
  Config config;
  config.database.url = "sqlite://" + folder + "/selfheal.db";
  config.prometheus.url = "http://127.0.0.1:1";
  config.rules_dir = SourceDir() + "/rules";
  config.runbooks_dir = SourceDir() + "/runbooks";
  config.log.level = "error";
  return config;
}

TEST(ReadOnlyApp, RemembersWhatTheServingOneDoesAndChangesNothing) {
  const Config config = ConfigOf(FreshFolder());
  std::vector<SourceFinding> findings;
  auto serving = App::Create(config, &findings);
  ASSERT_TRUE(serving.ok()) << serving.error().message;
  ASSERT_TRUE(
      (*serving)->SetBreaker("memory-leak", true, "looked at", "me").ok());
  ASSERT_TRUE((*serving)->SetKillSwitch(true, "drill", "me").ok());

  auto looking = App::CreateReadOnly(config, FreshFolder(), &findings);
  ASSERT_TRUE(looking.ok()) << looking.error().message;
  EXPECT_NE((*looking)->HistoryUsed().find("selfheal.db"), std::string::npos);
  EXPECT_EQ(*(*looking)->Breakers(), *(*serving)->Breakers());
  EXPECT_NE((*looking)->KillSwitch()->find("drill"), std::string::npos);

  EXPECT_FALSE((*looking)->SetBreaker("memory-leak", false, "no", "me").ok());
  EXPECT_EQ(*(*looking)->Breakers(), *(*serving)->Breakers());
}

TEST(ReadOnlyApp, WithoutAStoreSaysThatNothingIsRemembered) {
  const Config config = ConfigOf(FreshFolder());
  std::vector<SourceFinding> findings;
  auto looking = App::CreateReadOnly(config, FreshFolder(), &findings);
  ASSERT_TRUE(looking.ok()) << looking.error().message;
  EXPECT_NE((*looking)->HistoryUsed().find("are not looked at"),
            std::string::npos);
  EXPECT_TRUE((*looking)->Breakers().ok());
}

TEST(ReadOnlyApp, SaysWhatServeWouldDoWithResolvedAndRejectedAlerts) {
  const Config config = ConfigOf(FreshFolder());
  std::vector<SourceFinding> findings;
  auto looking = App::CreateReadOnly(config, FreshFolder(), &findings);
  ASSERT_TRUE(looking.ok()) << looking.error().message;
  const std::string common =
      R"("startsAt":"2026-11-25T12:00:00Z","endsAt":"0001-01-01T00:00:00Z",)"
      R"("annotations":{},"generatorURL":"",)"
      R"("labels":{"alertname":"KubeMemoryLeak","namespace":"shop"}})";
  const auto told = (*looking)->Explain(
      R"({"version":"4","groupKey":"g","truncatedAlerts":0,"receiver":"r",)"
      R"("status":"firing","groupLabels":{},"commonLabels":{},)"
      R"("commonAnnotations":{},"externalURL":"","alerts":[{"status":"odd",)" +
      common + R"(,{"status":"resolved",)" + common + "]}");
  ASSERT_TRUE(told.ok()) << told.error().message;
  ASSERT_EQ(told->size(), 2u);
  EXPECT_EQ(told->at(0).stages.at(0).outcome, "rejected");
  EXPECT_EQ(told->at(0).stages.at(0).reason,
            "status: must be firing or resolved");
  EXPECT_EQ(told->at(1).index, 1u);
  ASSERT_EQ(told->at(1).stages.size(), 1u);
  EXPECT_EQ(told->at(1).stages.at(0).outcome, "resolved");
  EXPECT_EQ(told->at(1).incident.rule, "");
  EXPECT_EQ(told->at(0).answer,
            "would be left out: status: must be firing or resolved");
  EXPECT_EQ(told->at(1).answer, "resolved: opens nothing");
}

}  // namespace
}  // namespace selfheal::testing
