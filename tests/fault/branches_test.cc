// A runbook whose steps ask for causes: which is taken, what follows where it
// did not help, and that the way back holds on the ladder.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{3 * 3600};
using Lines = std::vector<std::string>;

/// Three pods of Deployment cart, slow in the way that a test says; the
/// runbook is the shipped one.
class Branches : public ::testing::Test {
 protected:
  explicit Branches(Config config = QuickConfig()) : pipeline_(config) {
    AddWorkload(pipeline_, "cart");
    pipeline_.on_round = [this] {
      const std::size_t done = pipeline_.cluster.accepted().size();
      if (done < helps_at_) pipeline_.metrics.healed_at.reset();
      if (after_ && done > seen_) after_(done);
      seen_ = done;
    };
  }

  /// `sick`: empty = all pods.
  void Slow(std::vector<std::string> sick, double rate) {
    Pattern p99;
    p99.match = "histogram_quantile(0.99";
    p99.base = 60;
    p99.noise = 3;
    p99.value = 900;
    p99.since = std::chrono::minutes(15);
    p99.pods = std::move(sick);
    Pattern errors;
    errors.match = "code=~\"5..\"";
    Pattern requests;
    requests.match = "http_requests_total";
    requests.base = 50;
    requests.noise = 2;
    requests.value = rate;
    requests.since = std::chrono::minutes(15);
    pipeline_.metrics.patterns = {p99, errors, requests};
  }

  /// The alert comes; works until the end.
  Incident Heal() {
    pipeline_.PostFiring("SelfhealNetworkLatency",
                         pipeline_.PodsOf("cart").front());
    EXPECT_TRUE(pipeline_.Run(kLimit));
    return pipeline_.Only();
  }

  /// What the last row of a stage says of `key`.
  std::string Said(Stage stage, const std::string& key) {
    std::string said;
    for (const AuditRecord& row : pipeline_.store.state().audit) {
      if (row.stage != stage) continue;
      for (const auto& [name, value] : row.data) {
        if (name == key) said = std::get<std::string>(value);
      }
    }
    return said;
  }

  std::string Pod(std::size_t i) { return pipeline_.PodsOf("cart").at(i); }

  void Change(const std::function<void(Runbook&)>& change) {
    auto rules = std::make_shared<RuleSet>(*pipeline_.rules);
    change(rules->runbooks.at("network-latency"));
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

  Pipeline pipeline_;
  std::size_t helps_at_ = 1;
  std::size_t seen_ = 0;
  std::function<void(std::size_t done)> after_;
};

TEST_F(Branches, TheOnePodIsRestartedAndNoOther) {
  const std::string sick = Pod(1);
  Slow({sick}, 50);
  const Incident incident = Heal();
  EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
  EXPECT_EQ(Done(), Lines{"0 restart_pod"});
  EXPECT_EQ(incident.plan->change.object.name, sick);
  ASSERT_TRUE(incident.plan->cause.has_value());
  EXPECT_EQ(incident.plan->cause->cause, Cause::kOnePod);
  EXPECT_EQ(incident.plan->cause->names, Lines{sick});
  const std::string why = "1 of 3 pods: latency_p99_ms of " + sick;
  EXPECT_TRUE(Said(Stage::kAssess, "cause.one_pod").starts_with(why));
  EXPECT_TRUE(Said(Stage::kPlan, "because").starts_with("one_pod: " + why));
  const auto told =
      std::find_if(pipeline_.notices.begin(), pipeline_.notices.end(),
                   [](const Notice& notice) { return !notice.lines.empty(); });
  ASSERT_NE(told, pipeline_.notices.end());
  EXPECT_NE(told->lines.at(1).find("one_pod: " + why), std::string::npos);
}

TEST_F(Branches, WhatFollowsFitsTheEvidenceOfThen) {
  helps_at_ = 2;
  after_ = [this](std::size_t done) {
    if (done == 1) Slow({}, 160);
  };
  Slow({Pod(0)}, 50);
  const Incident incident = Heal();
  EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
  EXPECT_EQ(Done(), (Lines{"0 restart_pod", "3 scale_out"}));
  const auto& actions = pipeline_.store.state().actions;
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(actions[0].result, ActionResult::kNotMitigated);
  EXPECT_GE(actions[1].started_at, *actions[0].finished_at + seconds(360))
      << "the cooldown of a failed action is waited out";
  std::vector<Notice> waits;
  for (const Notice& notice : pipeline_.notices) {
    for (const NoticeFact& fact : notice.facts) {
      if (fact.name == "Waits") waits.push_back(notice);
    }
  }
  ASSERT_EQ(waits.size(), 1u) << "people see once that it waits";
  EXPECT_TRUE(waits[0].lines.empty()) << "and nothing is said aloud";
  const auto& facts = waits[0].facts;
  const std::string until = FormatTime(*actions[0].finished_at + seconds(360));
  EXPECT_NE(facts[facts.size() - 2].text.find("rests until " + until),
            std::string::npos)
      << facts[facts.size() - 2].text;
  EXPECT_TRUE(facts.back().text.starts_with("until " + until));
}

TEST_F(Branches, AfterAStepThatDidNotHelpNothingMayFit) {
  helps_at_ = 99;
  after_ = [this](std::size_t) { Slow({}, 50); };
  Slow({Pod(0)}, 50);
  const Incident incident = Heal();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_EQ(Done(), Lines{"0 restart_pod"});
  EXPECT_NE(incident.reason.find("that is left fits: not one_pod, some_pods"),
            std::string::npos)
      << incident.reason;
}

TEST_F(Branches, TwoStepsThatDidNotHelpAreEnough) {
  helps_at_ = 99;
  Change([](Runbook& runbook) {
    runbook.steps.push_back(runbook.steps[1]);
    runbook.steps.back().when.clear();
  });
  after_ = [this](std::size_t) { Slow({}, 160); };
  Slow({Pod(0)}, 50);
  const Incident incident = Heal();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_EQ(Done(),
            (Lines{"0 restart_pod", "3 scale_out", "3 undo_scale_out"}));
}

TEST_F(Branches, ANotifyForACauseTellsAtOnce) {
  Change([](Runbook& runbook) {
    RunbookStep step;
    step.action = Notify{};
    step.when = {Cause::kAllPods};
    runbook.steps.push_back(step);
  });
  Slow({}, 50);
  const Incident incident = Heal();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_TRUE(Done().empty());
  EXPECT_NE(incident.reason.find("tells a person: all_pods: 3 of 3 pods"),
            std::string::npos)
      << incident.reason;
}

TEST_F(Branches, APodThatWentAwayIsNotRestarted) {
  const std::string sick = Pod(0);
  Slow({sick}, 50);
  pipeline_.cluster.on_list = [&, lists = 0]() mutable {
    // Of a pass, after the revisions and the pods: that of the plan.
    if (++lists != 3) return;
    kubesim::ApiRequest request;
    request.method = "DELETE";
    request.path = "/api/v1/namespaces/shop/pods/" + sick;
    pipeline_.cluster.world().api().Handle(request);
  };
  const Incident incident = Heal();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_NE(incident.reason.find("which stood out, is gone"), std::string::npos)
      << incident.reason;
  EXPECT_TRUE(pipeline_.cluster.accepted().empty());
}

class OneActionAnHour : public Branches {
 protected:
  static Config One() {
    Config config = QuickConfig();
    config.guards.max_actions_per_hour = 1;
    return config;
  }
  OneActionAnHour() : Branches(One()) {
    helps_at_ = 99;
    Slow({}, 160);
    Change([](Runbook& runbook) {
      runbook.steps.push_back(runbook.steps[1]);
      runbook.steps.back().when.clear();
    });
  }
};

TEST_F(OneActionAnHour, TheWayBackNeedsNoBudget) {
  const Incident incident = Heal();
  EXPECT_EQ(Done(), (Lines{"3 scale_out", "3 undo_scale_out"}));
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_NE(incident.reason.find("denied by rate"), std::string::npos)
      << incident.reason;
}

TEST_F(OneActionAnHour, TheKillSwitchStopsTheWayBackToo) {
  after_ = [this](std::size_t) { pipeline_.switches.TurnOn("process"); };
  const Incident incident = Heal();
  EXPECT_EQ(Done(), Lines{"3 scale_out"});
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_NE(incident.reason.find("the way back failed too"), std::string::npos)
      << incident.reason;
}

TEST_F(OneActionAnHour, WhatSomeoneElseScaledIsNotTakenBack) {
  after_ = [this](std::size_t) {
    kubesim::ApiRequest request;
    request.method = "PATCH";
    request.path = "/apis/apps/v1/namespaces/shop/deployments/cart";
    request.content_type = "application/merge-patch+json";
    request.body = R"({"spec":{"replicas":7}})";
    EXPECT_EQ(pipeline_.cluster.world().api().Handle(request).code, 200);
  };
  const Incident incident = Heal();
  EXPECT_EQ(Done(), Lines{"3 scale_out"});
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_NE(incident.reason.find("someone else has scaled it"),
            std::string::npos)
      << incident.reason;
}

}  // namespace
}  // namespace selfheal::testing
