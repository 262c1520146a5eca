#include "flow/surroundings_watch.h"

#include <gtest/gtest.h>

#include "fakes/fake_cluster_view.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_observers.h"
#include "sim/fakes/fake_store.h"

namespace selfheal {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::FakeClock;
using testing::FakeClusterView;
using testing::FakeObserver;
using testing::FakeStore;

/// An API server with a clock of its own.
class FakeServer final : public guard::ServerView {
 public:
  explicit FakeServer(const Clock& clock) : clock_(clock) {}

  Result<guard::ServerState> Server() override {
    if (fault) return *fault;
    return guard::ServerState{version, clock_.Now() + skew};
  }

  std::string version = "v1.34.4";
  Duration skew{};
  std::optional<Error> fault;

 private:
  const Clock& clock_;
};

class SurroundingsWatchTest : public ::testing::Test {
 protected:
  SurroundingsWatchTest() {
    config_.kubernetes.namespaces = {"shop"};
    for (const char* name : {"n1", "n2", "n3"}) PutNode(name, "v1.34.4");
  }

  void PutNode(const std::string& name, const std::string& version,
               bool ready = true, bool cordoned = false) {
    ClusterObject node;
    node.ref = {ObjectKind::kNode, "", name};
    node.uid = "uid-" + name;
    node.labels = {{"topology.kubernetes.io/zone", "a"}};
    NodeState state;
    state.unschedulable = cordoned;
    state.kubelet_version = version;
    state.conditions = {{"Ready", ready ? "True" : "False"}};
    node.state = state;
    cluster_.Put(node);
  }

  void PutDeployments(int count, int replicas) {
    for (int i = 0; i < count; ++i) {
      ClusterObject object;
      object.ref = {ObjectKind::kDeployment, "shop", "d" + std::to_string(i)};
      WorkloadState state;
      state.current_replicas = replicas;
      object.state = state;
      cluster_.Put(object);
    }
  }

  /// An open incident that the watch loop found, one target each.
  void Trouble(const std::string& name) {
    Incident incident;
    incident.id = "id-" + name;
    incident.target = {ObjectKind::kDeployment, "shop", name};
    incident.opened_at = clock_.Now();
    incident.from_watch = true;
    IncidentStore& store = store_;
    ASSERT_TRUE(
        store.Save({&incident, {}, nullptr, {}, {}, std::nullopt}).ok());
  }

  /// Lives on for `span`, as the two threads do.
  void Live(Duration span) {
    for (Duration passed{}; passed < span; passed += seconds(10)) {
      wall_.Advance(seconds(10));
      watch_.LookAtCluster();
      watch_.Tick();
    }
  }

  std::vector<BreakerRow> Breakers() {
    return store_.Recent(clock_.Now())->breakers;
  }

  std::vector<std::string> Audit() {
    std::vector<std::string> outcomes;
    for (const AuditRecord& record : store_.state().audit) {
      outcomes.push_back(record.outcome);
    }
    return outcomes;
  }

  Config config_;
  FakeClock wall_;
  SafeClock clock_{wall_};
  FakeClusterView cluster_;
  FakeServer server_{wall_};
  FakeStore store_{clock_};
  FakeObserver observer_;
  testing::NoLog log_;
  guard::QueryShare queries_;
  std::vector<guard::MissingRight> missing_;
  SurroundingsWatch watch_{{.config = config_,
                            .clock = clock_,
                            .cluster = cluster_,
                            .server = server_,
                            .history = store_,
                            .audit = store_,
                            .observer = observer_,
                            .log = log_,
                            .queries = [this] { return queries_; },
                            .missing_rights = [this] { return missing_; }}};
};

TEST_F(SurroundingsWatchTest, CountsTargetsNodesAndClocks) {
  EXPECT_FALSE(watch_.Read().looked_at.has_value());
  PutDeployments(4, 3);
  PutNode("n3", "v1.34.4", /*ready=*/false);
  server_.skew = seconds(7);
  watch_.LookAtCluster();
  const guard::Surroundings found = watch_.Read();
  EXPECT_EQ(found.looked_at, clock_.Now());
  EXPECT_EQ(found.population.at(ObjectKind::kDeployment), 4);
  EXPECT_EQ(found.population.at(ObjectKind::kPod), 12);
  EXPECT_EQ(found.population.at(ObjectKind::kNode), 3);
  EXPECT_EQ(found.counted, std::vector<std::string>{"shop"});
  config_.kubernetes.namespaces = {"shop", "*"};
  watch_.LookAtCluster();
  EXPECT_TRUE(watch_.Read().counted.empty()) << "all of them";
  EXPECT_EQ(watch_.Read().population.at(ObjectKind::kDeployment), 4);
  ASSERT_EQ(found.nodes.size(), 3u);
  EXPECT_EQ(found.nodes[0].zone, "a");
  EXPECT_TRUE(found.nodes[0].ready);
  EXPECT_FALSE(found.nodes[2].ready);
  EXPECT_EQ(found.clock.server, seconds(7));
  EXPECT_TRUE(found.upgrade.empty());
  EXPECT_TRUE(observer_.up.at("kubernetes"));
}

TEST_F(SurroundingsWatchTest, ArgoRolloutsNeedNotBeThere) {
  PutDeployments(4, 3);
  cluster_.FailList(ObjectKind::kRollout, {Code::kNotFound, "no such kind"});
  watch_.LookAtCluster();
  const Time before = clock_.Now();
  EXPECT_EQ(watch_.Read().looked_at, before);
  EXPECT_EQ(watch_.Read().population.at(ObjectKind::kDeployment), 4);
  for (const Code code :
       {Code::kPermissionDenied, Code::kInternal, Code::kUnavailable}) {
    wall_.Advance(seconds(60));
    cluster_.FailList(ObjectKind::kRollout, {code, "refused"});
    watch_.LookAtCluster();
    EXPECT_EQ(watch_.Read().looked_at, before) << "nobody knows how many";
    EXPECT_NE(watch_.Read().problem.find("refused"), std::string::npos);
  }
}

TEST_F(SurroundingsWatchTest, AFailedLookAgesAndSaysWhy) {
  watch_.LookAtCluster();
  const Time first = clock_.Now();
  wall_.Advance(seconds(60));
  cluster_.FailList(ObjectKind::kNode, {Code::kPermissionDenied, "forbidden"});
  watch_.LookAtCluster();
  EXPECT_EQ(watch_.Read().looked_at, first);
  EXPECT_NE(watch_.Read().problem.find("forbidden"), std::string::npos);
  server_.fault = Error{Code::kUnavailable, "down"};
  wall_.Advance(seconds(181));
  watch_.LookAtCluster();
  EXPECT_FALSE(watch_.Read().clock.server.has_value());
}

TEST_F(SurroundingsWatchTest, AStormOpensTheBreakerWithinTwoTicks) {
  watch_.LookAtCluster();
  watch_.Tick();
  EXPECT_TRUE(Breakers().empty());
  for (int i = 0; i < 5; ++i) Trouble("t" + std::to_string(i));
  wall_.Advance(seconds(1));
  watch_.Tick();
  ASSERT_EQ(Breakers().size(), 1u);
  EXPECT_EQ(Breakers()[0].scope, "global");
  EXPECT_EQ(Breakers()[0].closes_at, clock_.Now() + minutes(30));
  EXPECT_EQ(Audit(), (std::vector<std::string>{"breaker_opened"}));
}

TEST_F(SurroundingsWatchTest, TheQuietTimeBeginsWhenTheStormIsOver) {
  watch_.LookAtCluster();
  queries_ = {10, 10};
  Live(minutes(20));
  queries_ = {};
  const Time over = clock_.Now();
  ASSERT_EQ(Breakers().size(), 1u);
  EXPECT_GE(*Breakers()[0].closes_at, over + minutes(30) - seconds(20));
  Live(minutes(29));
  EXPECT_EQ(Breakers().size(), 1u);
  Live(minutes(2));
  EXPECT_TRUE(Breakers().empty());
  // The second trip of a day waits for a person.
  queries_ = {10, 10};
  Live(seconds(10));
  queries_ = {};
  Live(hours(5));
  ASSERT_EQ(Breakers().size(), 1u);
  EXPECT_FALSE(Breakers()[0].closes_at.has_value());
  ASSERT_TRUE(
      store_.SetBreaker({"global", std::nullopt, "admin:alice", "fixed"}).ok());
  Live(minutes(1));
  EXPECT_TRUE(Breakers().empty());
}

TEST_F(SurroundingsWatchTest, AnUpgradeIsAChangeOfVersions) {
  const struct {
    const char* word;
    std::function<void()> change;
  } cases[] = {
      {"node n2 went from v1.34.4 to v1.35.0",
       [this] { PutNode("n2", "v1.35.0"); }},
      {"node n9 came with v1.35.0", [this] { PutNode("n9", "v1.35.0"); }},
      {"the API server went from v1.34.4 to v1.35.0",
       [this] { server_.version = "v1.35.0"; }}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.word);
    watch_.LookAtCluster();
    watch_.LookAtCluster();
    ASSERT_TRUE(watch_.Read().upgrade.empty());
    c.change();
    watch_.LookAtCluster();
    EXPECT_EQ(watch_.Read().upgrade, c.word);
    watch_.Tick();
    EXPECT_EQ(Breakers().size(), 1u);
    // Over, when nothing has changed for ten minutes.
    Live(minutes(11));
    EXPECT_TRUE(watch_.Read().upgrade.empty());
    // As it was, for the next case.
    server_.version = "v1.34.4";
    PutNode("n2", "v1.34.4");
    cluster_.Remove({ObjectKind::kNode, "", "n9"});
    Live(minutes(11));
  }
}

TEST_F(SurroundingsWatchTest, StandingSkewIsNoUpgradeButAHalfDoneOneIs) {
  PutNode("n2", "v1.33.1");
  PutNode("n4", "v1.33.1");
  watch_.LookAtCluster();
  watch_.LookAtCluster();
  EXPECT_TRUE(watch_.Read().upgrade.empty()) << "two pools may differ for ever";
  PutNode("n5", "v1.33.1");
  watch_.LookAtCluster();
  EXPECT_TRUE(watch_.Read().upgrade.empty()) << "a version that was there";
  PutNode("n4", "v1.33.1", true, /*cordoned=*/true);
  SurroundingsWatch restarted({.config = config_,
                               .clock = clock_,
                               .cluster = cluster_,
                               .server = server_,
                               .history = store_,
                               .audit = store_,
                               .observer = observer_,
                               .log = log_,
                               .queries = [this] { return queries_; },
                               .missing_rights = [this] { return missing_; }});
  restarted.LookAtCluster();
  EXPECT_NE(restarted.Read().upgrade.find("n4 is cordoned"), std::string::npos);
}

TEST_F(SurroundingsWatchTest, ASetClockIsAuditedOnce) {
  for (const Duration step : {Duration(seconds(31)), -Duration(hours(1))}) {
    Live(seconds(30));
    const std::size_t before = Audit().size();
    const Time wall = wall_.Now();
    wall_.SetWall(wall + step);
    server_.skew = -step;  // The server's clock stays where it was.
    Live(minutes(2));
    EXPECT_EQ(watch_.Read().clock.wall, step);
    EXPECT_EQ(watch_.Read().clock.server, Duration::zero());
    wall_.SetWall(wall_.Now() - step);
    server_.skew = {};
    Live(minutes(2));
    const auto audit = Audit();
    ASSERT_EQ(audit.size(), before + 2);
    EXPECT_EQ(audit[before], "clock_skewed");
    EXPECT_EQ(audit[before + 1], "clock_agrees");
  }
}

TEST_F(SurroundingsWatchTest, AClockThatASecondOneProvesIsBelievedAfterAnHour) {
  Live(seconds(30));
  wall_.SetWall(wall_.Now() + hours(24));  // Rightly so: the server agrees.
  Live(minutes(59));
  EXPECT_EQ(watch_.Read().clock.wall, hours(24));
  Live(minutes(2));
  EXPECT_EQ(watch_.Read().clock.wall, Duration::zero());
  EXPECT_EQ(clock_.Now(), wall_.Now());
  EXPECT_EQ(Audit(), (std::vector<std::string>{
                         "clock_skewed", "clock_taken_over", "clock_agrees"}));
}

TEST_F(SurroundingsWatchTest, AClockThatNobodyProvesIsNeverBelieved) {
  Live(seconds(30));
  wall_.SetWall(wall_.Now() + hours(24));
  server_.skew = -hours(24);
  Live(hours(30));
  EXPECT_EQ(watch_.Read().clock.wall, hours(24));
  server_.skew = {};
  server_.fault = Error{Code::kUnavailable, "down"};
  Live(hours(30));
  EXPECT_EQ(watch_.Read().clock.wall, hours(24));
}

}  // namespace
}  // namespace selfheal
