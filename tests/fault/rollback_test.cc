// A rollback in a world that moves: a refusal because the status moved is tried
// again from a fresh read, three times at most; a spec that changed ends the
// plan; a lost answer is looked up and never sent twice; what an admission
// policy refuses nobody is asked for.
#include <gtest/gtest.h>

#include "sim/scenario/runner.h"
#include "tests/support/paths.h"

namespace selfheal::testing {
namespace {

class ToldRollback : public ::testing::Test {
 protected:
  explicit ToldRollback(const std::string& name)
      : scenario_(ReadScenario(
            SourceDir() + "/tests/scenarios/" + name + ".yml", &findings_)),
        pipeline_(scenario_.config) {}

  Incident Run() {
    EXPECT_TRUE(findings_.empty());
    Tell(scenario_, pipeline_);
    return pipeline_.Only();
  }

  static std::vector<std::string> Outcomes(const Incident& incident) {
    std::vector<std::string> outcomes;
    for (const Execution& one : incident.executions) {
      outcomes.push_back(
          one.phase + " " + std::to_string(one.attempt) + " " +
          std::string(one.outcome ? OutcomeName(*one.outcome) : "open"));
    }
    return outcomes;
  }

  std::vector<SourceFinding> findings_;
  Scenario scenario_;
  Pipeline pipeline_;
};

class MovingRollback : public ToldRollback {
 protected:
  MovingRollback() : ToldRollback("config-drift") {}

  std::string Image() {
    return kubesim::Text(pipeline_.cluster.world()
                             .store()
                             .Get(kubesim::Named("deployments"), "shop", "cart")
                             .at("spec")
                             .at("template")
                             .at("spec")
                             .at("containers")
                             .at(0),
                         {"image"});
  }

  /// Somebody else writes to the Deployment just before our request arrives.
  void Meddle(int times, kubesim::Part part,
              std::function<void(kubesim::Json&)> change) {
    pipeline_.cluster.on_apply = [=, this,
                                  left = times](const WireRequest&) mutable {
      if (left-- <= 0) return;
      pipeline_.cluster.world().store().Edit(kubesim::Named("deployments"),
                                             "shop", "cart", part, change);
    };
  }
};

/// The template of a Deployment, and that of a Rollout.
class ForbiddenRollback : public ToldRollback,
                          public ::testing::WithParamInterface<const char*> {
 protected:
  ForbiddenRollback() : ToldRollback(GetParam()) {}
};

TEST_P(ForbiddenRollback, NobodyIsAskedAndNothingIsSent) {
  pipeline_.cluster.forbids = [](const WireRequest& request) {
    return request.method == "PATCH";
  };
  const Incident incident = Run();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_NE(incident.reason.find("a policy denied it"), std::string::npos)
      << incident.reason;
  EXPECT_FALSE(incident.approval.has_value());
  EXPECT_TRUE(pipeline_.cluster.seen().empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, ForbiddenRollback,
                         ::testing::Values("config-drift", "rollout-undo"));

class AbortedUpdate : public ToldRollback {
 protected:
  AbortedUpdate() : ToldRollback("rollout-abort") {}
};

TEST_F(AbortedUpdate, ALostAnswerIsLookedUp) {
  pipeline_.cluster.troubles = {SimCluster::Trouble::kSwallow};
  const Incident incident = Run();
  EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
  EXPECT_EQ(Outcomes(incident), std::vector<std::string>{"apply 1 applied"});
  EXPECT_EQ(pipeline_.cluster.accepted().size(), 1u);
}

/// A person's abort refuses ours by its version, and the answer is lost.
TEST_F(AbortedUpdate, ThatOfAPersonIsNotTakenForOurs) {
  pipeline_.cluster.troubles = {SimCluster::Trouble::kSwallow};
  pipeline_.cluster.on_apply = [this](const WireRequest&) {
    pipeline_.cluster.world().store().Edit(
        kubesim::Named("rollouts"), "shop", "web", kubesim::Part::kStatus,
        [](kubesim::Json& object) { object["status"]["abort"] = true; });
  };
  const Incident incident = Run();
  EXPECT_EQ(incident.phase, Phase::kEscalated) << incident.reason;
  EXPECT_EQ(Outcomes(incident), std::vector<std::string>{"apply 1 unknown"});
  EXPECT_TRUE(pipeline_.cluster.accepted().empty());
}

TEST_F(MovingRollback, OnlyTheStatusMoved) {
  int n = 0;
  Meddle(2, kubesim::Part::kStatus, [n](kubesim::Json& object) mutable {
    object["status"]["note"] = ++n;
  });
  const Incident incident = Run();
  EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
  EXPECT_EQ(Outcomes(incident).back(), "apply 3 applied");
  EXPECT_EQ(Outcomes(incident).front(), "apply 1 refused");
  EXPECT_EQ(pipeline_.cluster.accepted().size(), 1u);
}

TEST_F(MovingRollback, ThreeAttemptsAtMost) {
  for (int i = 0; i < 5; ++i) {
    pipeline_.cluster.troubles.push_back(SimCluster::Trouble::kConflict);
  }
  const Incident incident = Run();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_EQ(Outcomes(incident),
            (std::vector<std::string>{"apply 1 refused", "apply 2 refused",
                                      "apply 3 refused"}));
  EXPECT_TRUE(pipeline_.cluster.accepted().empty());
  EXPECT_EQ(Image(), "cart:crash");
}

TEST_F(MovingRollback, ASpecThatChangedEndsThePlan) {
  Meddle(1, kubesim::Part::kMain, [](kubesim::Json& object) {
    object["spec"]["template"]["spec"]["containers"][0]["image"] = "cart:9";
  });
  const Incident incident = Run();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_EQ(Outcomes(incident), std::vector<std::string>{"apply 1 refused"});
  EXPECT_TRUE(pipeline_.cluster.accepted().empty());
  EXPECT_EQ(Image(), "cart:9") << "what somebody else wrote stands";
}

TEST_F(MovingRollback, AnotherFieldOfTheSpecEndsItToo) {
  Meddle(1, kubesim::Part::kMain,
         [](kubesim::Json& object) { object["spec"]["replicas"] = 4; });
  const Incident incident = Run();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_NE(incident.reason.find("changed since it was planned"),
            std::string::npos)
      << incident.reason;
  EXPECT_EQ(Image(), "cart:crash");
}

TEST_F(MovingRollback, ALostAnswerIsLookedUp) {
  pipeline_.cluster.troubles = {SimCluster::Trouble::kSwallow};
  const Incident incident = Run();
  EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
  EXPECT_EQ(Outcomes(incident), std::vector<std::string>{"apply 1 applied"});
  EXPECT_EQ(pipeline_.cluster.accepted().size(), 1u);
  EXPECT_EQ(Image(), "registry.example/cart:1.0");
}

}  // namespace
}  // namespace selfheal::testing
