#include "assess/cause_revision.h"

#include <gtest/gtest.h>

#include <limits>

namespace selfheal::assess {
namespace {

const Time kStart{std::chrono::hours(24 * 365 * 50)};

/// 60 minutes of a metric with the limit 0.5: 0, then 1 from `bad` on.
EvidenceWindow Evidence(int bad, int changed) {
  EvidenceWindow evidence;
  MetricWindow metric;
  metric.name = "waiting";
  metric.bad = BadDirection::kRises;
  metric.limit = 0.5;
  metric.window.start = kStart;
  for (int i = 0; i < 60; ++i) metric.window.values.push_back(i >= bad);
  evidence.metrics = {metric};
  SpecChange change;
  change.at = kStart + seconds(60 * changed);
  change.fields = {"spec.template.spec.containers[0].image"};
  change.revision = 7;
  evidence.changes = {change};
  return evidence;
}

Judgement Of(const EvidenceWindow& evidence) {
  const CauseView view = BeganWithRevision(evidence);
  EXPECT_FALSE(view.reason.empty());
  return view.holds;
}

TEST(BeganWithRevision, TheFaultBeganSoonAfterTheChange) {
  const CauseView found = BeganWithRevision(Evidence(42, 40));
  EXPECT_EQ(found.holds, Judgement::kConfirmed);
  EXPECT_EQ(found.reason,
            "waiting went past its limit 2m after revision 7 came into use");
}

TEST(BeganWithRevision, NotWhereItWasIllBefore) {
  EXPECT_EQ(Of(Evidence(38, 40)), Judgement::kNotConfirmed);
  EXPECT_EQ(Of(Evidence(0, 40)), Judgement::kNotConfirmed);
}

TEST(BeganWithRevision, NotWhereTheChangeIsLongPast) {
  EvidenceWindow evidence = Evidence(42, 40);
  evidence.changes.front().at = kStart - seconds(2 * 3600);
  evidence.metrics.front().baseline.start = kStart - seconds(3 * 3600);
  evidence.metrics.front().baseline.values.assign(150, 0);
  EXPECT_EQ(Of(evidence), Judgement::kNotConfirmed);
}

TEST(BeganWithRevision, TooLittleMeasuredBeforeIsNotKnown) {
  EXPECT_EQ(Of(Evidence(42, 2)), Judgement::kInconclusive);
  EvidenceWindow evidence = Evidence(42, 40);
  for (int i = 0; i < 38; ++i) {
    evidence.metrics.front().window.values[static_cast<std::size_t>(i)] =
        std::numeric_limits<double>::quiet_NaN();
  }
  EXPECT_EQ(Of(evidence), Judgement::kInconclusive);
}

TEST(BeganWithRevision, ARestartIsNoChange) {
  EvidenceWindow evidence = Evidence(42, 40);
  SpecChange restart = evidence.changes.front();
  restart.at += seconds(60);
  restart.fields = {
      "spec.template.metadata.annotations"
      "['kubectl.kubernetes.io/restartedAt']"};
  restart.revision = 8;
  evidence.changes.insert(evidence.changes.begin(), restart);
  EXPECT_EQ(Of(evidence), Judgement::kConfirmed);
  evidence.changes.pop_back();
  EXPECT_EQ(Of(evidence), Judgement::kNotConfirmed);
}

TEST(BeganWithRevision, TheFirstOfAllIsNoChange) {
  EvidenceWindow evidence = Evidence(42, 40);
  evidence.changes.front().fields = {"spec.template"};
  EXPECT_EQ(Of(evidence), Judgement::kNotConfirmed);
}

TEST(BeganWithRevision, MetricsWithoutALimitTellNothing) {
  EvidenceWindow evidence = Evidence(42, 40);
  evidence.metrics.front().limit.reset();
  EXPECT_EQ(Of(evidence), Judgement::kInconclusive);
  evidence = Evidence(42, 40);
  evidence.metrics.front().problem = "no series";
  EXPECT_EQ(Of(evidence), Judgement::kInconclusive);
  evidence = Evidence(42, 40);
  evidence.changes.clear();
  EXPECT_EQ(Of(evidence), Judgement::kNotConfirmed);
}

}  // namespace
}  // namespace selfheal::assess
