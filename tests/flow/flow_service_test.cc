#include "flow/flow_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/ids.h"
#include "fakes/fake_cluster_client.h"
#include "fakes/fake_cluster_view.h"
#include "fakes/fake_metric_source.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_observers.h"
#include "sim/fakes/fake_store.h"
#include "sim/fakes/fake_surroundings.h"
#include "sim/fakes/fake_switches.h"

namespace selfheal::testing {
namespace {

class NoChanges final : public ChangeJournal {
 public:
  Result<std::vector<SpecChange>> Since(const ObjectRef&, Time) override {
    return std::vector<SpecChange>{};
  }
};

/// Counts the incidents that were told as new.
class CountingObserver final : public FlowObserver {
 public:
  void OnStage(Stage, std::string_view, Duration) override {}
  void OnPhase(const Incident&, std::optional<Phase> before) override {
    if (!before) ++opened;
  }
  void OnAssessment(const Assessment&) override {}
  void OnVerdict(const Verdict&) override {}
  void OnAction(ActionKind, ExecutionOutcome) override {}
  void OnVerification(VerificationOutcome) override {}
  void OnApproval(ApprovalState) override {}
  void OnMissed(std::size_t) override {}
  void OnDependency(std::string_view, bool) override {}

  std::atomic<int> opened = 0;
};

class FlowServiceTest : public ::testing::Test {
 protected:
  Incident Store(const std::string& name, IncidentStore& incidents) {
    Incident incident;
    incident.id = NewUlid(clock_.Now());
    incident.type = IncidentType::kMemoryLeak;
    incident.opened_at = clock_.Now();
    incident.target = {ObjectKind::kDeployment, "shop", name};
    incident.rule = "leak";
    IncidentUpdate update;
    update.incident = &incident;
    static_cast<void>(incidents.Save(update));
    return incident;
  }

  FakeClock clock_;
  FakeStore store_{clock_};
  FakeClusterView cluster_;
  FakeClusterClient client_;
  FakeMetricSource metrics_;
  FakeSwitches switches_;
  FakeSurroundings surroundings_{clock_};
  FakeRunbooks runbooks_;
  FakeNotifier notifier_;
  CountingObserver observer_;
  NoLog log_;
  NoChanges changes_;
  Config config_;
  Sightings sightings_;
  Collector collector_{metrics_, seconds(1)};
  TargetResolver targets_{cluster_};
  guard::GuardChain guards_{guard::PolicyOf(config_, "selfheal", "selfheal-0"),
                            {cluster_, store_, switches_, surroundings_},
                            clock_};
  Executor executor_{client_, cluster_,
                     [](const Intent&) { return Result<void>(); }};
  FlowPorts ports_{
      .config = config_,
      .clock = clock_,
      .runbooks = runbooks_,
      .collector = collector_,
      .changes = changes_,
      .cluster = cluster_,
      .client = client_,
      .executor = executor_,
      .guards = guards_,
      .history = store_,
      .incidents = store_,
      .links = store_,
      .audit = store_,
      .notifier = notifier_,
      .observer = observer_,
      .log = log_,
      .digest = [](std::string_view text) { return std::string(text); },
      .watchdog_seen = [] { return std::optional<Time>(); },
      .gate_seen = [](const std::string&,
                      const ObjectRef&) { return std::optional<Time>(); }};
  FlowService service_{ports_,
                       {.alerts = store_,
                        .incidents = store_,
                        .links = store_,
                        .runbooks = runbooks_,
                        .targets = targets_,
                        .notifier = notifier_,
                        .namespaces = config_.kubernetes.namespaces,
                        .observer = observer_,
                        .log = log_,
                        .clock = clock_,
                        .wake = {}},
                       {.config = config_,
                        .clock = clock_,
                        .metrics = metrics_,
                        .collector = collector_,
                        .targets = targets_,
                        .incidents = store_,
                        .links = store_,
                        .runbooks = runbooks_,
                        .observer = observer_,
                        .log = log_,
                        .sightings = sightings_,
                        .wake = {}},
                       {}};
};

TEST_F(FlowServiceTest, AnIncidentWhoseOpeningWasToldAsFailedIsTakenUp) {
  store_.LoseAnswer(1);
  Store("cart", store_);
  service_.TakeUpForgotten();
  EXPECT_EQ(service_.QueueDepth(), 0u) << "whoever opened it may yet tell";
  clock_.Advance(seconds(11));
  service_.TakeUpForgotten();
  EXPECT_EQ(service_.QueueDepth(), 1u);
  EXPECT_EQ(observer_.opened, 1);
  // Now it is in hand, so it is told once.
  service_.TakeUpForgotten();
  EXPECT_EQ(observer_.opened, 1);
}

TEST_F(FlowServiceTest, WhatIsInHandOrFinishedIsLeftAlone) {
  service_.Wake(Store("cart", store_));
  Incident done = Store("till", store_);
  done.phase = Phase::kMitigated;
  IncidentUpdate update;
  update.incident = &done;
  IncidentStore& incidents = store_;
  ASSERT_TRUE(incidents.Save(update).ok());
  clock_.Advance(seconds(60));
  service_.TakeUpForgotten();
  EXPECT_EQ(service_.QueueDepth(), 1u);
  EXPECT_EQ(observer_.opened, 0);
}

TEST_F(FlowServiceTest, TheStartTakesUpEverythingAndTheWorkersEndIt) {
  const Incident incident = Store("cart", store_);
  ASSERT_TRUE(service_.Start().ok());
  IncidentStore& incidents = store_;
  for (int i = 0; i < 1000; ++i) {
    if (incidents.Load(incident.id)->phase == Phase::kCancelled) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(incidents.Load(incident.id)->phase, Phase::kCancelled)
      << "no alert fires";
  service_.Stop();
}

}  // namespace
}  // namespace selfheal::testing
