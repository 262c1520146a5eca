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
  struct Case {
    std::optional<double> Compared::* bound;
    double inside;
    double outside;
  };
  for (const Case& one :
       {Case{&Compared::at_least, 2, 2.1}, Case{&Compared::above, 1.9, 2},
        Case{&Compared::at_most, 4, 3.9}, Case{&Compared::below, 4.1, 4}}) {
    Compared compared{.lowest = 2, .highest = 4};
    EXPECT_TRUE(compared.Inside());
    compared.*one.bound = one.inside;
    EXPECT_TRUE(compared.Inside()) << one.inside;
    compared.*one.bound = one.outside;
    EXPECT_FALSE(compared.Inside()) << one.outside;
  }
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
  Note("target", LookState::kOutside, fields);
  EXPECT_EQ(StateOf(fields), LookState::kOutside);
  Note("latency", LookState::kUnmeasured, fields);
  EXPECT_EQ(StateOf(fields), LookState::kUnmeasured);
}

TEST(StateOf, NonsenseIsUnmeasuredAndNothingIsNone) {
  EXPECT_EQ(StateOf({{"target.look", "fine"}}), LookState::kUnmeasured);
  EXPECT_EQ(StateOf({{"target.look", true}}), LookState::kUnmeasured);
  EXPECT_FALSE(StateOf({}));
  EXPECT_FALSE(StateOf({{"evidence_sha256", "ab"}, {"step.number", 1.0}}));
}

TEST(StateOf, WhatElseTheRowSaysChangesNothing) {
  Fields fields = Noted({.lowest = 1, .highest = 3, .at_most = 2});
  fields.emplace_back("evidence_sha256", "ab");
  fields.emplace_back("memory.unit", "bytes");
  EXPECT_EQ(StateOf(fields), LookState::kOutside);
}

TEST(StateOf, AFigureThatIsTextIsOutside) {
  EXPECT_EQ(StateOf({{"memory.lowest", "1"}, {"memory.highest", 1.0}}),
            LookState::kOutside);
}

}  // namespace
}  // namespace selfheal
