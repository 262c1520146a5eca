// What nobody would doubt is confirmed, on long and on short baselines; what
// nobody would notice is not.
#include <gtest/gtest.h>

#include "assess/filter.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

using assess::FilterOptions;
using assess::NamedTable;
using assess::ScoredRow;
using testing::OrdinarySeries;

constexpr int kMetrics = 5;
constexpr int kGap = 12;
constexpr double kNoise = 3;

struct Count {
  int leaks = 0, errors = 0, normals = 0, of = 0;
  double confidence = 0;
};

NamedTable Calm(int rows, std::uint64_t seed) {
  NamedTable series;
  for (std::uint64_t m = 0; m < kMetrics; ++m) {
    series.names.push_back("m" + std::to_string(m));
    series.table.columns.push_back(
        OrdinarySeries(rows, 50, kNoise, seed * 131 + m));
  }
  return series;
}

/// Assessments of the last row of many generated services.
Count Assessed(int baseline) {
  constexpr int kRounds = 20;
  const FilterOptions options;
  Count count;
  for (int round = 0; round < kRounds; ++round) {
    const int rows = baseline + kGap + 60;
    const int last = rows - 1;
    const auto at = [&](const NamedTable& series) {
      return assess::ScoreAt(series, last, baseline, kGap, options);
    };
    const NamedTable calm = Calm(rows, static_cast<std::uint64_t>(round + 1));
    NamedTable leak = calm;
    for (int i = 0; i < 12; ++i) {
      leak.table.columns[1][static_cast<std::size_t>(last - i)] +=
          10 * kNoise * (12 - i) / 12;
    }
    NamedTable errors = calm;
    for (int i = 0; i < 5; ++i) {
      errors.table.columns[2][static_cast<std::size_t>(last - i)] *= 10;
    }
    const ScoredRow found = at(leak);
    count.leaks += found.score >= 0.7 ? 1 : 0;
    count.confidence += found.confidence / kRounds;
    count.errors += at(errors).score >= 0.7 ? 1 : 0;
    count.normals += at(calm).score >= 0.7 ? 1 : 0;
    ++count.of;
  }
  return count;
}

TEST(Obvious, IsConfirmedOnThreeDays) {
  const Count count = Assessed(864);
  EXPECT_GE(count.leaks, count.of * 9 / 10);
  EXPECT_GE(count.errors, count.of * 9 / 10);
  EXPECT_EQ(count.normals, 0);
  EXPECT_GT(count.confidence, 0.5);
}

TEST(Obvious, IsMostlyConfirmedOnAShortBaselineWithLessConfidence) {
  const Count two_hundred = Assessed(200);
  EXPECT_GE(two_hundred.leaks, two_hundred.of * 8 / 10);
  EXPECT_GE(two_hundred.errors, two_hundred.of * 8 / 10);
  EXPECT_EQ(two_hundred.normals, 0);
  const Count hundred = Assessed(100);
  EXPECT_GE(hundred.leaks, hundred.of * 7 / 10);
  EXPECT_GE(hundred.errors, hundred.of * 7 / 10);
  EXPECT_LE(hundred.normals, 1);
  EXPECT_LT(hundred.confidence, two_hundred.confidence);
}

}  // namespace
}  // namespace selfheal
