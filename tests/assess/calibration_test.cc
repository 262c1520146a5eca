#include "assess/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

namespace selfheal::assess {
namespace {

/// Exponential with mean 1: the tail probability is known.
std::vector<double> Exponential(int count) {
  std::vector<double> sample;
  for (int i = 0; i < count; ++i) {
    sample.push_back(-std::log(1 - (i + 0.5) / count));
  }
  return sample;
}

TEST(Calibration, LevelsMeanDecades) {
  const Calibration calibration(Exponential(8000));
  EXPECT_NEAR(calibration.Score(std::log(1e3)), 0.6, 0.05);
  EXPECT_NEAR(calibration.Score(std::log(1e4)), 0.8, 0.08);
  EXPECT_EQ(calibration.Score(1e6), 1);
  EXPECT_EQ(calibration.Score(-1), 0);
}

TEST(Calibration, NeverFallsAsTheStatisticRises) {
  for (const int count : {1, 2, 20, 300, 5000}) {
    const Calibration calibration(Exponential(count));
    double before = 0;
    for (double statistic = -1; statistic < 30; statistic += 0.01) {
      const double score = calibration.Score(statistic);
      ASSERT_GE(score, before) << count << " rows at " << statistic;
      ASSERT_LE(score, 1);
      before = score;
    }
  }
}

TEST(Calibration, FewRowsGiveAWiderTail) {
  const Calibration few(Exponential(60));
  const Calibration many(Exponential(8000));
  EXPECT_LT(few.Score(9), many.Score(9));
}

TEST(Calibration, AConstantSampleStaysFinite) {
  const Calibration calibration(std::vector<double>(100, 2.0));
  EXPECT_TRUE(std::isfinite(calibration.Score(2)));
  EXPECT_TRUE(std::isfinite(calibration.Score(1e300)));
}

}  // namespace
}  // namespace selfheal::assess
