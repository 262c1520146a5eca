#include "adapters/sql/read_only_history.h"

#include <gtest/gtest.h>

#include <fstream>

#include "adapters/sqlite/read_only.h"
#include "adapters/sqlite/sqlite_world.h"

namespace selfheal::testing {
namespace {

Result<std::unique_ptr<ReadOnlyHistory>> OpenHistory(const std::string& path) {
  auto db = sqlite::OpenForHistory(path);
  if (!db.ok()) return db.error();
  return std::make_unique<ReadOnlyHistory>(*std::move(db));
}

TEST(ReadOnlyHistory, SeesWhatTheHolderOfTheStoreWrites) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok()) << store.error().message;
  auto history = OpenHistory(folder.Database());
  ASSERT_TRUE(history.ok()) << history.error().message;
  const Time now = SystemClock().Now();
  EXPECT_TRUE((*history)->Recent(now)->breakers.empty());

  const BreakerRow row{"global", now, "storm", std::nullopt};
  ASSERT_TRUE((*store)->SetBreaker({"global", row, "storm"}).ok());
  ASSERT_TRUE((*store)->SetKillSwitch({true, "drill", "me", now}).ok());
  const auto state = (*history)->Recent(now);
  ASSERT_TRUE(state.ok()) << state.error().message;
  ASSERT_EQ(state->breakers.size(), 1u);
  EXPECT_EQ(state->breakers[0].reason, "storm");
  EXPECT_TRUE(state->kill_switch.on);
}

TEST(ReadOnlyHistory, ReadsAFileThatNobodyHolds) {
  const TempFolder folder;
  const Time now = SystemClock().Now();
  {
    auto store = OpenStore(folder.Database(), Patient());
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->SetKillSwitch({true, "drill", "me", now}).ok());
  }
  auto history = OpenHistory(folder.Database());
  ASSERT_TRUE(history.ok()) << history.error().message;
  EXPECT_EQ((*history)->Recent(now)->kill_switch.reason, "drill");
}

TEST(ReadOnlyHistory, WritesNothing) {
  const TempFolder folder;
  auto store = OpenStore(folder.Database(), Patient());
  ASSERT_TRUE(store.ok());
  auto history = OpenHistory(folder.Database());
  ASSERT_TRUE(history.ok());
  const Time now = SystemClock().Now();
  const BreakerRow row{"global", now, "x", std::nullopt};
  EXPECT_FALSE((*history)->SetBreaker({"global", row, "me"}).ok());
  EXPECT_FALSE((*history)->SetKillSwitch({true, "x", "me", now}).ok());
  EXPECT_TRUE((*store)->Recent(now)->breakers.empty());
}

TEST(ReadOnlyHistory, SaysWhatItCannotRead) {
  const TempFolder folder;
  const auto absent = OpenHistory(folder.Database());
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code, Code::kNotFound);
  EXPECT_FALSE(std::ifstream(folder.Database()).good()) << "it was made";
  {
    ASSERT_TRUE(RawDatabase(folder.Database()).Exec("CREATE TABLE t(x)"));
  }
  EXPECT_FALSE(OpenHistory(folder.Database()).ok());
  const TempFolder other;
  {
    ASSERT_TRUE(OpenStore(other.Database()).ok());
  }
  {
    ASSERT_TRUE(RawDatabase(other.Database()).Exec("PRAGMA user_version = 99"));
  }
  const auto newer = OpenHistory(other.Database());
  ASSERT_FALSE(newer.ok());
  EXPECT_NE(newer.error().message.find("schema version 99"), std::string::npos);
}

}  // namespace
}  // namespace selfheal::testing
