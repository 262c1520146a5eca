// Several incidents of one target: the first that has a plan goes alone.
#include <gtest/gtest.h>

#include "sim/scenario/runner.h"
#include "tests/support/paths.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{7200};

class SameTarget : public ::testing::Test {
 protected:
  SameTarget()
      : scenario_(ReadScenario(
            SourceDir() + "/tests/scenarios/one-bad-revision.yml", &findings_)),
        pipeline_(scenario_.config) {
    EXPECT_TRUE(findings_.empty());
  }

  /// The world stood so long that the metrics of the old revision tell of it.
  void MakeOld() {
    const seconds more{2 * 3600};
    scenario_.age += more;
    for (ScenarioSeries& series : scenario_.series) {
      series.pattern.since -= more;
    }
  }

  std::vector<Incident> Told() {
    Tell(scenario_, pipeline_);
    return pipeline_.All();
  }

  /// The first record of an incident with that outcome; null = there is none.
  std::optional<AuditRecord> Find(const Incident& incident,
                                  std::string_view outcome) {
    for (const AuditRecord& record : pipeline_.store.state().audit) {
      if (record.incident_id == incident.id && record.outcome == outcome) {
        return record;
      }
    }
    return std::nullopt;
  }

  std::size_t Questions() { return pipeline_.store.state().approvals.size(); }

  /// The rollout of cart is stuck, `later` from now.
  void PostStuck(Duration later) {
    pipeline_.Advance(later);
    Alert alert;
    alert.labels = {{"alertname", "KubeDeploymentRolloutStuck"},
                    {"namespace", "shop"},
                    {"deployment", "cart"}};
    alert.fingerprint = Fingerprint(alert.labels);
    alert.starts_at = pipeline_.clock.Now();
    AlertGroup group;
    group.version = "4";
    group.alerts = {alert};
    group.received = 1;
    pipeline_.Post(group);
  }

  std::vector<SourceFinding> findings_;
  Scenario scenario_;
  Pipeline pipeline_;
};

TEST_F(SameTarget, OneQuestionAndAReasonInTheTimelineOfTheOthers) {
  const std::vector<Incident> all = Told();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(Questions(), 1u);
  for (const Incident& later : {all[1], all[2]}) {
    const auto held = Find(later, "held");
    ASSERT_TRUE(held.has_value());
    EXPECT_NE(held->reason.find(all[0].id), std::string::npos) << held->reason;
    EXPECT_GE(*later.closed_at, *all[0].closed_at);
  }
}

TEST_F(SameTarget, NothingIsJudgedOnEvidenceFromBeforeTheAction) {
  const std::vector<Incident> all = Told();
  ASSERT_EQ(all.size(), 3u);
  const Rule* rule = nullptr;
  for (const Rule& one : pipeline_.rules->rules) {
    if (one.name == all[2].rule) rule = &one;
  }
  ASSERT_NE(rule, nullptr);
  const auto judged = Find(all[2], "not_confirmed");
  ASSERT_TRUE(judged.has_value());
  EXPECT_GE(judged->at, *all[0].closed_at + rule->look_back);
}

TEST_F(SameTarget, NobodyIsAskedAgainWhoDidNotAnswer) {
  MakeOld();
  scenario_.answer.clear();
  const std::vector<Incident> all = Told();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(Questions(), 1u);
  EXPECT_EQ(all[0].reason, "nobody approved in time");
  for (const Incident& later : {all[1], all[2]}) {
    EXPECT_EQ(later.phase, Phase::kEscalated);
    EXPECT_NE(
        later.reason.find("nobody approved in time when incident " + all[0].id),
        std::string::npos)
        << later.reason;
  }
}

TEST_F(SameTarget, ANoStandsForAnHour) {
  MakeOld();
  scenario_.answer = "deny";
  scenario_.alerts.resize(1);
  ASSERT_EQ(Told().size(), 1u);
  PostStuck(std::chrono::minutes(30));
  ASSERT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.All().back().phase, Phase::kCancelled);
  EXPECT_EQ(Questions(), 1u);
  PostStuck(std::chrono::minutes(60));
  ASSERT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.All().size(), 3u);
  EXPECT_EQ(Questions(), 2u) << pipeline_.All().back().reason;
}

TEST_F(SameTarget, AnotherTargetIsNotHeld) {
  scenario_.alerts[1].labels["deployment"] = "checkout";
  const std::vector<Incident> all = Told();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_FALSE(Find(all[1], "held").has_value());
}

}  // namespace
}  // namespace selfheal::testing
