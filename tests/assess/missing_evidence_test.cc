// Metamorphic: whatever is taken away from the evidence, what was not
// confirmed does not become confirmed.
#include <gtest/gtest.h>

#include "assess/judge.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

using assess::Random;

ConfirmSpec QuickSpec() {
  ConfirmSpec spec;
  spec.trees = 12;
  spec.min_baseline = 60;
  return spec;
}

/// Some metrics, some optional, some slightly or clearly unusual.
EvidenceWindow Drawn(Random& random) {
  EvidenceWindow window;
  const int metrics = 2 + static_cast<int>(random.Below(3));
  for (int m = 0; m < metrics; ++m) {
    MetricWindow metric =
        testing::OrdinaryMetric("m" + std::to_string(m), 50, 2, random.Next());
    metric.baseline.values.resize(120);
    metric.window.start = metric.baseline.End() + seconds{3600};
    metric.optional = m > 0 && random.Below(3) > 0;
    if (random.Below(3) == 0) {
      testing::Raise(metric, 15, 2.0 * random.Below(6));
    }
    window.metrics.push_back(std::move(metric));
  }
  window.at = window.metrics.front().window.End();
  return window;
}

void TakeAway(EvidenceWindow& window, Random& random) {
  MetricWindow& metric = window.metrics[random.Below(
      static_cast<std::uint32_t>(window.metrics.size()))];
  switch (random.Below(6)) {
    case 0:
      metric.problem = "no series";
      break;
    case 1:
      metric.window.values.clear();
      break;
    case 2:
      metric.baseline.values.clear();
      break;
    case 3:
      metric.window.values.back() = testing::kNaN;
      break;
    case 4:
      metric.window.values.resize(metric.window.values.size() - 4);
      break;
    default:
      window.problems.emplace_back("prometheus: timeout");
  }
}

TEST(MissingEvidence, NeverConfirms) {
  Random random(2024);
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    EvidenceWindow window = Drawn(random);
    const Assessment before = Judge(window, QuickSpec(), 9);
    if (before.outcome == Judgement::kConfirmed) continue;
    ++refused;
    TakeAway(window, random);
    const Assessment after = Judge(window, QuickSpec(), 9);
    ASSERT_NE(after.outcome, Judgement::kConfirmed) << "round " << round;
  }
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace selfheal
