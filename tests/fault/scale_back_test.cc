// A scale-out that helped is taken back after a calm hour, by all stages and
// guards; an alert makes an ordinary trouble of it, and what gets worse by it
// is undone.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{3 * 3600};

class ScaleBackTest : public ::testing::Test {
 protected:
  ScaleBackTest() : pipeline_(QuickConfig()) {
    pipeline_.on_round = [this] {
      if (worse_ && pipeline_.cluster.accepted().size() >= 2) {
        pipeline_.metrics.healed_at.reset();
      }
    };
  }

  /// 3 replicas were too few, 5 are not.
  void ScaleOut() {
    Begin(pipeline_, Story::kCpu);
    EXPECT_TRUE(pipeline_.Run(kLimit));
    EXPECT_EQ(Incidents().at(0).phase, Phase::kMitigated);
    ASSERT_EQ(Replicas(), 5);
    done_ = pipeline_.clock.Now();
  }

  /// Goes on for `time`, whatever is unfinished.
  void Live(seconds time) {
    const Time end = pipeline_.clock.Now() + time;
    while (pipeline_.clock.Now() < end) pipeline_.Round();
  }

  int Replicas() {
    const auto live =
        pipeline_.cluster.Get({ObjectKind::kDeployment, "shop", "checkout"});
    return live.ok() ? live->As<WorkloadState>()->replicas : -1;
  }

  /// In the order in which they were opened.
  std::vector<Incident> Incidents() { return pipeline_.All(); }

  Pipeline pipeline_;
  bool worse_ = false;
  Time done_;
};

TEST_F(ScaleBackTest, AfterACalmHourThePreviousReplicasStandAgain) {
  ScaleOut();
  Live(seconds(3500));
  EXPECT_EQ(Incidents().size(), 1u) << "the hour is not over";
  Live(seconds(1800));
  ASSERT_EQ(Incidents().size(), 2u);
  const Incident back = Incidents()[1];
  EXPECT_EQ(back.takes_back, Incidents()[0].id);
  EXPECT_EQ(back.phase, Phase::kMitigated) << back.reason;
  EXPECT_GE(back.opened_at, done_ + seconds(3500));
  ASSERT_EQ(back.executions.size(), 1u);
  EXPECT_EQ(back.executions[0].action, ActionKind::kScaleIn);
  EXPECT_EQ(Replicas(), 3);
  Live(seconds(2 * 3600));
  EXPECT_EQ(Incidents().size(), 2u) << "it is taken back once";
  EXPECT_EQ(Replicas(), 3);
}

TEST_F(ScaleBackTest, TheBoundsOfAnAutoscalerGoBackToo) {
  const ObjectRef catalog{ObjectKind::kHorizontalPodAutoscaler, "shop",
                          "catalog"};
  const auto bounds = [&] {
    const auto live = pipeline_.cluster.Get(catalog);
    const auto* hpa = live.ok() ? live->As<HpaState>() : nullptr;
    return hpa == nullptr ? std::pair(0, 0)
                          : std::pair(hpa->min_replicas, hpa->max_replicas);
  };
  pipeline_.AddShop();
  Pattern throttled;
  throttled.match = "container_cpu_cfs_throttled_periods_total";
  throttled.base = 3;
  throttled.noise = 1;
  throttled.value = 70;
  throttled.since = std::chrono::minutes(15);
  Pattern used = throttled;
  used.match = "container_cpu_usage_seconds_total";
  used.base = 40;
  used.value = 97;
  pipeline_.metrics.patterns = {throttled, used};
  pipeline_.PostFiring("CPUThrottlingHigh",
                       pipeline_.PodsOf("catalog").front());
  const auto before = bounds();
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_GT(bounds().first, before.first);
  Live(seconds(5400));
  ASSERT_EQ(Incidents().size(), 2u);
  EXPECT_EQ(Incidents()[1].phase, Phase::kMitigated) << Incidents()[1].reason;
  EXPECT_EQ(bounds(), before);
}

TEST_F(ScaleBackTest, WithoutRoomForFewerTheReplicasStay) {
  ScaleOut();
  // Well within its limit of 25 %, but not with three pods of five.
  pipeline_.metrics.patterns[0].base = 18;
  Live(seconds(3 * 3600));
  EXPECT_EQ(Incidents().size(), 1u);
  EXPECT_EQ(Replicas(), 5);
}

TEST_F(ScaleBackTest, AnHourWithoutMetricsIsNotCalm) {
  ScaleOut();
  pipeline_.metrics.patterns.clear();
  Live(seconds(2 * 3600));
  EXPECT_EQ(Incidents().size(), 1u);
}

TEST_F(ScaleBackTest, WhatSomeoneElseScaledIsLeftAlone) {
  ScaleOut();
  Live(seconds(3000));
  kubesim::ApiRequest request;
  request.method = "PATCH";
  request.path = "/apis/apps/v1/namespaces/shop/deployments/checkout";
  request.content_type = "application/merge-patch+json";
  request.body = R"({"spec":{"replicas":7}})";
  EXPECT_EQ(pipeline_.cluster.world().api().Handle(request).code, 200);
  Live(seconds(3000));
  EXPECT_EQ(Incidents().size(), 1u);
  EXPECT_EQ(Replicas(), 7);
}

TEST_F(ScaleBackTest, WhatGetsWorseByItIsUndone) {
  ScaleOut();
  worse_ = true;
  Live(seconds(2 * 3600));
  ASSERT_EQ(Incidents().size(), 2u);
  const Incident back = Incidents()[1];
  EXPECT_EQ(back.phase, Phase::kEscalated) << back.reason;
  ASSERT_EQ(back.executions.size(), 2u);
  EXPECT_EQ(back.executions[1].action, ActionKind::kUndoScaleIn);
  EXPECT_EQ(Replicas(), 5);
  EXPECT_TRUE(pipeline_.store.state().breakers.empty())
      << "more replicas may be needed at once";
}

TEST_F(ScaleBackTest, AnAlertMakesATroubleOfIt) {
  ScaleOut();
  // Once it is opened, the API server does not answer for a while.
  pipeline_.cluster.on_list = [this] {
    if (Incidents().size() < 2) return;
    pipeline_.cluster.unlisted = Error{Code::kUnavailable, "no answer"};
  };
  for (int i = 0; i < 90 && Incidents().size() < 2; ++i) pipeline_.Round();
  ASSERT_EQ(Incidents().size(), 2u);
  ASSERT_EQ(Incidents()[1].phase, Phase::kOpen);
  pipeline_.metrics.healed_at.reset();
  pipeline_.on_round = [this] {
    if (pipeline_.cluster.accepted().size() < 2) {
      pipeline_.metrics.healed_at.reset();
    }
  };
  pipeline_.metrics.patterns[0].since = pipeline_.clock.Now() - done_;
  pipeline_.PostFiring("CPUThrottlingHigh",
                       pipeline_.PodsOf("checkout").front());
  pipeline_.cluster.on_list = nullptr;
  pipeline_.cluster.unlisted.reset();
  EXPECT_TRUE(pipeline_.Run(kLimit));
  ASSERT_EQ(Incidents().size(), 2u);
  const Incident trouble = Incidents()[1];
  EXPECT_TRUE(trouble.takes_back.empty());
  EXPECT_EQ(trouble.phase, Phase::kMitigated) << trouble.reason;
  EXPECT_EQ(Replicas(), 8);
}

TEST_F(ScaleBackTest, TheLastScaleOutGoesBackFirst) {
  ScaleOut();
  pipeline_.metrics.healed_at.reset();
  pipeline_.on_round = [this] {
    if (pipeline_.cluster.accepted().size() < 2) {
      pipeline_.metrics.healed_at.reset();
    }
  };
  Live(seconds(600));
  pipeline_.PostFiring("CPUThrottlingHigh",
                       pipeline_.PodsOf("checkout").front());
  EXPECT_TRUE(pipeline_.Run(kLimit));
  ASSERT_EQ(Replicas(), 8);
  pipeline_.on_round = nullptr;
  Live(seconds(5400));
  EXPECT_EQ(Replicas(), 5) << "each has an hour of its own";
  Live(seconds(2 * 3600));
  EXPECT_EQ(Replicas(), 3);
}

class ScaleBackAt : public ScaleBackTest,
                    public ::testing::WithParamInterface<Gate::Mode> {};

TEST_P(ScaleBackAt, EveryCallOfThePorts) {
  int calls = 0;
  {
    ScaleOut();
    Live(seconds(3000));
    const int before = pipeline_.gate.calls();
    Live(seconds(2400));
    calls = pipeline_.gate.calls() - before;
    ASSERT_EQ(Replicas(), 3);
  }
  for (int n = 1; n <= calls; n += 3 * kCallStride) {
    class Once : public ScaleBackTest {
     public:
      Once(Gate::Mode mode, int nth) {
        ScaleOut();
        Live(seconds(3000));
        pipeline_.gate.Arm(mode, nth);
        Live(seconds(3600));
        std::set<std::string> bodies;
        for (const WireRequest& request : pipeline_.cluster.accepted()) {
          EXPECT_TRUE(bodies.insert(request.path + request.body).second);
        }
        for (const Incident& incident : Incidents()) {
          EXPECT_TRUE(IsTerminal(incident.phase)) << incident.reason;
        }
        EXPECT_TRUE(Replicas() == 3 || Replicas() == 5) << Replicas();
      }
      void TestBody() override {}
    };
    const Once once(GetParam(), n);
    ASSERT_FALSE(HasFailure()) << "call " << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Ports, ScaleBackAt,
                         ::testing::Values(Gate::Mode::kFail,
                                           Gate::Mode::kDieBefore,
                                           Gate::Mode::kDieAfter));

}  // namespace
}  // namespace selfheal::testing
