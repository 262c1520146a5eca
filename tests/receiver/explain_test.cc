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

}  // namespace
}  // namespace selfheal::testing
