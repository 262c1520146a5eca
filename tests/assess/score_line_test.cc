// The score at each point of a window.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <iostream>

#include "assess/judge.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

using testing::kNaN;
using testing::OrdinaryWindow;
using testing::Raise;

constexpr std::uint64_t kSeed = 42;

std::vector<double> LineOf(const EvidenceWindow& window) {
  return ScoreLine(window, ConfirmSpec{}, kSeed);
}

/// As the window was `points` points before its end.
EvidenceWindow Before(EvidenceWindow window, std::size_t points) {
  for (MetricWindow& metric : window.metrics) {
    metric.window.values.resize(metric.window.values.size() - points);
  }
  window.at = window.metrics.front().window.End();
  return window;
}

EvidenceWindow Incident() {
  EvidenceWindow window = OrdinaryWindow(3);
  Raise(window.metrics[0], 20, 80);
  return window;
}

/// A window of seconds, far shorter than one step of its baseline.
EvidenceWindow Seconds() {
  EvidenceWindow window = OrdinaryWindow(3);
  for (MetricWindow& metric : window.metrics) metric.window.step = seconds{1};
  Raise(window.metrics[0], 30, 80);
  window.at = window.metrics.front().window.End();
  return window;
}

TEST(ScoreLine, EachPointIsWhatJudgeWouldHaveSaidThen) {
  EvidenceWindow well = Incident();
  Raise(well.metrics[1], 30, -60);  // also moves the good way
  for (const EvidenceWindow& window : {Incident(), Seconds(), well}) {
    const std::vector<double> line = LineOf(window);
    ASSERT_EQ(line.size(), 60U);
    for (const std::size_t back : {0U, 19U, 33U}) {
      const Assessment then = Judge(Before(window, back), ConfirmSpec{}, kSeed);
      EXPECT_EQ(std::bit_cast<std::uint64_t>(line[59 - back]),
                std::bit_cast<std::uint64_t>(then.score))
          << back << " points before the end: " << line[59 - back] << " and "
          << then.score;
    }
  }
}

TEST(ScoreLine, RisesWhenTheMetricDoes) {
  const std::vector<double> line = LineOf(Incident());
  EXPECT_LT(*std::max_element(line.begin(), line.begin() + 40), 0.6);
  EXPECT_GE(line.back(), 0.8);
}

TEST(ScoreLine, MovesAlsoWithinOneStepOfTheBaseline) {
  const std::vector<double> line = LineOf(Seconds());
  EXPECT_LT(*std::max_element(line.begin(), line.begin() + 30), 0.1);
  // One row of five minutes, smoothed: not more can be said yet.
  EXPECT_GT(*std::min_element(line.begin() + 30, line.end()), 0.3);
}

TEST(ScoreLine, HasAHoleWhereNothingCouldBeSaid) {
  EvidenceWindow window = Incident();
  window.metrics[1].window.values[50] = kNaN;
  const std::vector<double> line = LineOf(window);
  EXPECT_TRUE(std::isnan(line[50]));
  EXPECT_FALSE(std::isnan(line[51]));
  EXPECT_TRUE(LineOf(EvidenceWindow{}).empty());
  window.problems = {"no answer"};
  EXPECT_TRUE(LineOf(window).empty());
}

TEST(ScoreLine, CostsAFewTimesWhatJudgeDoes) {
  const EvidenceWindow window = Incident();
  const auto timed = [](const auto& work) {
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      work();
      const std::chrono::duration<double> took =
          std::chrono::steady_clock::now() - begin;
      best = std::min(best, took.count());
    }
    return best;
  };
  const double judge =
      timed([&] { (void)Judge(window, ConfirmSpec{}, kSeed); });
  const double line = timed([&] { (void)LineOf(window); });
  std::cout << "60 points: " << line * 1e3
            << " ms, one judgement: " << judge * 1e3 << " ms\n";
  EXPECT_LT(line, 30 * judge);
}

}  // namespace
}  // namespace selfheal
