// A runbook of two steps: the second follows where the first did not help, by
// all the stages and guards once more; whatever fails or dies in between,
// nothing is done twice and everything ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{3 * 3600};

RunbookStep StepOf(Action action, UndoMode undo) {
  RunbookStep step;
  step.action = std::move(action);
  step.verify_within = seconds(120);
  step.undo = undo;
  return step;
}

/// The story of a throttled Deployment, for which more replicas do not help,
/// and a restart does; with `helps_at` the accepted request that helps.
class TwoSteps : public ::testing::Test {
 protected:
  explicit TwoSteps(Config config = QuickConfig()) : pipeline_(config) {
    Change([](Runbook& runbook) {
      runbook.steps = {
          StepOf(ScaleOut{.percent = 50, .max_replicas = 10},
                 UndoMode::kAutomatic),
          StepOf(RollingRestart{.canary_pods = 0}, UndoMode::kAutomatic)};
      runbook.escalate_after_steps = 2;
    });
    pipeline_.on_round = [this] {
      if (pipeline_.cluster.accepted().size() < helps_at_) {
        pipeline_.metrics.healed_at.reset();
      }
      if (also_) also_();
    };
  }

  void Change(const std::function<void(Runbook&)>& change) {
    auto rules = std::make_shared<RuleSet>(*pipeline_.rules);
    change(rules->runbooks.at("cpu-throttling"));
    pipeline_.rules = rules;
  }

  std::vector<std::string> Done() {
    std::vector<std::string> done;
    for (const Execution& e : pipeline_.Only().executions) {
      if (e.outcome != ExecutionOutcome::kApplied) continue;
      done.push_back(std::to_string(e.step) + " " +
                     std::string(ActionName(e.action)));
    }
    return done;
  }

  std::vector<std::string> Outcomes() {
    std::vector<std::string> outcomes;
    for (const AuditRecord& record : pipeline_.store.state().audit) {
      outcomes.push_back(std::string(StageName(record.stage)) + " " +
                         record.outcome);
    }
    return outcomes;
  }

  void CheckSafe() {
    std::set<std::string> ids;
    for (const StoredIntent& intent : pipeline_.store.state().intents) {
      EXPECT_TRUE(ids.insert(intent.purpose.intent_id).second);
    }
    std::set<std::string> bodies;
    for (const WireRequest& request : pipeline_.cluster.accepted()) {
      EXPECT_TRUE(bodies.insert(request.path + request.body).second)
          << "twice: " << request.path;
    }
    for (const ActionRow& row : pipeline_.store.state().actions) {
      EXPECT_NE(row.result, ActionResult::kInFlight) << "a slot is held";
    }
  }

  Pipeline pipeline_;
  std::size_t helps_at_ = 3;
  std::function<void()> also_;
};

TEST_F(TwoSteps, TheSecondFollowsWhereTheFirstDidNotHelp) {
  Begin(pipeline_, Story::kCpu);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  const Incident incident = pipeline_.Only();
  EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
  EXPECT_EQ(Done(), (std::vector<std::string>{"0 scale_out", "0 undo_scale_out",
                                              "1 rolling_restart"}));
  EXPECT_EQ(incident.step, 1);
  ASSERT_EQ(pipeline_.store.state().actions.size(), 2u);
  const ActionRow first = pipeline_.store.state().actions[0];
  const ActionRow second = pipeline_.store.state().actions[1];
  EXPECT_EQ(first.result, ActionResult::kNotMitigated);
  EXPECT_EQ(second.result, ActionResult::kMitigated);
  EXPECT_GE(second.started_at, *first.finished_at + 2 * seconds(300))
      << "the cooldown of a failed action lies between";
  EXPECT_TRUE(pipeline_.store.state().breakers.empty())
      << "the runbook is not through yet";
  const auto outcomes = Outcomes();
  for (const char* stage : {"collect collected", "assess confirmed",
                            "plan planned", "guard allow"}) {
    EXPECT_GE(std::count(outcomes.begin(), outcomes.end(), stage), 2) << stage;
  }
  CheckSafe();
}

TEST_F(TwoSteps, EachStepHasAPlanOfItsOwn) {
  Begin(pipeline_, Story::kCpu);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  std::set<std::string> hashes;
  std::set<std::string> actions;
  for (const StoredIntent& intent : pipeline_.store.state().intents) {
    hashes.insert(intent.purpose.plan_hash);
    actions.insert(intent.purpose.action_id);
  }
  EXPECT_EQ(hashes.size(), 2u);
  EXPECT_EQ(actions.size(), 2u);
}

TEST_F(TwoSteps, AfterTheLastAPersonIsToldAndTheBreakerOpens) {
  helps_at_ = 99;
  Begin(pipeline_, Story::kCpu);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.Only().phase, Phase::kEscalated);
  EXPECT_EQ(Done(), (std::vector<std::string>{"0 scale_out", "0 undo_scale_out",
                                              "1 rolling_restart"}));
  EXPECT_TRUE(pipeline_.store.state().breakers.contains("cpu-throttling"));
  CheckSafe();
}

TEST_F(TwoSteps, EscalateAfterOneStepLeavesTheSecondOut) {
  Change([](Runbook& runbook) { runbook.escalate_after_steps = 1; });
  Begin(pipeline_, Story::kCpu);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.Only().phase, Phase::kEscalated);
  EXPECT_EQ(Done().size(), 2u);
}

TEST_F(TwoSteps, ANoticeThatFollowsIsAPersonThatIsTold) {
  Change([](Runbook& runbook) {
    runbook.steps[1] = StepOf(Notify{}, UndoMode::kNone);
  });
  Begin(pipeline_, Story::kCpu);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.Only().phase, Phase::kEscalated);
  EXPECT_EQ(Done().size(), 2u);
}

TEST_F(TwoSteps, AStepThatFailedIsNotFollowed) {
  pipeline_.cluster.troubles = {SimCluster::Trouble::kRefuse};
  Begin(pipeline_, Story::kCpu);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.Only().phase, Phase::kEscalated);
  EXPECT_EQ(pipeline_.Only().step, 0);
  EXPECT_TRUE(pipeline_.cluster.accepted().empty());
}

TEST_F(TwoSteps, TheKillSwitchStopsTheSecondToo) {
  Begin(pipeline_, Story::kCpu);
  also_ = [this] {
    if (pipeline_.cluster.accepted().size() == 2) {
      pipeline_.switches.TurnOn("process");
    }
  };
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.Only().phase, Phase::kEscalated);
  EXPECT_EQ(pipeline_.cluster.accepted().size(), 2u);
}

class OneRunADay : public TwoSteps {
 protected:
  static Config OneRun() {
    Config config = QuickConfig();
    config.guards.same_runbook_per_day = 1;
    return config;
  }
  OneRunADay() : TwoSteps(OneRun()) {}
};

TEST_F(OneRunADay, TheBudgetsCountEachStep) {
  Begin(pipeline_, Story::kCpu);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.Only().phase, Phase::kEscalated);
  EXPECT_NE(pipeline_.Only().reason.find("same_runbook"), std::string::npos)
      << pipeline_.Only().reason;
  EXPECT_EQ(Done().size(), 2u);
}

TEST_F(TwoSteps, ARunbookThatChangedInBetweenIsNotFollowed) {
  Begin(pipeline_, Story::kCpu);
  also_ = [this] {
    if (pipeline_.Only().step != 1) return;
    Change([](Runbook& runbook) { runbook.digest = "another"; });
  };
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(pipeline_.Only().phase, Phase::kEscalated);
  EXPECT_NE(pipeline_.Only().reason.find("changed between"), std::string::npos)
      << pipeline_.Only().reason;
  EXPECT_EQ(Done().size(), 2u);
}

class TwoStepsAt : public TwoSteps,
                   public ::testing::WithParamInterface<Gate::Mode> {};

TEST_P(TwoStepsAt, EveryCallOfThePorts) {
  int calls = 0;
  {
    Begin(pipeline_, Story::kCpu);
    const int before = pipeline_.gate.calls();
    EXPECT_TRUE(pipeline_.Run(kLimit));
    calls = pipeline_.gate.calls() - before;
  }
  ASSERT_GT(calls, 60);
  for (int n = 1; n <= calls; n += 7 * kCallStride) {
    class Once : public TwoSteps {
     public:
      Once(Gate::Mode mode, int nth) {
        Begin(pipeline_, Story::kCpu);
        pipeline_.gate.Arm(mode, nth);
        EXPECT_TRUE(pipeline_.Run(kLimit)) << "call " << nth;
        EXPECT_TRUE(IsTerminal(pipeline_.Only().phase));
        CheckSafe();
      }
      void TestBody() override {}
    };
    const Once once(GetParam(), n);
    ASSERT_FALSE(HasFailure()) << "call " << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Ports, TwoStepsAt,
                         ::testing::Values(Gate::Mode::kFail,
                                           Gate::Mode::kDieBefore,
                                           Gate::Mode::kDieAfter));

}  // namespace
}  // namespace selfheal::testing
