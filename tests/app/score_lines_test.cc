#include "app/score_lines.h"

#include <gtest/gtest.h>

#include "tests/assess/series.h"

namespace selfheal {
namespace {

KeptEvidence Judged42() {
  KeptEvidence kept{testing::OrdinaryWindow(1), Judged{}};
  testing::Raise(kept.window.metrics[0], 20, 80);
  kept.judged->assessment.seed = 42;
  return kept;
}

TEST(ScoreLines, BelongToTheEvidenceThatIsShownNow) {
  ScoreLines lines;
  KeptEvidence kept = Judged42();
  const std::vector<double> line = lines.Of("01J", kept);
  EXPECT_EQ(line, ScoreLine(kept.window, ConfirmSpec{}, 42));
  EXPECT_EQ(lines.Of("01J", kept), line);
  kept.window.metrics[0].window.values.resize(40);  // judged anew, later
  kept.window.at += seconds(60);
  EXPECT_EQ(lines.Of("01J", kept).size(), 40U);
  kept.judged.reset();
  EXPECT_TRUE(lines.Of("01J", kept).empty());
}

}  // namespace
}  // namespace selfheal
