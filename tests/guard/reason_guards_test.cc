// Why to act at all: freshness, confirmation, storm, breaker, blind, budgets.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr FindingOutcome kAllow = FindingOutcome::kAllow;
constexpr FindingOutcome kDeny = FindingOutcome::kDeny;

TEST(Freshness, AgeAtItsEdges) {
  const struct {
    seconds age;
    FindingOutcome outcome;
  } cases[] = {{seconds(0), kAllow},  {seconds(300), kAllow},
               {seconds(301), kDeny}, {seconds(-30), kAllow},
               {seconds(-31), kDeny}, {seconds(86400), kDeny}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    world.evidence.at = world.now() - c.age;
    EXPECT_EQ(world.Of("freshness").outcome, c.outcome) << c.age.count();
  }
}

TEST(Freshness, MissingIsNeverGood) {
  GuardWorld none(Scene::kCanary);
  none.evidence.metrics.clear();
  EXPECT_EQ(none.Of("freshness").outcome, kDeny);
  GuardWorld whole(Scene::kCanary);
  whole.evidence.problems = {"prometheus: warning"};
  EXPECT_EQ(whole.Of("freshness").outcome, kDeny);
  GuardWorld one(Scene::kCanary);
  one.evidence.metrics[0].problem = "no series";
  EXPECT_EQ(one.Of("freshness").outcome, kDeny);
  GuardWorld two(Scene::kCanary);
  MetricWindow other;
  other.name = "other";
  other.problem = "no series";
  two.evidence.metrics.push_back(other);
  EXPECT_EQ(two.Of("freshness").outcome, kDeny) << "one of two is not enough";
  GuardWorld optional(Scene::kCanary);
  MetricWindow errors;
  errors.name = "errors";
  errors.optional = true;
  errors.problem = "no series";
  optional.evidence.metrics.push_back(errors);
  EXPECT_EQ(optional.Of("freshness").outcome, kAllow);
  optional.evidence.metrics[0].optional = true;
  optional.evidence.metrics[0].problem = "no series";
  EXPECT_EQ(optional.Of("freshness").outcome, kDeny) << "nothing is left";
}

TEST(Freshness, ASettingThatLetsNothingBeFreshDenies) {
  GuardWorld world(Scene::kCanary);
  world.policy.guards.max_evidence_age_steps = 0;
  EXPECT_EQ(world.Of("freshness").outcome, kDeny);
}

TEST(Confirmation, OnlyAConfirmedAssessmentOfThisEvidence) {
  for (const Judgement outcome :
       {Judgement::kNotConfirmed, Judgement::kInconclusive}) {
    for (const Scene scene : {Scene::kCanary, Scene::kRest, Scene::kScale}) {
      GuardWorld world(scene);
      world.incident.assessment->outcome = outcome;
      EXPECT_EQ(world.Of("confirmation").outcome, kDeny);
    }
  }
  GuardWorld none(Scene::kCanary);
  none.incident.assessment.reset();
  EXPECT_EQ(none.Of("confirmation").outcome, kDeny);
  GuardWorld other(Scene::kCanary);
  other.assessed_at = other.evidence.at - seconds(60);
  EXPECT_EQ(other.Of("confirmation").outcome, kDeny);
  other.assessed_at.reset();
  EXPECT_EQ(other.Of("confirmation").outcome, kDeny);
}

TEST(Confirmation, AModelAloneNeverAuthorises) {
  const double values[] = {std::nan(""),
                           std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(),
                           0,
                           1,
                           std::numeric_limits<double>::max(),
                           std::numeric_limits<double>::lowest()};
  for (const double value : values) {
    GuardWorld world(Scene::kCanary);
    world.incident.assessment->score = value;
    world.incident.assessment->confidence = value;
    Forecast forecast;
    forecast.outcome = Judgement::kConfirmed;
    forecast.probability = value;
    world.incident.assessment->forecast = forecast;
    world.incident.alerts[0].firing = false;
    EXPECT_EQ(world.Of("confirmation").outcome, kDeny);
    world.incident.alerts.clear();
    EXPECT_EQ(world.Of("confirmation").outcome, kDeny);
    EXPECT_FALSE(world.Check().permit.has_value());
  }
}

TEST(Confirmation, TheWatchsOwnGateAuthorises) {
  const auto watched = [](GuardWorld& w) {
    w.incident.alerts.clear();
    w.incident.from_watch = true;
    w.rule.watch = "x > 1";
    w.gate_seen = w.now() - seconds(60);
  };
  GuardWorld good(Scene::kCanary);
  watched(good);
  EXPECT_EQ(good.Of("confirmation").outcome, kAllow);
  const struct {
    std::function<void(GuardWorld&)> spoil;
    bool waits;  ///< The watch may say so a moment later.
  } cases[] = {
      {[](GuardWorld& w) { w.incident.from_watch = false; }, false},
      {[](GuardWorld& w) { w.rule.watch.reset(); }, false},
      {[](GuardWorld& w) { w.gate_seen.reset(); }, true},
      {[](GuardWorld& w) { w.gate_seen = w.now() - seconds(300); }, true},
      {[](GuardWorld& w) { w.gate_seen = w.now() + seconds(31); }, true},
  };
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    watched(world);
    c.spoil(world);
    const Finding finding = world.Of("confirmation");
    EXPECT_EQ(finding.outcome, kDeny);
    EXPECT_EQ(finding.retry_at.has_value(), c.waits) << finding.reason;
    EXPECT_FALSE(world.Check().permit.has_value());
  }
}

TEST(Confirmation, TheRestFollowsOnlyAWellCanary) {
  for (const auto canary : {std::optional<Judgement>(Judgement::kConfirmed),
                            std::optional<Judgement>(Judgement::kInconclusive),
                            std::optional<Judgement>()}) {
    GuardWorld world(Scene::kRest);
    world.incident.progress.canary = canary;
    EXPECT_EQ(world.Of("confirmation").outcome, kDeny);
  }
  GuardWorld resolved(Scene::kRest);
  resolved.incident.alerts[0].firing = false;
  EXPECT_EQ(resolved.Of("confirmation").outcome, kAllow)
      << "what was begun well is finished";
  GuardWorld without(Scene::kRest);
  without.plan.change.canaries.clear();
  without.incident.progress.canary.reset();
  EXPECT_EQ(without.Of("confirmation").outcome, kAllow)
      << "a second attempt where there is no canary";
}

TEST(Storm, CountsDistinctNewTargets) {
  const struct {
    int distinct, repeats;
    seconds age;
    FindingOutcome outcome;
  } cases[] = {{4, 1, seconds(0), kAllow},   {5, 1, seconds(0), kDeny},
               {4, 9, seconds(0), kAllow},   {5, 1, seconds(120), kDeny},
               {5, 1, seconds(121), kAllow}, {500, 1, seconds(1), kDeny}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    for (int i = 0; i < c.distinct * c.repeats; ++i) {
      world.history.state.episodes.push_back(
          {{ObjectKind::kDeployment, "shop",
            "app-" + std::to_string(i % c.distinct)},
           world.now() - c.age});
    }
    EXPECT_EQ(world.Of("storm").outcome, c.outcome)
        << c.distinct << " " << c.age.count();
    EXPECT_EQ(world.Check().permit.has_value(), c.outcome == kAllow);
  }
}

TEST(Storm, AFirstTripTheDayAfterClosesByItself) {
  GuardWorld world(Scene::kCanary);
  for (int i = 0; i < 5; ++i) {
    world.history.state.episodes.push_back(
        {{ObjectKind::kDeployment, "n", std::to_string(i)}, world.now()});
  }
  world.history.state.last_storm = world.now() - seconds(86400);
  static_cast<void>(world.Check());
  ASSERT_EQ(world.history.state.breakers.size(), 1u);
  EXPECT_TRUE(world.history.state.breakers[0].closes_at.has_value());
}

TEST(Breaker, GlobalAndOwnCount) {
  const struct {
    const char* scope;
    std::optional<seconds> closes_in;
    FindingOutcome outcome;
  } cases[] = {{"global", std::nullopt, kDeny},
               {"memory-leak", std::nullopt, kDeny},
               {"crash-loop", std::nullopt, kAllow},
               {"global", seconds(1), kDeny},
               {"global", seconds(0), kAllow},
               {"global", seconds(-1), kAllow}};
  for (const auto& c : cases) {
    for (const Scene scene : {Scene::kCanary, Scene::kRest}) {
      GuardWorld world(scene);
      BreakerRow row{c.scope, world.now() - seconds(60), "why", {}};
      if (c.closes_in) row.closes_at = world.now() + *c.closes_in;
      world.history.state.breakers = {row};
      EXPECT_EQ(world.Of("breaker").outcome, c.outcome) << c.scope;
    }
  }
}

TEST(Blind, FiveMinutesWithoutTheWatchdog) {
  const struct {
    bool required;
    std::optional<seconds> age;
    FindingOutcome outcome;
  } cases[] = {{false, std::nullopt, kAllow}, {true, std::nullopt, kDeny},
               {false, seconds(299), kAllow}, {false, seconds(300), kDeny},
               {true, seconds(299), kAllow},  {true, seconds(300), kDeny}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    world.policy.guards.require_watchdog = c.required;
    if (c.age) world.watchdog_seen = world.now() - *c.age;
    EXPECT_EQ(world.Of("blind").outcome, c.outcome);
  }
}

/// Everything an undo is exempt from, at once.
TEST(Undo, IsExemptFromWhatHoldsNewActionsBack) {
  for (const Scene scene :
       {Scene::kUndoRestart, Scene::kUndoScale, Scene::kUndoHpa}) {
    GuardWorld world(scene);
    world.evidence.problems = {"prometheus is down"};
    world.evidence.at = world.now() - seconds(86400);
    world.incident.assessment.reset();
    world.incident.alerts.clear();
    world.policy.guards.require_watchdog = true;
    world.runbook.guards.require_approval = true;
    world.history.state.breakers = {{"global", world.now(), "why", {}},
                                    {"memory-leak", world.now(), "why", {}}};
    for (int i = 0; i < 9; ++i) {
      world.history.state.episodes.push_back(
          {{ObjectKind::kDeployment, "n", std::to_string(i)}, world.now()});
      ActionRow row;
      row.target = world.deployment;
      row.kind = ActionKind::kRollingRestart;
      row.runbook = world.runbook.name;
      row.started_at = world.now() - seconds(30);
      row.result = i == 0 ? ActionResult::kInFlight : ActionResult::kFailed;
      world.history.state.actions.push_back(row);
    }
    EXPECT_TRUE(world.Objections().empty()) << world.Objections().front();
    EXPECT_TRUE(world.Check().permit.has_value());
    EXPECT_EQ(world.history.state.breakers.size(), 2u);
  }
}

TEST(Budgets, AChildUsesNone) {
  GuardWorld world(Scene::kRest);
  for (int i = 0; i < 20; ++i) {
    ActionRow row;
    row.target = world.deployment;
    row.kind = ActionKind::kRollingRestart;
    row.runbook = world.runbook.name;
    row.started_at = world.now() - seconds(30);
    row.result = i == 0 ? ActionResult::kInFlight : ActionResult::kFailed;
    world.history.state.actions.push_back(row);
  }
  EXPECT_TRUE(world.Check().permit.has_value());
  world.purpose.first_of_action = true;
  EXPECT_FALSE(world.Check().permit.has_value());
}

TEST(Budgets, CooldownSaysWhenToAskAgain) {
  GuardWorld world(Scene::kCanary);
  ActionRow row;
  row.target = world.deployment;
  row.kind = ActionKind::kScaleOut;
  row.runbook = "other";
  row.started_at = world.now() - seconds(100);
  row.finished_at = world.now() - seconds(50);
  row.result = ActionResult::kMitigated;
  world.history.state.actions = {row};
  EXPECT_EQ(world.Of("cooldown").retry_at, world.now() + seconds(250));
  world.history.state.actions[0].result = ActionResult::kFailed;
  EXPECT_EQ(world.Of("cooldown").retry_at, world.now() + seconds(550));
  EXPECT_EQ(world.Preview().retry_at, world.now() + seconds(550));
}

TEST(Budgets, TheLongerOfTwoWaitsCounts) {
  GuardWorld world(Scene::kCanary);
  for (int i = 0; i < 10; ++i) {
    ActionRow row;
    row.target = {ObjectKind::kDeployment, "elsewhere", "x"};
    row.kind = ActionKind::kScaleOut;
    row.started_at = world.now() - seconds(i < 7 ? 59 * 60 : 60);
    row.finished_at = row.started_at;
    row.result = ActionResult::kMitigated;
    world.history.state.actions.push_back(row);
  }
  EXPECT_EQ(world.Of("rate").retry_at, world.now() + seconds(9 * 60))
      << "of the hour's a slot is free in a minute, of ten minutes' in nine";
}

TEST(Budgets, TheSameRunbookThatDidNotHelpDoesNotWait) {
  GuardWorld world(Scene::kCanary);
  for (int i = 2; i <= 3; ++i) {
    ActionRow row;
    row.target = world.deployment;
    row.kind = ActionKind::kRollingRestart;
    row.runbook = world.runbook.name;
    row.started_at = world.now() - seconds(7200) * i;
    row.finished_at = row.started_at;
    row.result = ActionResult::kNotMitigated;
    world.history.state.actions.push_back(row);
  }
  EXPECT_EQ(world.Of("same_runbook").outcome, kDeny);
  EXPECT_FALSE(world.Preview().retry_at.has_value());
}

}  // namespace
}  // namespace selfheal::guard
