// A drain of a node with 30 pods, of which a disruption budget holds one: what
// people see of it, what a killed process leaves, and how it ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>

#include "sim/pipeline/stories.h"

namespace selfheal::testing {
namespace {

constexpr seconds kLimit{3 * 3600};
constexpr int kPods = 30;
constexpr seconds kTimeout{300};

kubesim::Json Deployment(const std::string& name, int replicas) {
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", name}, {"namespace", "shop"}}},
          {"spec",
           {{"replicas", replicas},
            {"selector", {{"matchLabels", {{"app", name}}}}},
            {"template",
             {{"metadata", {{"labels", {{"app", name}}}}},
              {"spec",
               {{"containers", {{{"name", "app"}, {"image", "app:1"}}}}}}}}}}};
}

kubesim::Json Budget(const std::string& app, int min_available) {
  return {{"apiVersion", "policy/v1"},
          {"kind", "PodDisruptionBudget"},
          {"metadata", {{"name", app}, {"namespace", "shop"}}},
          {"spec",
           {{"minAvailable", min_available},
            {"selector", {{"matchLabels", {{"app", app}}}}}}}};
}

class DrainTest : public ::testing::Test {
 protected:
  DrainTest() : pipeline_(Opted()) {
    // As shipped, but for a deadline that a test can wait for.
    auto rules = std::make_shared<RuleSet>(*pipeline_.rules);
    rules->runbooks.at("node-pressure").steps[0].action = Drain{kTimeout};
    pipeline_.rules = std::move(rules);
  }

  static Config Opted() {
    Config config = QuickConfig();
    config.guards.nodes = true;
    return config;
  }

  /// Sixty pods of eleven Deployments, half of them on node-2; `held` says
  /// whether a budget lets no pod of the last one go.
  void Begin(bool held) {
    kubesim::World& world = pipeline_.cluster.world();
    world.Apply({{"apiVersion", "v1"},
                 {"kind", "Namespace"},
                 {"metadata", {{"name", "shop"}}}});
    for (int i = 0; i < 9; ++i) {
      world.Apply(Deployment("app-" + std::to_string(i), 6));
    }
    world.Apply(Deployment("rest", 4));
    world.Apply(Deployment("single", 2));
    if (held) world.Apply(Budget("single", 2));
    pipeline_.Advance(seconds(60));
    world.SetNodeCondition("node-2", "MemoryPressure", "True");
    Pattern ready;
    ready.match = "condition=\"Ready\"";
    ready.value = 1;
    ready.since = seconds(300);
    pipeline_.metrics.patterns = {ready};
    pipeline_.Advance(seconds(1));
    ASSERT_EQ(PodsOn("node-2").size(), static_cast<std::size_t>(kPods));
    PostNode();
  }

  void PostNode() {
    Alert alert;
    alert.labels = {{"alertname", "KubeNodePressure"},
                    {"condition", "MemoryPressure"},
                    {"node", "node-2"}};
    alert.fingerprint = Fingerprint(alert.labels);
    alert.starts_at = pipeline_.clock.Now() - seconds(30);
    AlertGroup group;
    group.version = "4";
    group.alerts = {alert};
    group.received = 1;
    pipeline_.Post(group);
  }

  std::vector<std::string> PodsOn(const std::string& node) {
    std::vector<std::string> names;
    const auto* resource = kubesim::FindKind("v1", "Pod");
    for (const auto& [key, pod] :
         pipeline_.cluster.world().store().All(*resource)) {
      if (kubesim::Text(pod, {"spec", "nodeName"}) == node) {
        names.push_back(key.second);
      }
    }
    return names;
  }

  bool IsCordoned() {
    const kubesim::Json node = pipeline_.cluster.world().store().Get(
        kubesim::Named("nodes"), "", "node-2");
    return node["spec"].value("unschedulable", false);
  }

  /// Every accepted request: one cordon, evictions of different pods, at most
  /// one uncordon, and never a DELETE.
  void ExpectOnlyEvictions() {
    std::set<std::string> evicted;
    for (const WireRequest& request : pipeline_.cluster.accepted()) {
      EXPECT_NE(request.method, "DELETE");
      if (request.method != "POST") continue;
      EXPECT_NE(request.path.find("/eviction"), std::string::npos);
      EXPECT_TRUE(evicted.insert(request.path).second) << request.path;
    }
  }

  /// What people read in the timeline, in order.
  std::vector<std::string> Progress() {
    std::vector<std::string> lines;
    for (const AuditRecord& row : pipeline_.store.state().audit) {
      if (row.outcome == "progress") lines.push_back(row.reason);
    }
    return lines;
  }

  Pipeline pipeline_;
};

TEST_F(DrainTest, MovesAllPodsOneAfterAnother) {
  Begin(false);
  std::size_t fewest = 60;
  pipeline_.cluster.on_apply = [&](const WireRequest&) {
    std::size_t ready = 0;
    const auto* resource = kubesim::FindKind("v1", "Pod");
    for (const auto& [key, pod] :
         pipeline_.cluster.world().store().All(*resource)) {
      for (const auto& condition :
           pod["status"].value("conditions", kubesim::Json::array())) {
        if (condition.value("type", "") == "Ready" &&
            condition.value("status", "") == "True") {
          ++ready;
        }
      }
    }
    fewest = std::min(fewest, ready);
  };
  EXPECT_TRUE(pipeline_.Run(kLimit));
  const Incident incident = pipeline_.Only();
  EXPECT_EQ(incident.phase, Phase::kMitigated) << incident.reason;
  EXPECT_EQ(pipeline_.cluster.accepted().size(), 1u + kPods);
  EXPECT_TRUE(PodsOn("node-2").empty());
  EXPECT_EQ(PodsOn("node-1").size(), 60u);
  EXPECT_TRUE(IsCordoned());
  EXPECT_GE(fewest, 55u);
  ExpectOnlyEvictions();
  // One action, however many evictions: one row of the budgets.
  EXPECT_EQ(pipeline_.store.state().actions.size(), 1u);
}

TEST_F(DrainTest, ABudgetHoldsOneAndTheRestGoesOn) {
  Begin(true);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  const Incident incident = pipeline_.Only();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_NE(incident.reason.find("29 of 30 pods moved, 1 held"),
            std::string::npos)
      << incident.reason;
  EXPECT_NE(incident.reason.find("PodDisruptionBudget/shop/single"),
            std::string::npos)
      << incident.reason;
  const auto left = PodsOn("node-2");
  ASSERT_EQ(left.size(), 1u);
  EXPECT_TRUE(left[0].starts_with("single-"));
  // The node is ready and the cordon ours: it is taken back.
  EXPECT_FALSE(IsCordoned());
  ExpectOnlyEvictions();
  const Time began = incident.executions.front().at;
  EXPECT_LE(*incident.closed_at, began + kTimeout + seconds(60));
  EXPECT_GE(*incident.closed_at, began + kTimeout);
}

TEST_F(DrainTest, PeopleSeeHowFarItHasCome) {
  Begin(true);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  const auto lines = Progress();
  const auto has = [&](const std::string& text) {
    return std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
      return line.starts_with(text);
    });
  };
  EXPECT_EQ(lines.front(), "0 of 30 pods moved");
  EXPECT_TRUE(has("12 of 30 pods moved"));
  EXPECT_TRUE(has("29 of 30 pods moved, 1 held (Pod/shop/single-"));
  // Only what is new is told.
  EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(),
            lines.size());
}

struct Death {
  Gate::Mode mode;
  int evictions;  ///< Accepted before it.
  int calls;      ///< And so many calls later.
};

class KilledDrainTest : public DrainTest,
                        public ::testing::WithParamInterface<Death> {};

TEST_P(KilledDrainTest, GoesOnFromWhatIsRecordedAndFromTheCluster) {
  const Death& death = GetParam();
  int deaths = 0;
  pipeline_.on_round = [&] {
    const auto sent = static_cast<int>(pipeline_.cluster.accepted().size());
    if (deaths == 0 && sent > death.evictions) {
      ++deaths;
      pipeline_.gate.Arm(death.mode, death.calls);
    }
  };
  Begin(true);
  EXPECT_TRUE(pipeline_.Run(kLimit));
  EXPECT_EQ(deaths, 1);
  const Incident incident = pipeline_.Only();
  EXPECT_EQ(incident.phase, Phase::kEscalated);
  EXPECT_NE(incident.reason.find("29 of 30 pods moved, 1 held"),
            std::string::npos)
      << incident.reason;
  EXPECT_EQ(PodsOn("node-2").size(), 1u);
  EXPECT_FALSE(IsCordoned());
  ExpectOnlyEvictions();
  for (const ActionRow& row : pipeline_.store.state().actions) {
    EXPECT_NE(row.result, ActionResult::kInFlight);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Deaths, KilledDrainTest,
    ::testing::Values(Death{Gate::Mode::kDieBefore, 1, 1},
                      Death{Gate::Mode::kDieAfter, 1, 9},
                      Death{Gate::Mode::kDieBefore, 12, 14},
                      Death{Gate::Mode::kDieAfter, 12, 15},
                      Death{Gate::Mode::kDieAfter, 12, 16},
                      Death{Gate::Mode::kDieAfter, 12, 17},
                      Death{Gate::Mode::kDieBefore, 28, 20}));

}  // namespace
}  // namespace selfheal::testing
