#include <gtest/gtest.h>

#include "tests/adapters/sqlite/sqlite_world.h"

namespace selfheal::testing {
namespace {

ChatInput Input(std::vector<std::string> keys, Time at) {
  return {.keys = std::move(keys), .body = "{}", .received_at = at};
}

TEST(SqliteChat, AnIncidentHasOneThreadThatOutlivesTheProcess) {
  const TempFolder folder;
  {
    auto store = *OpenStore(folder.Database());
    ASSERT_TRUE(store->SaveThread({"01J", "C1", "1.000200"}).ok());
    ASSERT_TRUE(store->SaveThread({"01J", "C1", "2.000300"}).ok());
  }
  auto store = *OpenStore(folder.Database());
  EXPECT_EQ((*store->ThreadOf("01J"))->ts, "2.000300");
  EXPECT_EQ((*store->ThreadAt("C1", "2.000300"))->incident_id, "01J");
  EXPECT_FALSE((*store->ThreadAt("C1", "1.000200")).has_value());
  EXPECT_FALSE((*store->ThreadAt("C2", "2.000300")).has_value());
  ASSERT_TRUE(store->ForgetThread("01J").ok());
  EXPECT_FALSE((*store->ThreadOf("01J")).has_value());
}

TEST(SqliteChat, WhatIsKnownByAnyKeyIsNotTakenAgain) {
  const TempFolder folder;
  auto store = *OpenStore(folder.Database());
  const Time now = SystemClock().Now();
  EXPECT_TRUE(*store->TakeInput(Input({"a", "b"}, now)));
  EXPECT_FALSE(*store->TakeInput(Input({"c", "b"}, now)));
  EXPECT_TRUE(*store->TakeInput(Input({"c"}, now)));
  EXPECT_EQ(store->WaitingInputs()->size(), 2u);
}

TEST(SqliteChat, WhatWaitsOutlivesTheProcessAndIsWorkedOnOnce) {
  const TempFolder folder;
  const Time now = SystemClock().Now();
  {
    auto store = *OpenStore(folder.Database());
    ASSERT_TRUE(*store->TakeInput(Input({"a"}, now)));
    ASSERT_TRUE(*store->TakeInput(Input({"b"}, now)));
    ASSERT_TRUE(store->FinishInput(store->WaitingInputs()->front().row).ok());
  }
  auto store = *OpenStore(folder.Database());
  EXPECT_EQ(store->WaitingInputs()->size(), 1u);
  EXPECT_FALSE(*store->TakeInput(Input({"a"}, now)));
}

TEST(SqliteChat, ADayLaterWhatWasWorkedOnIsForgotten) {
  const TempFolder folder;
  auto store = *OpenStore(folder.Database());
  const Time now = SystemClock().Now();
  ASSERT_TRUE(*store->TakeInput(Input({"a"}, now)));
  ASSERT_TRUE(store->FinishInput(store->WaitingInputs()->front().row).ok());
  const Time later = now + std::chrono::hours(25);
  ASSERT_TRUE(*store->TakeInput(Input({"b"}, later)));
  EXPECT_TRUE(*store->TakeInput(Input({"a"}, later)));
}

}  // namespace
}  // namespace selfheal::testing
