#include "flow/watch_loop.h"

#include <gtest/gtest.h>

#include "fakes/fake_cluster_view.h"
#include "fakes/fake_metric_source.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_observers.h"
#include "sim/fakes/fake_store.h"

namespace selfheal {
namespace {

ObjectRef Workload(int number) {
  return {ObjectKind::kDeployment, "shop", "w" + std::to_string(number)};
}

/// One rule whose watch expression names workloads w0, w1 and so on.
class WatchLoopTest : public ::testing::Test {
 protected:
  WatchLoopTest() {
    Rule rule;
    rule.name = "leak";
    rule.target = TargetMode::kWorkload;
    rule.watch = "used > 0.7";
    runbooks_.rules->rules = {rule};
    metrics_.instant =
        [this](const InstantQuery& query) -> Result<QueryAnswer> {
      QueryAnswer answer;
      for (int i = 0; i < named_; ++i) {
        answer.series.push_back({.labels = {{"namespace", "shop"},
                                            {"deployment", Workload(i).name}},
                                 .samples = {{query.at, 1}}});
      }
      return answer;
    };
  }

  testing::FakeClock clock_;
  Config config_;
  testing::FakeMetricSource metrics_;
  testing::FakeClusterView cluster_;
  testing::FakeStore store_{clock_};
  testing::FakeRunbooks runbooks_;
  testing::FakeObserver observer_;
  testing::NoLog log_;
  Sightings sightings_;
  int named_ = 0;
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
};

TEST_F(WatchLoopTest, SeesWhatIsNamedAndIsThere) {
  named_ = 2;
  ClusterObject object;
  object.ref = Workload(1);
  object.uid = "uid";
  cluster_.Put(object);
  watch_.RunOnce();
  EXPECT_FALSE(sightings_.Target("leak", Workload(0)).has_value());
  EXPECT_EQ(sightings_.Target("leak", Workload(1)), clock_.Now());
  EXPECT_FALSE(sightings_.Target("other", Workload(1)).has_value());
  EXPECT_TRUE(store_.state().incidents.empty()) << "nothing confirms it";
}

TEST_F(WatchLoopTest, ASilentClusterIsAskedOnceARule) {
  named_ = 50;
  cluster_.FailAll(Error{Code::kDeadlineExceeded, "no answer"});
  watch_.RunOnce();
  EXPECT_EQ(cluster_.reads(), 1);
  cluster_.FailAll(Error{Code::kUnavailable, "refused at once"});
  watch_.RunOnce();
  EXPECT_EQ(cluster_.reads(), 51);
}

}  // namespace
}  // namespace selfheal
