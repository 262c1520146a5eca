#include "assess/detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/assess/series.h"

namespace selfheal::assess {
namespace {

using testing::kNaN;
using testing::OrdinarySeries;

Table Ordinary(int metrics, int rows, std::uint64_t seed) {
  Table table;
  for (int m = 0; m < metrics; ++m) {
    table.columns.push_back(
        OrdinarySeries(rows, 50, 2, seed + static_cast<std::uint64_t>(m) * 31));
  }
  return table;
}

bool AllFinite(const DetectorScores& scores) {
  const auto finite = [](double v) { return std::isfinite(v); };
  return std::all_of(scores.statistic.begin(), scores.statistic.end(),
                     finite) &&
         std::all_of(scores.score.begin(), scores.score.end(), finite) &&
         std::all_of(scores.confidence.begin(), scores.confidence.end(),
                     finite);
}

TEST(Detector, FutureRowsDoNotChangeEarlierOutput) {
  const Detector detector(Ordinary(3, 400, 1), {.seed = 7});
  Table table = Ordinary(3, 100, 99);
  const DetectorScores before = detector.Score(table);
  for (auto& column : table.columns) {
    for (std::size_t i = 60; i < column.size(); ++i) column[i] = 1e6;
  }
  const DetectorScores after = detector.Score(table);
  for (std::size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(before.statistic[i], after.statistic[i]);
    EXPECT_EQ(before.score[i], after.score[i]);
    EXPECT_EQ(before.confidence[i], after.confidence[i]);
  }
  EXPECT_GT(after.score[99], 0.9);
}

TEST(Detector, ScoreNeverFallsAsTheStatisticRises) {
  const Detector detector(Ordinary(2, 300, 1), {.seed = 7});
  Table table = Ordinary(2, 200, 5);
  for (std::size_t i = 100; i < 200; ++i) {
    table.columns[0][i] += static_cast<double>(i - 100) / 5;
  }
  const DetectorScores scores = detector.Score(table);
  std::vector<std::pair<double, double>> pairs;
  for (std::size_t i = 0; i < 200; ++i) {
    pairs.emplace_back(scores.statistic[i], scores.score[i]);
  }
  std::sort(pairs.begin(), pairs.end());
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    EXPECT_GE(pairs[i].second, pairs[i - 1].second);
  }
}

TEST(Detector, OddTablesStayFinite) {
  Table table = Ordinary(4, 200, 3);
  std::fill(table.columns[0].begin(), table.columns[0].end(), 7);  // Constant.
  for (double& value : table.columns[1]) value *= 1e-9;            // Tiny.
  for (std::size_t i = 0; i < 200; i += 3) table.columns[2][i] = kNaN;  // Gaps.
  for (std::size_t i = 0; i < 200; ++i) {  // A counter that starts anew.
    table.columns[3][i] = static_cast<double>(i % 90) * 1e9;
  }
  EXPECT_TRUE(AllFinite(Detector(table, {}).Score(table)));
}

TEST(Detector, WhatNeverMovedCountsWhereItLeavesItsValue) {
  Table baseline = Ordinary(3, 400, 1);
  baseline.columns[1].assign(400, 0.5);
  Table table = Ordinary(3, 60, 9);
  table.columns[1].assign(60, 0.5);
  const Detector detector(baseline, {.seed = 7});
  const double calm = detector.Score(table).statistic.back();
  table.columns[1].back() = 0.5 + 1e-12;  // Rounding.
  EXPECT_EQ(detector.Score(table).statistic.back(), calm);
  table.columns[1].back() = kNaN;
  EXPECT_EQ(detector.Score(table).statistic.back(), calm);
  for (const double value : {0.0, 0.6, 1e9}) {
    table.columns[1].back() = value;
    EXPECT_GT(detector.Score(table).statistic.back(), calm + 1) << value;
  }
}

TEST(Detector, OneMetricFewRowsAndDuplicates) {
  EXPECT_TRUE(AllFinite(Detector(Ordinary(1, Detector::kMinRows, 3), {})
                            .Score(Ordinary(1, 5, 4))));
  Table same;
  same.columns = {std::vector<double>(300, 1.0)};
  for (std::size_t i = 0; i < 300; i += 2) same.columns[0][i] = 2;
  EXPECT_TRUE(AllFinite(Detector(same, {}).Score(same)));
}

TEST(Detector, TwoHundredMetrics) {
  const Table table = Ordinary(200, 120, 3);
  EXPECT_TRUE(AllFinite(Detector(table, {.trees = 10}).Score(table)));
}

TEST(Detector, AnEarlierIncidentInTheBaselineHidesNoNewOne) {
  Table baseline = Ordinary(3, 600, 1);
  for (std::size_t i = 300; i < 330; ++i) baseline.columns[0][i] += 30;
  Table table = Ordinary(3, 100, 50);
  for (std::size_t i = 80; i < 90; ++i) table.columns[0][i] += 30;
  const DetectorScores scores = Detector(baseline, {.seed = 3}).Score(table);
  const auto top =
      std::max_element(scores.statistic.begin(), scores.statistic.end());
  EXPECT_GE(top - scores.statistic.begin(), 80);
  EXPECT_LE(top - scores.statistic.begin(), 99);
}

TEST(Detector, ShortBaselinesAreTrustedLess) {
  const Table table = Ordinary(2, 50, 9);
  const double few =
      Detector(Ordinary(2, 60, 1), {}).Score(table).confidence.back();
  const double many =
      Detector(Ordinary(2, 2000, 1), {}).Score(table).confidence.back();
  EXPECT_LT(few, many);
}

}  // namespace
}  // namespace selfheal::assess
