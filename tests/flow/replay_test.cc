#include "flow/replay.h"

#include <gtest/gtest.h>

#include "assess/judge.h"
#include "assess/sentence.h"
#include "tests/assess/series.h"

namespace selfheal {
namespace {

/// A confirmed assessment as the audit and the store keep it.
struct Decided {
  AuditRecord row;
  KeptEvidence kept;

  Decided() {
    kept.window = testing::OrdinaryWindow(2);
    testing::Raise(kept.window.metrics[0], 20, 80);
    kept.window.metrics[0].limit = 300;
    kept.window.metrics[1].window.values[5] = testing::kNaN;
    ConfirmSpec options;
    options.forecast_of = "m0";
    kept.judged = Judged{options, Judge(kept.window, options, 42)};
    const Assessment& assessment = kept.judged->assessment;
    row.stage = Stage::kAssess;
    row.outcome = JudgementName(assessment.outcome);
    row.reason = assess::Sentence(kept.window, assessment);
    row.data = AuditFields(assessment);
    row.data.emplace_back("evidence_sha256", "of the windows");
  }

  Replay Again() const { return ReplayAssessment(row, kept); }
};

TEST(ReplayAssessment, OfTheSameIsIdentical) {
  const Decided decided;
  EXPECT_EQ(decided.kept.judged->assessment.outcome, Judgement::kConfirmed);
  EXPECT_EQ(decided.Again().outcome, ReplayOutcome::kIdentical)
      << decided.Again().detail;
}

TEST(ReplayAssessment, OneSampleThatWasAlteredShows) {
  Decided decided;
  decided.kept.window.metrics[1].baseline.values[400] += 3;
  const Replay replay = decided.Again();
  EXPECT_EQ(replay.outcome, ReplayOutcome::kDifferent);
  EXPECT_NE(replay.detail.find("statistic"), std::string::npos)
      << replay.detail;
}

TEST(ReplayAssessment, OptionsAndSeedThatWereAlteredShow) {
  Decided options;
  options.kept.judged->options.anomaly_threshold = 1;
  options.kept.judged->options.forecast_of = "";
  EXPECT_EQ(options.Again().outcome, ReplayOutcome::kDifferent);
  Decided seed;
  ++seed.kept.judged->assessment.seed;
  EXPECT_EQ(seed.Again().outcome, ReplayOutcome::kDifferent);
}

TEST(ReplayAssessment, ARowThatSaysOtherwiseShows) {
  for (std::size_t i = 0; i + 1 < Decided().row.data.size(); ++i) {
    Decided decided;
    decided.row.data[i].second = "other";
    const Replay replay = decided.Again();
    EXPECT_EQ(replay.outcome, ReplayOutcome::kDifferent);
    EXPECT_EQ(replay.detail, "the row's " + decided.row.data[i].first);
  }
  Decided decided;
  decided.row.outcome = "not_confirmed";
  decided.row.reason = "calm";
  EXPECT_EQ(decided.Again().detail, "the row's outcome, the row's reason");
}

TEST(ReplayAssessment, OfAnotherJudgeSaysWhich) {
  Decided decided;
  decided.kept.judged->assessment.judge_version = "1";
  const Replay replay = decided.Again();
  EXPECT_EQ(replay.outcome, ReplayOutcome::kOtherJudge);
  EXPECT_NE(replay.detail.find("judged by version 1"), std::string::npos);
}

TEST(ReplayAssessment, ThePodsOnWhichACauseWasToldCountToo) {
  Decided decided;
  KeptEvidence& kept = decided.kept;
  for (const unsigned seed : {31u, 32u, 33u}) {
    const std::string name = "cart-" + std::to_string(seed);
    kept.window.pods.push_back(
        {name, "uid-" + name, "n1", kept.window.metrics});
    for (MetricWindow& metric : kept.window.pods.back().metrics) {
      metric = testing::OrdinaryMetric(metric.name, 100, 5, seed);
    }
  }
  testing::Raise(kept.window.pods[1].metrics[0], 20, 80);
  ConfirmSpec options = kept.judged->options;
  options.causes = {Cause::kOnePod};
  kept.judged = Judged{options, Judge(kept.window, options, 42)};
  ASSERT_EQ(kept.judged->assessment.causes.size(), 1u);
  decided.row.data = AuditFields(kept.judged->assessment);
  EXPECT_EQ(decided.Again().outcome, ReplayOutcome::kIdentical)
      << decided.Again().detail;
  Decided altered = decided;
  for (double& value : altered.kept.window.pods[2].metrics[0].window.values) {
    value += 80;
  }
  const Replay replay = altered.Again();
  EXPECT_EQ(replay.outcome, ReplayOutcome::kDifferent);
  EXPECT_NE(replay.detail.find("causes"), std::string::npos) << replay.detail;
  EXPECT_EQ(replay.detail.find("statistic"), std::string::npos)
      << replay.detail;
}

AuditRecord VerdictRow(std::string_view outcome) {
  AuditRecord row;
  row.stage = Stage::kGuard;
  row.outcome = outcome;
  row.data = {{"cooldown", "allow: rested"},
              {"approval", "needs_approval: a person has to say so"},
              {"kill_switch", "allow: all off"}};
  return row;
}

TEST(ReplayVerdict, IsTheStrictestOfItsFindings) {
  EXPECT_EQ(ReplayVerdict(VerdictRow("needs_approval")).outcome,
            ReplayOutcome::kIdentical);
  EXPECT_EQ(ReplayVerdict(VerdictRow("allow")).detail,
            "its findings come to needs_approval");
}

TEST(ReplayVerdict, WithoutFindingsIsADenial) {
  AuditRecord row = VerdictRow("allow");
  row.data.clear();
  EXPECT_EQ(ReplayVerdict(row).outcome, ReplayOutcome::kDifferent);
  row.data = {{"cooldown", "maybe: later"}};
  EXPECT_EQ(ReplayVerdict(row).detail, "its findings come to deny");
}

TEST(ReplayVerification, ComparesItsFiguresAgain) {
  AuditRecord row;
  row.stage = Stage::kVerify;
  row.outcome = "mitigated";
  row.data = {{"memory.lowest", 2.0},        {"memory.highest", 4.0},
              {"memory.at_most", 5.0},       {"target.ready.lowest", 3.0},
              {"target.ready.highest", 3.0}, {"target.ready.at_least", 3.0}};
  EXPECT_EQ(ReplayVerification(row).outcome, ReplayOutcome::kIdentical);
  row.data[1].second = 6.0;
  EXPECT_EQ(ReplayVerification(row).detail,
            "what it compared comes to outside");
  row.outcome = "not_mitigated";
  row.data.emplace_back("evidence_sha256", "of the windows");
  EXPECT_EQ(ReplayVerification(row).outcome, ReplayOutcome::kIdentical);
  row.data.clear();
  EXPECT_EQ(ReplayVerification(row).detail,
            "what it compared comes to nothing");
}

}  // namespace
}  // namespace selfheal
