#include "verify/compared.h"

#include <gtest/gtest.h>

#include <cmath>

namespace selfheal {
namespace {

Fields Noted(const Compared& compared) {
  Fields fields;
  Note("memory", compared, fields);
  return fields;
}

TEST(Compared, EachBoundHoldsOnItsSide) {
  const Compared free{.lowest = 2, .highest = 4};
  EXPECT_TRUE(free.Inside());
  Compared one = free;
  one.at_least = 2;
  EXPECT_TRUE(one.Inside());
  one.at_least = 2.1;
  EXPECT_FALSE(one.Inside());
  one = free;
  one.above = 1.9;
  EXPECT_TRUE(one.Inside());
  one.above = 2;
  EXPECT_FALSE(one.Inside());
  one = free;
  one.at_most = 4;
  EXPECT_TRUE(one.Inside());
  one.at_most = 3.9;
  EXPECT_FALSE(one.Inside());
  one = free;
  one.below = 4.1;
  EXPECT_TRUE(one.Inside());
  one.below = 4;
  EXPECT_FALSE(one.Inside());
}

TEST(Compared, WhatIsNoNumberIsNeverInside) {
  const double nan = std::nan("");
  EXPECT_FALSE((Compared{.lowest = nan, .highest = 1}).Inside());
  EXPECT_FALSE((Compared{.lowest = 1, .highest = nan}).Inside());
  EXPECT_FALSE((Compared{.lowest = 1, .highest = 1, .at_most = nan}).Inside());
}

TEST(StateOf, WhatWasNotedComesToTheSame) {
  for (const double bound : {1.0, 2.0, 3.0, 4.0, 5.0}) {
    for (const auto part : {&Compared::at_least, &Compared::above,
                            &Compared::at_most, &Compared::below}) {
      Compared compared{.lowest = 2, .highest = 4};
      compared.*part = bound;
      EXPECT_EQ(StateOf(Noted(compared)), compared.Inside()
                                              ? LookState::kBackInside
                                              : LookState::kOutside)
          << bound;
    }
  }
}

TEST(StateOf, UnmeasuredOverOutsideOverInside) {
  Fields fields = Noted({.lowest = 1, .highest = 1, .at_most = 2});
  EXPECT_EQ(StateOf(fields), LookState::kBackInside);
  fields.emplace_back("target", "outside");
  EXPECT_EQ(StateOf(fields), LookState::kOutside);
  fields.emplace_back("latency", "unmeasured");
  EXPECT_EQ(StateOf(fields), LookState::kUnmeasured);
}

TEST(StateOf, NothingAndNonsenseAreUnmeasured) {
  EXPECT_EQ(StateOf({}), LookState::kUnmeasured);
  EXPECT_EQ(StateOf({{"target", "fine"}}), LookState::kUnmeasured);
  EXPECT_EQ(StateOf({{"target", true}}), LookState::kUnmeasured);
}

TEST(StateOf, AFigureThatIsTextIsOutside) {
  EXPECT_EQ(StateOf({{"memory.lowest", "1"}, {"memory.highest", 1.0}}),
            LookState::kOutside);
}

}  // namespace
}  // namespace selfheal
