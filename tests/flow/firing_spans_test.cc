#include "flow/firing_spans.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

const Time kStart = *ParseTime("2026-11-01T00:00:00Z");
constexpr seconds kStep{60};

Series At(std::initializer_list<int> minutes) {
  Series series{
      {{"__name__", "ALERTS"}, {"alertname", "A"}, {"alertstate", "firing"}},
      {}};
  for (const int minute : minutes) {
    series.samples.push_back({kStart + minute * kStep, 1});
  }
  return series;
}

TEST(FiringSpans, AGapBeyondTheLookBackSplits) {
  const auto spans = FiringSpans(At({0, 1, 6, 12}), kStep);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].began, kStart);
  EXPECT_EQ(spans[0].ended, kStart + 7 * kStep);
  EXPECT_EQ(spans[1].began, kStart + 12 * kStep);
  EXPECT_EQ(spans[1].ended, kStart + 13 * kStep);
  EXPECT_TRUE(FiringSpans(At({}), kStep).empty());
}

TEST(AlertLabels, AreThoseOfTheAlertAlone) {
  EXPECT_EQ(AlertLabels(At({})), (Labels{{"alertname", "A"}}));
}

}  // namespace
}  // namespace selfheal
