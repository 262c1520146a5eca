#include "flow/access_watch.h"

#include <gtest/gtest.h>

#include <optional>

#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_observers.h"

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

  Config config_;
  FakeClock clock_;
  testing::FakeRunbooks rules_;
  FakeAccess access_;
  testing::NoLog log_;
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
  // Eviction and three patches, and one deletion; twice.
  EXPECT_EQ(access_.asked, 10);
  config_.kubernetes.namespaces = {"shop", "*"};
  Add("scale", ScaleOut{});
  access_.asked = 0;
  access_.lacking = {"update deployments.apps/scale everywhere"};
  watch_.RunOnce();
  EXPECT_EQ(access_.asked, 8);
  EXPECT_EQ(watch_.Off(), Names{"scale"});
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
  EXPECT_EQ(access_.asked, 10);
  clock_.Advance(std::chrono::minutes(5));
  watch_.RunOnce();
  EXPECT_EQ(access_.asked, 20);
  Add("another", Notify{});
  watch_.RunOnce();
  EXPECT_EQ(access_.asked, 30);
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
