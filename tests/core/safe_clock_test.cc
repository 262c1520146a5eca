#include "core/safe_clock.h"

#include <gtest/gtest.h>

#include "core/budget.h"
#include "core/heartbeat.h"
#include "sim/fakes/fake_clock.h"

namespace selfheal {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::FakeClock;

/// How far somebody sets the wall clock.
constexpr Duration kSteps[] = {seconds(1),   seconds(31),    minutes(5),
                               hours(1),     hours(24),      -seconds(1),
                               -seconds(31), -minutes(5),    -hours(1),
                               -hours(24),   hours(24 * 400)};

bool Large(Duration step) {
  return step > kMostClockSkew || step < -kMostClockSkew;
}

TEST(SafeClock, RunsWithTheWallWhereNobodySetsIt) {
  FakeClock wall;
  const SafeClock clock(wall);
  wall.Advance(hours(100));
  EXPECT_EQ(clock.Now(), wall.Now());
  EXPECT_EQ(clock.Skew(), Duration::zero());
  EXPECT_EQ(clock.SteadyNow(), wall.SteadyNow());
}

TEST(SafeClock, IsNotSetByWhoSetsTheWall) {
  for (const Duration step : kSteps) {
    FakeClock wall;
    const SafeClock clock(wall);
    const Time before = clock.Now();
    wall.SetWall(wall.Now() + step);
    EXPECT_EQ(clock.Now(), before) << step.count();
    EXPECT_EQ(clock.Skew(), step);
    wall.Advance(seconds(300));
    const Duration passed = clock.Now() - before;
    if (Large(step)) {
      EXPECT_EQ(passed, seconds(300)) << step.count();
      EXPECT_EQ(clock.Skew(), step);
    } else {
      // Followed, a thousandth of the time that passes.
      EXPECT_EQ(passed, seconds(300) + (step > Duration{} ? 1 : -1) *
                                           std::chrono::milliseconds(300));
    }
  }
}

TEST(SafeClock, FollowsASmallStepUntilItAgrees) {
  FakeClock wall;
  const SafeClock clock(wall);
  wall.SetWall(wall.Now() + seconds(1));
  for (int i = 0; i < 20; ++i) {
    wall.Advance(seconds(60));
    static_cast<void>(clock.Now());
  }
  EXPECT_EQ(clock.Skew(), Duration::zero());
}

TEST(SafeClock, ManySmallStepsAddUpToASkew) {
  FakeClock wall;
  const SafeClock clock(wall);
  for (int i = 0; i < 3; ++i) {
    wall.SetWall(wall.Now() + seconds(29));
    wall.Advance(seconds(60));
    static_cast<void>(clock.Now());
  }
  EXPECT_GT(clock.Skew(), kMostClockSkew);
}

TEST(SafeClock, NeverGoesBack) {
  FakeClock wall;
  const SafeClock clock(wall);
  Time last = clock.Now();
  for (int i = 0; i < 500; ++i) {
    wall.SetWall(wall.Now() + kSteps[static_cast<std::size_t>(i) % 11]);
    wall.Advance(std::chrono::milliseconds(i));
    const Time now = clock.Now();
    EXPECT_GE(now, last);
    last = now;
  }
}

/// A cooldown of 300 s that began at the start ends 300 s later, whatever was
/// done to the wall clock; 31 s and more change nothing at all.
TEST(SafeClock, NoCooldownEndsEarly) {
  const ObjectRef target{ObjectKind::kDeployment, "shop", "cart"};
  for (const Duration step : kSteps) {
    FakeClock wall;
    const SafeClock clock(wall);
    ActionRow row;
    row.target = target;
    row.kind = ActionKind::kRollingRestart;
    row.runbook = "other";
    row.started_at = clock.Now();
    row.finished_at = clock.Now();
    row.result = ActionResult::kMitigated;
    const auto rests = [&] {
      return !CheckBudgets({row}, Budgets{}, target,
                           ActionKind::kRollingRestart, "memory-leak",
                           clock.Now())
                  .empty();
    };
    wall.SetWall(wall.Now() + step);
    EXPECT_TRUE(rests()) << step.count();
    wall.Advance(seconds(299));
    EXPECT_TRUE(rests()) << step.count();
    wall.Advance(seconds(2));
    EXPECT_FALSE(rests()) << step.count();
  }
}

/// An approval of 15 min ends after 15 min, also where the clock is set back.
TEST(SafeClock, NoApprovalEndsLate) {
  for (const Duration step : kSteps) {
    FakeClock wall;
    const SafeClock clock(wall);
    const Time expires_at = clock.Now() + minutes(15);
    wall.SetWall(wall.Now() + step);
    wall.Advance(minutes(15) + seconds(2));
    EXPECT_GE(clock.Now(), expires_at) << step.count();
  }
}

TEST(SafeClock, BeginsAnewOnDemand) {
  FakeClock wall;
  SafeClock clock(wall);
  wall.SetWall(wall.Now() + hours(1));
  clock.SetTo(wall.Now());
  EXPECT_EQ(clock.Skew(), Duration::zero());
}

TEST(ResumeTime, GoesOnWithTheTimeOfTheProcessBefore) {
  FakeClock wall;
  for (const Duration step : kSteps) {
    const Heartbeat last{wall.Now(), wall.SteadyNow(), "boot"};
    const Heartbeat now{wall.Now() + seconds(100) + step,
                        wall.SteadyNow() + seconds(100), "boot"};
    EXPECT_EQ(ResumeTime(last, now),
              Large(step) ? last.at + seconds(100) : now.at)
        << step.count();
  }
}

TEST(ResumeTime, OfAnotherBootOnlyABackwardStepShows) {
  FakeClock wall;
  for (const char* boot : {"other", ""}) {
    const Heartbeat last{wall.Now(), wall.SteadyNow(), "boot"};
    Heartbeat now{wall.Now() + hours(24), SteadyTime(seconds(5)), boot};
    EXPECT_EQ(ResumeTime(last, now), now.at);
    now.at = wall.Now() - seconds(29);
    EXPECT_EQ(ResumeTime(last, now), now.at);
    now.at = wall.Now() - seconds(31);
    EXPECT_EQ(ResumeTime(last, now), last.at);
  }
  const Heartbeat first{wall.Now(), wall.SteadyNow(), "boot"};
  EXPECT_EQ(ResumeTime(std::nullopt, first), first.at);
}

TEST(BootId, IsTheSameWhileTheMachineRuns) { EXPECT_EQ(BootId(), BootId()); }

}  // namespace
}  // namespace selfheal
