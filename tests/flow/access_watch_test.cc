#include "flow/access_watch.h"

#include <gtest/gtest.h>

#include <optional>

#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_observers.h"
#include "tests/adapters/http/memory_logger.h"

namespace selfheal {
namespace {

using testing::FakeClock;

/// An API server that knows which rights an account lacks.
class FakeAccess final : public guard::AccessView {
 public:
  Result<bool> Has(const Right& right) override {
    ++asked;
    if (fault) return *fault;
    return !lacking.contains(ToString(right));
  }

  std::set<std::string> lacking;
  std::optional<Error> fault;
  int asked = 0;
};

class AccessWatchTest : public ::testing::Test {
 protected:
  AccessWatchTest() {
    config_.kubernetes.namespaces = {"shop", "pay"};
    Add("leak", RollingRestart{});
    Add("crash", RestartPod{});
    Add("tell", Notify{});
  }

  void Add(const std::string& name, const Action& action) {
    Runbook runbook;
    runbook.name = name;
    runbook.steps.emplace_back().action = action;
    rules_.rules->runbooks.emplace(name, runbook);
    rules_.rules->digest += name;
  }

  using Names = std::set<std::string>;
  /// To get and list namespaces, nodes and Applications.
  static constexpr int kReads = 6;

  Config config_;
  FakeClock clock_;
  testing::FakeRunbooks rules_;
  FakeAccess access_;
  testing::MemoryLogger log_;
  AccessWatch watch_{{.config = config_,
                      .clock = clock_,
                      .runbooks = rules_,
                      .access = access_,
                      .log = log_}};
};

TEST_F(AccessWatchTest, ARunbookThatLacksARightIsOffUntilItHasIt) {
  access_.lacking = {"create pods/eviction in pay"};
  watch_.RunOnce();
  EXPECT_EQ(watch_.Off(), Names{"leak"});
  ASSERT_EQ(watch_.Missing().size(), 1u);
  EXPECT_EQ(watch_.Missing()[0].action, ActionKind::kRollingRestart);
  EXPECT_EQ(watch_.Missing()[0].right.ns, "pay");
  access_.lacking.clear();
  watch_.RunOnce();
  EXPECT_EQ(watch_.Off(), Names{});
  EXPECT_TRUE(watch_.Missing().empty());
}

TEST_F(AccessWatchTest, EveryRightOfEveryActionIsAskedInEveryNamespace) {
  watch_.RunOnce();
  // Eviction and four patches, and one deletion; twice.
  EXPECT_EQ(access_.asked, 12 + kReads);
  config_.kubernetes.namespaces = {"shop", "*"};
  Add("scale", ScaleOut{});
  access_.asked = 0;
  access_.lacking = {"update deployments.apps/scale everywhere"};
  watch_.RunOnce();
  EXPECT_EQ(access_.asked, 10 + kReads);
  EXPECT_EQ(watch_.Off(), Names{"scale"});
}

TEST_F(AccessWatchTest, ARightOnRolloutsIsMissedByRolloutsAlone) {
  access_.lacking = {"patch rollouts.argoproj.io in pay"};
  watch_.RunOnce();
  EXPECT_EQ(watch_.Off(), Names{});
  ASSERT_EQ(watch_.Missing().size(), 1u) << "the guards are told";
}

TEST_F(AccessWatchTest, WhatAnActionReadsOfTheClusterIsAskedOnce) {
  Add("volume", ExpandVolume{});
  access_.lacking = {"get storageclasses.storage.k8s.io everywhere"};
  watch_.RunOnce();
  EXPECT_EQ(watch_.Off(), Names{"volume"});
  EXPECT_EQ(watch_.Missing().size(), 1u);
}

TEST_F(AccessWatchTest, AsksAgainForNewRulesAndAfterFiveMinutes) {
  watch_.RunOnce();
  watch_.RunOnce();
  EXPECT_EQ(access_.asked, 12 + kReads);
  clock_.Advance(std::chrono::minutes(5));
  watch_.RunOnce();
  EXPECT_EQ(access_.asked, 2 * (12 + kReads));
  Add("another", Notify{});
  watch_.RunOnce();
  EXPECT_EQ(access_.asked, 3 * (12 + kReads));
}

TEST_F(AccessWatchTest, WhatGuardsCantReadIsToldOnceAndTurnsNothingOff) {
  const std::string right = "list applications.argoproj.io everywhere";
  access_.lacking = {right};
  watch_.RunOnce();
  EXPECT_EQ(watch_.Off(), Names{});
  const std::string told = log_.text();
  EXPECT_NE(told.find("may_not=" + right), std::string::npos) << told;
  clock_.Advance(std::chrono::minutes(5));
  watch_.RunOnce();
  EXPECT_EQ(log_.text(), told);
  access_.lacking.clear();
  clock_.Advance(std::chrono::minutes(5));
  watch_.RunOnce();
  EXPECT_NE(log_.text(), told);
}

TEST_F(AccessWatchTest, WithoutAnAnswerTheLastOneStands) {
  access_.lacking = {"delete pods in shop"};
  watch_.RunOnce();
  access_.fault = Error{Code::kUnavailable, "no route"};
  access_.lacking.clear();
  watch_.RunOnce();
  EXPECT_EQ(watch_.Off(), Names{"crash"});
  access_.fault.reset();
  watch_.RunOnce();
  EXPECT_EQ(watch_.Off(), Names{});
}

}  // namespace
}  // namespace selfheal
