#include "assess/episodes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/assess/series.h"

namespace selfheal::assess {
namespace {

using testing::OrdinarySeries;

constexpr int kDay = 288;

std::vector<double> Calm() { return OrdinarySeries(3 * kDay, 0, 1, 5); }

void Lift(std::vector<double>& values, int first, int count) {
  for (int i = first; i < first + count; ++i) {
    values[static_cast<std::size_t>(i)] += 20;
  }
}

int Held(const std::vector<double>& values) {
  const std::vector<bool> held =
      EarlierIncidents(values, {.share = 0.1, .rows_per_day = kDay});
  return static_cast<int>(std::count(held.begin(), held.end(), true));
}

TEST(Episodes, ACalmBaselineHasNone) { EXPECT_EQ(Held(Calm()), 0); }

TEST(Episodes, OneIncidentIsHeldWhole) {
  std::vector<double> values = Calm();
  Lift(values, 400, 12);
  EXPECT_EQ(Held(values), 12);
}

TEST(Episodes, AJobThatComesDailyIsNoIncident) {
  std::vector<double> values = Calm();
  for (const int day : {0, 1, 2}) Lift(values, day * kDay + 100 + day, 6);
  EXPECT_EQ(Held(values), 0);
}

TEST(Episodes, WhatComesManyTimesIsUsual) {
  std::vector<double> values = Calm();
  for (int i = 0; i < 7; ++i) Lift(values, 20 + i * 117, 3);
  EXPECT_EQ(Held(values), 0);
}

TEST(Episodes, ANewLevelIsNoIncident) {
  std::vector<double> values = Calm();
  Lift(values, 300, 60);
  EXPECT_EQ(Held(values), 0);
  values = Calm();
  Lift(values, 3 * kDay - 30, 30);
  EXPECT_EQ(Held(values), 0);
}

TEST(Episodes, TheShareIsNotExceeded) {
  std::vector<double> values = Calm();
  Lift(values, 100, 40);
  Lift(values, 300, 40);
  Lift(values, 700, 40);
  EXPECT_LE(Held(values), 86);
  EXPECT_GE(Held(values), 40);
}

}  // namespace
}  // namespace selfheal::assess
