#include <gtest/gtest.h>

#include <functional>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr FindingOutcome kAllow = FindingOutcome::kAllow;
constexpr FindingOutcome kAsk = FindingOutcome::kNeedsApproval;
constexpr FindingOutcome kDeny = FindingOutcome::kDeny;

void SetRisk(GuardWorld& world, Risk risk) {
  world.runbook.risk = world.plan.risk = risk;
}

/// A grant for exactly this plan.
Approval Grant(const GuardWorld& world) {
  Approval approval;
  approval.plan_hash = world.plan.hash;
  approval.target_uid = world.plan.target_uid;
  approval.generation = world.plan.change.generation;
  approval.asked_at = world.now() - seconds(60);
  approval.expires_at = world.now() + seconds(840);
  approval.state = ApprovalState::kGranted;
  approval.decided_by = "ann, ben";
  approval.grants = {{"ann", world.now(), ""}, {"ben", world.now(), ""}};
  return approval;
}

TEST(ApprovalGuard, WhoIsAskedByRisk) {
  const struct {
    Risk risk;
    std::vector<std::string> production;
    bool required;
    FindingOutcome outcome;
  } cases[] = {
      {Risk::kLow, {}, false, kAllow},
      {Risk::kLow, {"shop"}, false, kAllow},
      {Risk::kLow, {}, true, kAsk},
      {Risk::kMedium, {}, false, kAllow},
      {Risk::kMedium, {"other"}, false, kAllow},
      {Risk::kMedium, {"shop"}, false, kAsk},
      {Risk::kMedium, {"*"}, false, kAsk},
      {Risk::kHigh, {}, false, kAsk},
  };
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    SetRisk(world, c.risk);
    world.policy.guards.production_namespaces = c.production;
    world.runbook.guards.require_approval = c.required;
    EXPECT_EQ(world.Of("approval").outcome, c.outcome);
    world.incident.approval = Grant(world);
    EXPECT_EQ(world.Of("approval").outcome, kAllow);
    const GuardResult result = world.Check();
    ASSERT_TRUE(result.permit.has_value());
    EXPECT_EQ(result.permit->purpose().needs_approval, c.outcome == kAsk)
        << "the grant is consumed exactly where it was needed";
  }
}

TEST(ApprovalGuard, TheStricterOfPlanAndRunbookCounts) {
  GuardWorld plan(Scene::kCanary);
  plan.plan.risk = Risk::kHigh;
  EXPECT_EQ(plan.Of("approval").outcome, kAsk);
  GuardWorld runbook(Scene::kCanary);
  runbook.runbook.risk = Risk::kHigh;
  EXPECT_EQ(runbook.Of("approval").outcome, kAsk);
}

TEST(ApprovalGuard, AGrantIsForOnePlanOneObjectOneGeneration) {
  const std::function<void(Approval&, GuardWorld&)> spoils[] = {
      [](Approval& a, GuardWorld&) { a.plan_hash = "another"; },
      [](Approval& a, GuardWorld&) { a.plan_hash = ""; },
      [](Approval& a, GuardWorld&) { a.target_uid = "uid-before"; },
      [](Approval& a, GuardWorld&) { a.target_uid = ""; },
      [](Approval& a, GuardWorld&) { a.generation = 2; },
      [](Approval& a, GuardWorld& w) { a.expires_at = w.now(); },
      [](Approval& a, GuardWorld&) { a.grants.clear(); },
      [](Approval& a, GuardWorld&) { a.grants = {{"", a.asked_at, ""}}; },
      [](Approval& a, GuardWorld&) { a.state = ApprovalState::kPending; },
      [](Approval& a, GuardWorld&) { a.state = ApprovalState::kExpired; },
      [](Approval& a, GuardWorld&) { a.state = ApprovalState::kConsumed; },
      [](Approval& a, GuardWorld&) { a.state = ApprovalState::kDenied; },
  };
  int index = 0;
  for (const auto& spoil : spoils) {
    GuardWorld world(Scene::kCanary);
    SetRisk(world, Risk::kHigh);
    Approval approval = Grant(world);
    spoil(approval, world);
    world.incident.approval = approval;
    EXPECT_NE(world.Of("approval").outcome, kAllow) << index++;
    EXPECT_FALSE(world.Check().permit.has_value());
  }
}

TEST(ApprovalGuard, HighRiskInProductionTakesTwoDifferentPeople) {
  const struct {
    std::vector<std::string> production;
    std::vector<std::string> names;
    FindingOutcome outcome;
  } cases[] = {
      {{}, {"ann"}, kAllow},
      {{"other"}, {"ann"}, kAllow},
      {{"shop"}, {"ann"}, kAsk},
      {{"*"}, {"ann"}, kAsk},
      {{"shop"}, {"ann", "ann"}, kAsk},
      {{"shop"}, {"ann", ""}, kAsk},
      {{"shop"}, {"ann", "ben"}, kAllow},
  };
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    SetRisk(world, Risk::kHigh);
    world.policy.guards.production_namespaces = c.production;
    const bool production = !c.production.empty() && c.production[0] != "other";
    EXPECT_EQ(world.Check().people, production ? 2 : 1);
    Approval approval = Grant(world);
    approval.grants.clear();
    for (const std::string& name : c.names) {
      approval.grants.push_back({name, world.now(), ""});
    }
    world.incident.approval = approval;
    EXPECT_EQ(world.Of("approval").outcome, c.outcome);
    EXPECT_EQ(world.Check().permit.has_value(), c.outcome == kAllow);
  }
}

TEST(ApprovalGuard, ADenialDenies) {
  GuardWorld world(Scene::kCanary);
  SetRisk(world, Risk::kHigh);
  world.incident.approval = Grant(world);
  world.incident.approval->state = ApprovalState::kDenied;
  EXPECT_EQ(world.Of("approval").outcome, kDeny);
}

TEST(ApprovalGuard, GrantsNothingBeyondEligibility) {
  GuardWorld world(Scene::kCanary);
  SetRisk(world, Risk::kHigh);
  world.incident.approval = Grant(world);
  world.switches.TurnOn("file");
  EXPECT_EQ(world.Preview().outcome, kDeny);
}

TEST(ApprovalGuard, FurtherIntentsOfTheActionThatConsumedIt) {
  GuardWorld world(Scene::kRest);
  SetRisk(world, Risk::kHigh);
  world.incident.approval = Grant(world);
  world.incident.approval->state = ApprovalState::kConsumed;
  // The canary took longer than the grant lived.
  world.incident.approval->expires_at = world.now() - seconds(1);
  GuardResult result = world.Check();
  ASSERT_TRUE(result.permit.has_value());
  EXPECT_FALSE(result.permit->purpose().needs_approval);
  world.incident.progress.action_id = "another";
  EXPECT_EQ(world.Of("approval").outcome, kAsk);
  world.incident.progress.action_id = "action";
  world.purpose.first_of_action = true;
  EXPECT_EQ(world.Of("approval").outcome, kAsk);
  // What was consumed was for something else.
  world.purpose.first_of_action = false;
  world.incident.approval->plan_hash = "another";
  EXPECT_EQ(world.Of("approval").outcome, kAsk);
}

TEST(ApprovalGuard, AnUndoNeedsNone) {
  for (const Scene scene : kAllScenes) {
    if (!IsUndoScene(scene)) continue;
    GuardWorld world(scene);
    SetRisk(world, Risk::kHigh);
    world.purpose.first_of_action = true;
    GuardResult result = world.Check();
    ASSERT_TRUE(result.permit.has_value());
    EXPECT_FALSE(result.permit->purpose().needs_approval);
    world.incident.approval = Grant(world);
    world.incident.approval->state = ApprovalState::kDenied;
    EXPECT_EQ(world.Of("approval").outcome, kAllow);
  }
}

}  // namespace
}  // namespace selfheal::guard
