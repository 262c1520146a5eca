#include <gtest/gtest.h>

#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{7200};

/// The story of an incident whose plan is of high risk, in production.
class TwoPeople : public ::testing::Test {
 protected:
  static Config Production() {
    Config config = QuickConfig();
    config.guards.production_namespaces = {"shop"};
    return config;
  }

  void SetUp() override {
    auto rules = std::make_shared<RuleSet>(*pipeline_.rules);
    rules->runbooks.at("cpu-throttling").risk = Risk::kHigh;
    pipeline_.rules = rules;
    Begin(pipeline_, Story::kCpu);
  }

  /// Each of `names` says yes once it is asked, as the receiver does it.
  void Answer(std::vector<std::string> names) {
    pipeline_.on_round = [this, names] {
      for (Incident incident : pipeline_.All()) {
        if (incident.phase != Phase::kAwaitingApproval) continue;
        waited_ = incident.reason;
        for (const std::string& name : names) Grant(incident, name);
      }
    };
  }

  void Grant(Incident incident, const std::string& name) {
    ApprovalStore& approvals = pipeline_.store;
    const auto granted = approvals.Decide({.incident_id = incident.id,
                                           .plan_hash = incident.plan->hash,
                                           .grant = true,
                                           .by = name,
                                           .reason = ""},
                                          pipeline_.clock.Now());
    if (!granted.ok()) return;
    incident.next_at = pipeline_.clock.Now();
    IncidentStore& incidents = pipeline_.store;
    IncidentUpdate update;
    update.incident = &incident;
    EXPECT_TRUE(incidents.Save(update).ok());
  }

  Pipeline pipeline_{Production()};
  std::string waited_;
};

TEST_F(TwoPeople, OneAloneNeverActs) {
  Answer({"admin:ann"});
  (void)pipeline_.Run(kLimit);
  EXPECT_TRUE(pipeline_.cluster.accepted().empty());
  EXPECT_EQ(pipeline_.Only().phase, Phase::kEscalated);
  EXPECT_EQ(pipeline_.Only().reason, "nobody approved in time");
  EXPECT_NE(waited_.find("by 1 more; granted by admin:ann"), std::string::npos)
      << waited_;
}

TEST_F(TwoPeople, TwoDifferentNamesAct) {
  Answer({"admin:ann", "admin:ann", "admin:ben"});
  EXPECT_TRUE(pipeline_.Run(kLimit));
  const Incident incident = pipeline_.Only();
  EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
  EXPECT_FALSE(pipeline_.cluster.accepted().empty());
  ASSERT_TRUE(incident.approval.has_value());
  EXPECT_EQ(incident.approval->state, ApprovalState::kConsumed);
  EXPECT_EQ(incident.approval->decided_by, "admin:ann, admin:ben");
}

}  // namespace
}  // namespace selfheal::testing
