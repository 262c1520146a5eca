// Blind: the Watchdog alert is read by us, from Prometheus and Alertmanager.
#include <gtest/gtest.h>

#include "fakes/fake_cluster_view.h"
#include "fakes/fake_metric_source.h"
#include "flow/gap_closer.h"
#include "flow/watch_loop.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_observers.h"
#include "sim/fakes/fake_store.h"

namespace selfheal {
namespace {

using testing::FakeClock;

class FakeAlertSource final : public AlertSource {
 public:
  Result<std::vector<Alert>> Active() override {
    if (fault) return *fault;
    return active;
  }
  std::vector<Alert> active;
  std::optional<Error> fault;
};

class WatchdogTest : public ::testing::Test {
 protected:
  WatchdogTest() {
    metrics_.instant =
        [this](const InstantQuery& query) -> Result<QueryAnswer> {
      QueryAnswer answer;
      if (down_) return Error{Code::kUnavailable, "down"};
      const bool asked =
          query.expr == R"(ALERTS{alertname="Watchdog",alertstate="firing"})";
      if (asked && fires_) {
        answer.series.push_back({.labels = {}, .samples = {{query.at, 1}}});
      }
      return answer;
    };
  }

  static Alert Named(const std::string& name) {
    Alert alert;
    alert.labels = {{"alertname", name}};
    alert.fingerprint = Fingerprint(alert.labels);
    return alert;
  }

  FakeClock clock_;
  Config config_;
  testing::FakeMetricSource metrics_;
  testing::FakeClusterView cluster_;
  testing::FakeStore store_{clock_};
  testing::FakeRunbooks runbooks_;
  testing::FakeObserver observer_;
  testing::NoLog log_;
  Sightings sightings_;
  FakeAlertSource source_;
  bool fires_ = true;
  bool down_ = false;
  Collector collector_{metrics_, seconds(1)};
  TargetResolver targets_{cluster_};
  WatchLoop watch_{{.config = config_,
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
                    .wake = [](const Incident&) {}}};
  GapCloser closer_{{.source = source_,
                     .alerts = store_,
                     .observer = observer_,
                     .log = log_,
                     .clock = clock_,
                     .sightings = sightings_,
                     .wake = [] {}}};
};

TEST_F(WatchdogTest, IsSeenInPrometheusWhileItFires) {
  EXPECT_FALSE(sightings_.Watchdog().has_value());
  watch_.LookForWatchdog();
  const Time seen = clock_.Now();
  EXPECT_EQ(sightings_.Watchdog(), seen);
  EXPECT_TRUE(observer_.up.at("prometheus"));
  clock_.Advance(seconds(60));
  fires_ = false;
  watch_.LookForWatchdog();
  EXPECT_EQ(sightings_.Watchdog(), seen);
  fires_ = true;
  down_ = true;
  watch_.LookForWatchdog();
  EXPECT_EQ(sightings_.Watchdog(), seen) << "an error is no sighting";
  EXPECT_FALSE(observer_.up.at("prometheus"));
}

TEST_F(WatchdogTest, IsSeenInAlertmanagerWhileItIsActive) {
  source_.active = {Named("Other")};
  closer_.RunOnce();
  EXPECT_FALSE(sightings_.Watchdog().has_value());
  source_.active = {Named("Other"), Named("Watchdog")};
  closer_.RunOnce();
  EXPECT_EQ(sightings_.Watchdog(), clock_.Now());
  clock_.Advance(seconds(60));
  source_.fault = Error{Code::kUnavailable, "down"};
  closer_.RunOnce();
  EXPECT_EQ(sightings_.Watchdog(), clock_.Now() - seconds(60));
}

TEST_F(WatchdogTest, APostedWatchdogIsNoSighting) {
  AlertGroup group;
  group.alerts = {Named("Watchdog")};
  group.received = 1;
  AlertStore& alerts = store_;
  ASSERT_TRUE(alerts.Append(group, clock_.Now()).ok());
  EXPECT_FALSE(sightings_.Watchdog().has_value());
}

}  // namespace
}  // namespace selfheal
