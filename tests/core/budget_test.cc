#include "core/budget.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Time kNow = *ParseTime("2026-11-25T12:00:00Z");
const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};
const ObjectRef kUser{ObjectKind::kDeployment, "auth", "user"};

ActionRow Ended(const ObjectRef& target, Duration ago, ActionResult result,
                ActionKind kind = ActionKind::kRollingRestart) {
  return {.action_id = "a",
          .incident_id = "i",
          .target = target,
          .kind = kind,
          .runbook = "memory-leak",
          .started_at = kNow - ago,
          .finished_at = kNow - ago,
          .result = result};
}

std::vector<std::string> Guards(const std::vector<ActionRow>& rows,
                                ActionKind kind = ActionKind::kRollingRestart,
                                const ObjectRef& target = kCart) {
  std::vector<std::string> names;
  for (const BudgetProblem& problem :
       CheckBudgets(rows, Budgets{}, target, kind, "memory-leak", kNow)) {
    names.push_back(problem.guard);
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(BudgetTest, NothingHappenedIsWithinAllBudgets) {
  EXPECT_EQ(Guards({}), Names{});
}

TEST(BudgetTest, OneActionInFlightHoldsTheWholeCluster) {
  ActionRow row = Ended(kUser, minutes(1), ActionResult::kInFlight);
  row.finished_at.reset();
  EXPECT_EQ(Guards({row}), Names{"in_flight"});
}

TEST(BudgetTest, OneActionATargetAndNamespaceHoweverManyAreAllowed) {
  Budgets budgets;
  budgets.max_in_flight = 3;
  const auto blocked = [&](const ObjectRef& busy, const ObjectRef& target) {
    ActionRow row = Ended(busy, minutes(30), ActionResult::kInFlight);
    row.finished_at.reset();
    for (const BudgetProblem& problem : CheckBudgets(
             {row}, budgets, target, ActionKind::kScaleOut, "other", kNow)) {
      if (problem.guard == "in_flight") return true;
    }
    return false;
  };
  const ObjectRef pay{ObjectKind::kDeployment, "shop", "pay"};
  const ObjectRef node{ObjectKind::kNode, "", "n1"};
  const ObjectRef other_node{ObjectKind::kNode, "", "n2"};
  EXPECT_TRUE(blocked(kCart, kCart));
  EXPECT_TRUE(blocked(pay, kCart)) << "the same namespace";
  EXPECT_FALSE(blocked(kUser, kCart));
  EXPECT_TRUE(blocked(node, node));
  EXPECT_FALSE(blocked(node, other_node)) << "no namespace is none in common";
}

TEST(BudgetTest, CooldownEndsToTheSecond) {
  EXPECT_EQ(Guards({Ended(kCart, seconds(299), ActionResult::kMitigated)}),
            Names{"cooldown"});
  EXPECT_EQ(Guards({Ended(kCart, seconds(300), ActionResult::kMitigated)}),
            Names{});
}

TEST(BudgetTest, AFailureDoublesTheCooldown) {
  EXPECT_EQ(Guards({Ended(kCart, seconds(599), ActionResult::kFailed)}),
            Names{"cooldown"});
  EXPECT_EQ(Guards({Ended(kCart, seconds(600), ActionResult::kFailed)}),
            Names{});
}

TEST(BudgetTest, ScalingHasItsOwnCooldown) {
  const auto row = Ended(kCart, seconds(181), ActionResult::kMitigated,
                         ActionKind::kScaleOut);
  EXPECT_EQ(Guards({row}, ActionKind::kScaleOut), Names{});
  EXPECT_EQ(Guards({row}, ActionKind::kRollingRestart), Names{"cooldown"});
}

TEST(BudgetTest, RestartsOfOneTargetAnHour) {
  std::vector<ActionRow> rows;
  for (int i = 1; i <= 3; ++i) {
    rows.push_back(Ended(kCart, minutes(15 * i), ActionResult::kMitigated));
  }
  EXPECT_EQ(Guards(rows), Names{"restarts"});
  EXPECT_EQ(Guards(rows, ActionKind::kScaleOut), Names{});
  EXPECT_EQ(Guards(rows, ActionKind::kRollingRestart, kUser), Names{});
}

TEST(BudgetTest, RateOfTheClusterSaysWhenTheNextSlotIsFree) {
  std::vector<ActionRow> rows;
  for (int i = 1; i <= 3; ++i) {
    rows.push_back(Ended(kUser, minutes(3 * i), ActionResult::kMitigated));
  }
  const auto problems =
      CheckBudgets(rows, Budgets{}, kCart, ActionKind::kScaleOut, "cpu", kNow);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].guard, "rate");
  EXPECT_EQ(problems[0].retry_at, kNow + minutes(1));
}

TEST(BudgetTest, ARunbookThatDidNotHelpTwiceNeedsAPerson) {
  const std::vector<ActionRow> rows = {
      Ended(kCart, hours(2), ActionResult::kNotMitigated),
      Ended(kCart, hours(3), ActionResult::kInconclusive)};
  const auto problems = CheckBudgets(
      rows, Budgets{}, kCart, ActionKind::kRollingRestart, "memory-leak", kNow);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].guard, "same_runbook");
  EXPECT_FALSE(problems[0].retry_at.has_value());
}

TEST(BudgetTest, UndoAndCancelledActionsCountForNothing) {
  ActionRow flight = Ended(kCart, minutes(1), ActionResult::kInFlight);
  flight.finished_at.reset();
  EXPECT_EQ(Guards({flight}, ActionKind::kUndoScaleOut), Names{});
  EXPECT_EQ(Guards({Ended(kCart, minutes(1), ActionResult::kCancelled)}),
            Names{});
}

TEST(BudgetTest, ALimitOfZeroAllowsNothing) {
  Budgets none;
  none.max_per_10m = 0;
  EXPECT_EQ(CheckBudgets({}, none, kCart, ActionKind::kScaleOut, "r", kNow)
                .front()
                .guard,
            "rate");
}

}  // namespace
}  // namespace selfheal
