#include "assess/together.h"

#include <gtest/gtest.h>

#include "assess/judge.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

using testing::OrdinaryWindow;
using testing::Raise;

/// m0 is what the rule is about; m1 and m2 show whether it is felt.
EvidenceWindow Evidence() {
  EvidenceWindow window = OrdinaryWindow(4);
  Raise(window.metrics[0], 20, 80);
  for (const std::size_t i : {1u, 2u, 3u}) window.metrics[i].optional = true;
  return window;
}

Assessment Judged(const EvidenceWindow& window) {
  ConfirmSpec spec;
  spec.together_with = {"m1", "m2"};
  return Judge(window, spec, 42);
}

TEST(Together, WhatNothingElseShowsIsNotConfirmed) {
  EvidenceWindow window = Evidence();
  ASSERT_EQ(Judge(window, ConfirmSpec{}, 42).outcome, Judgement::kConfirmed);
  const Assessment found = Judged(window);
  EXPECT_EQ(found.outcome, Judgement::kNotConfirmed);
  EXPECT_LT(found.score, ConfirmSpec{}.anomaly_threshold);
  Raise(window.metrics[3], 20, 80);
  EXPECT_EQ(Judged(window).outcome, Judgement::kNotConfirmed)
      << "m3 is not asked";
}

TEST(Together, OneOfThemIsEnough) {
  for (const std::size_t i : {1u, 2u}) {
    EvidenceWindow window = Evidence();
    Raise(window.metrics[i], 20, 60);
    EXPECT_EQ(Judged(window).outcome, Judgement::kConfirmed);
    Raise(window.metrics[i], 20, -140);
    EXPECT_EQ(Judged(window).outcome, Judgement::kNotConfirmed)
        << "it moved the good way";
  }
}

TEST(Together, PastItsLimitItIsBadHoweverLong) {
  EvidenceWindow window = Evidence();
  window.metrics[1].limit = 50;
  EXPECT_EQ(Judged(window).outcome, Judgement::kConfirmed);
  window.metrics[1].limit = 500;
  EXPECT_EQ(Judged(window).outcome, Judgement::kNotConfirmed);
}

TEST(Together, WhatIsAbsentLowersTheConfidenceAndNeverConfirms) {
  EvidenceWindow window = Evidence();
  Raise(window.metrics[1], 20, 60);
  const double whole = Judged(window).confidence;
  window.metrics[2].problem = "no data";
  const Assessment half = Judged(window);
  EXPECT_EQ(half.outcome, Judgement::kConfirmed);
  EXPECT_LT(half.confidence, 0.8 * whole);
  window.metrics[1].problem = "no data";
  EXPECT_EQ(Judged(window).outcome, Judgement::kInconclusive);
}

TEST(Together, OnlyAConfirmedOneIsAskedFor) {
  EvidenceWindow window = OrdinaryWindow(4);
  for (const std::size_t i : {1u, 2u, 3u})
    window.metrics[i].problem = "no data";
  for (const std::size_t i : {1u, 2u, 3u}) window.metrics[i].optional = true;
  EXPECT_EQ(Judged(window).outcome, Judgement::kNotConfirmed);
}

}  // namespace
}  // namespace selfheal
