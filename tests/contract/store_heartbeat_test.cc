#include <gtest/gtest.h>

#include "contract/store_world.h"

namespace selfheal::testing {
namespace {

TEST_P(StoreContract, TheLastSignOfLifeIsKept) {
  ASSERT_TRUE(store().beats.LastBeat().ok());
  EXPECT_FALSE(store().beats.LastBeat()->has_value());
  const Heartbeat first{now(), clock_.SteadyNow(), "boot-1"};
  ASSERT_TRUE(store().beats.Beat(first).ok());
  clock_.Advance(seconds(60));
  const Heartbeat second{now(), clock_.SteadyNow(), "boot-2"};
  ASSERT_TRUE(store().beats.Beat(second).ok());
  const auto last = store().beats.LastBeat();
  ASSERT_TRUE(last.ok() && last->has_value());
  EXPECT_EQ((*last)->at, second.at);
  EXPECT_EQ((*last)->steady, second.steady);
  EXPECT_EQ((*last)->boot_id, "boot-2");
}

}  // namespace
}  // namespace selfheal::testing
