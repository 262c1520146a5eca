// Each guard of nodes at its edges.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/support/guard_world.h"
#include "tests/support/node_world.h"

namespace selfheal::guard {
namespace {

using Names = std::vector<std::string>;
using std::chrono::minutes;

void SetCondition(NodeWorld& world, const std::string& node,
                  const std::string& type, const std::string& status) {
  world.EditNode(node,
                 [&](NodeState& state) { state.conditions[type] = status; });
}

void SetAside(NodeWorld& world, const std::string& node, bool by_us) {
  world.cluster.Edit({ObjectKind::kNode, "", node}, [&](ClusterObject& object) {
    std::get<NodeState>(object.state).unschedulable = true;
    if (by_us) object.annotations["selfheal.dev/cordoned"] = "other";
  });
}

TEST(NodeGuards, AllowWhatIsSound) {
  for (const NodeScene scene : kNodeScenes) {
    NodeWorld world(scene);
    EXPECT_EQ(world.Objections(), Names{}) << static_cast<int>(scene);
    EXPECT_TRUE(world.Check().permit.has_value());
    const auto last = world.LastMetreAlone();
    EXPECT_TRUE(last.ok()) << static_cast<int>(scene) << last.error().message;
  }
}

TEST(NodeGuards, NodesAreOptedInOrNothingIsDone) {
  for (const NodeScene scene : kNodeScenes) {
    NodeWorld world(scene);
    world.policy.guards.nodes = false;
    EXPECT_EQ(world.Objections(), Names{"namespaces"});
    EXPECT_FALSE(world.LastMetreAlone().ok());
  }
}

/// The opt-in of nodes covers what runs on one that is drained, and no more.
TEST(NodeGuards, AnotherActionGainsNothingByNodes) {
  GuardWorld world(Scene::kCanary);
  world.policy.guards.nodes = true;
  world.policy.namespaces = {"other"};
  EXPECT_EQ(world.Of("namespaces").outcome, FindingOutcome::kDeny);
}

TEST(NodeGuards, ThreeNodesOrAThirdIsNoEvidence) {
  NodeWorld world(NodeScene::kBegin);
  EXPECT_EQ(world.Of("node_evidence").outcome, FindingOutcome::kAllow);
  SetCondition(world, "n3", "PIDPressure", "True");
  // 2 of 4 are more than 30 %.
  EXPECT_EQ(world.Of("node_evidence").outcome, FindingOutcome::kDeny);
  for (int i = 5; i <= 7; ++i) {
    ClusterObject node = *world.cluster.Get({ObjectKind::kNode, "", "n1"});
    node.ref.name = "n" + std::to_string(i);
    world.cluster.Put(node);
  }
  // 2 of 7 are not.
  EXPECT_EQ(world.Of("node_evidence").outcome, FindingOutcome::kAllow);
  SetCondition(world, "n4", "Ready", "Unknown");
  EXPECT_EQ(world.Of("node_evidence").outcome, FindingOutcome::kDeny);
  EXPECT_FALSE(world.Of("node_evidence").retry_at.has_value());
}

TEST(NodeGuards, AFullDiskEverywhereIsNoReasonToMove) {
  NodeWorld world(NodeScene::kBegin);
  for (const char* name : {"n1", "n3", "n4"}) {
    world.cluster.Remove({ObjectKind::kNode, "", name});
  }
  SetCondition(world, "n2", "DiskPressure", "True");
  EXPECT_EQ(world.Of("node_evidence").outcome, FindingOutcome::kDeny);
}

/// Alert and metrics are one witness; the node's own word is the other.
TEST(NodeGuards, AFullDiskMovesPodsOnceItsNodeSaysSo) {
  const auto of_full_disk = [](NodeScene scene, const char* pressure) {
    NodeWorld world(scene);
    world.incident.type = IncidentType::kDiskPressure;
    SetCondition(world, "n2", "MemoryPressure", "False");
    SetCondition(world, "n2", "DiskPressure", pressure);
    return world.Of("node_evidence").outcome;
  };
  EXPECT_EQ(of_full_disk(NodeScene::kBegin, "False"), FindingOutcome::kDeny);
  EXPECT_EQ(of_full_disk(NodeScene::kBegin, "True"), FindingOutcome::kAllow);
  EXPECT_EQ(of_full_disk(NodeScene::kCordon, "False"), FindingOutcome::kAllow);
  EXPECT_EQ(of_full_disk(NodeScene::kEvict, "False"), FindingOutcome::kAllow);
}

TEST(NodeGuards, UnreadNodesDeny) {
  NodeWorld world(NodeScene::kBegin);
  world.cluster.FailList(ObjectKind::kNode,
                         {Code::kDeadlineExceeded, "no answer"});
  EXPECT_EQ(world.Objections(),
            (Names{"node_evidence", "node_limits", "node_room"}));
}

TEST(NodeGuards, AnotherNodeThatIsOutStandsInTheWay) {
  for (const NodeScene scene : {NodeScene::kBegin, NodeScene::kCordon}) {
    NodeWorld world(scene);
    SetAside(world, "n4", true);
    EXPECT_EQ(world.Of("node_limits").outcome, FindingOutcome::kDeny);
    NodeWorld lost(scene);
    SetCondition(lost, "n4", "Ready", "False");
    EXPECT_EQ(lost.Of("node_limits").outcome, FindingOutcome::kDeny);
    NodeWorld people(scene);
    SetAside(people, "n4", false);
    EXPECT_EQ(people.Of("node_limits").outcome, FindingOutcome::kDeny);
  }
}

TEST(NodeGuards, ATenthOfTheNodesMayBeOutAndOneAZone) {
  NodeWorld world(NodeScene::kBegin);
  const ClusterObject some = *world.cluster.Get({ObjectKind::kNode, "", "n1"});
  for (int i = 5; i <= 20; ++i) {
    ClusterObject node = some;
    node.ref.name = "n" + std::to_string(i);
    node.labels["topology.kubernetes.io/zone"] = "e";
    world.cluster.Put(node);
  }
  SetAside(world, "n20", false);
  EXPECT_EQ(world.Of("node_limits").outcome, FindingOutcome::kAllow);
  SetAside(world, "n19", false);
  EXPECT_EQ(world.Of("node_limits").outcome, FindingOutcome::kDeny);
  NodeWorld zone(NodeScene::kBegin);
  for (int i = 5; i <= 20; ++i) {
    ClusterObject node = some;
    node.ref.name = "n" + std::to_string(i);
    node.labels["topology.kubernetes.io/zone"] = "b";
    zone.cluster.Put(node);
  }
  SetAside(zone, "n20", false);
  EXPECT_EQ(zone.Of("node_limits").reason,
            "Node/n20 of the same zone is cordoned");
}

TEST(NodeGuards, NodesAreSetAsideOneAfterAnother) {
  for (const NodeScene scene : {NodeScene::kBegin, NodeScene::kCordon}) {
    NodeWorld world(scene);
    const Time now = world.clock.Now();
    ActionRow row{.action_id = "earlier",
                  .incident_id = "i",
                  .target = {ObjectKind::kNode, "", "n4"},
                  .kind = ActionKind::kDrain,
                  .runbook = "node-pressure",
                  .started_at = now - minutes(9),
                  .finished_at = now - minutes(8),
                  .result = ActionResult::kMitigated};
    world.history.state.actions = {row};
    const Finding finding = world.Of("node_pace");
    EXPECT_EQ(finding.outcome, FindingOutcome::kDeny);
    EXPECT_EQ(finding.retry_at, now + minutes(1));
    world.history.state.actions[0].started_at = now - minutes(10);
    EXPECT_EQ(world.Of("node_pace").outcome, FindingOutcome::kAllow);
    world.history.state.actions[0].started_at = now - minutes(1);
    world.history.state.actions[0].kind = ActionKind::kScaleOut;
    EXPECT_EQ(world.Of("node_pace").outcome, FindingOutcome::kAllow);
  }
}

TEST(NodeGuards, WhatIsMovedNeedsRoom) {
  NodeWorld world(NodeScene::kBegin);
  const auto leave = [&](long long bytes) {
    for (const char* name : {"n1", "n3", "n4"}) {
      world.EditNode(name, [&](NodeState& state) {
        state.allocatable.memory_bytes = bytes;
      });
    }
  };
  constexpr long long kGiB = 1LL << 30;
  // n1 carries two pods of 1 GiB, n3 one.
  leave(2 * kGiB);
  EXPECT_EQ(world.Of("node_room").outcome, FindingOutcome::kAllow);
  world.EditNode("n4", [](NodeState& state) { state.tainted = true; });
  EXPECT_EQ(world.Of("node_room").outcome, FindingOutcome::kDeny);
  leave(3 * kGiB);
  EXPECT_EQ(world.Of("node_room").outcome, FindingOutcome::kAllow);
  for (const char* name : {"n1", "n3"}) {
    world.EditNode(name, [](NodeState& state) { state.allocatable.pods = 2; });
  }
  EXPECT_EQ(world.Of("node_room").outcome, FindingOutcome::kDeny);
}

TEST(NodeGuards, ANodeThatCarriesUsOrTheControlPlaneIsLeftAlone) {
  using Spoil = std::function<void(NodeWorld&)>;
  const std::vector<Spoil> spoils = {
      [](NodeWorld& w) {
        w.EditNode("n2", [](NodeState& state) { state.control_plane = true; });
      },
      [](NodeWorld& w) {
        w.cluster.Edit({ObjectKind::kPod, "selfheal", "selfheal-0"},
                       [](ClusterObject& pod) {
                         std::get<PodState>(pod.state).node = "n2";
                       });
      },
      [](NodeWorld& w) {
        ClusterObject& pod = w.PutPod("kube-apiserver-n2", "n2");
        pod.labels = {{"tier", "control-plane"}};
        std::get<PodState>(pod.state).mirror = true;
        w.PutAgain();
      }};
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    NodeWorld world(NodeScene::kBegin);
    spoils[i](world);
    EXPECT_EQ(world.Of("protected").outcome, FindingOutcome::kDeny) << i;
  }
}

TEST(NodeGuards, NothingIsEvictedBesideWhatMustNotMove) {
  using Spoil = std::function<void(ClusterObject&)>;
  const std::vector<Spoil> spoils = {
      [](ClusterObject& pod) { pod.labels["app"] = "prometheus"; },
      [](ClusterObject& pod) { pod.labels["app"] = "alertmanager"; },
      [](ClusterObject& pod) { pod.labels["selfheal.dev/enabled"] = "false"; },
      [](ClusterObject& pod) { pod.ref.ns = "kube-system"; },
      [](ClusterObject& pod) { pod.ref.ns = "monitoring"; },
      [](ClusterObject& pod) { pod.ref.ns = "selfheal"; }};
  for (std::size_t i = 0; i < spoils.size(); ++i) {
    NodeWorld world(NodeScene::kEvict);
    spoils[i](world.PutPod("guest", "n2"));
    world.PutAgain();
    const Finding finding = world.Of("node_holds");
    EXPECT_EQ(finding.outcome, FindingOutcome::kDeny) << i;
    EXPECT_FALSE(finding.retry_at.has_value());
    // The same on another node, or as part of a DaemonSet, is no obstacle.
    NodeWorld other(NodeScene::kEvict);
    spoils[i](other.PutPod("guest", "n3"));
    other.PutAgain();
    EXPECT_EQ(other.Of("node_holds").outcome, FindingOutcome::kAllow) << i;
    NodeWorld daemon(NodeScene::kEvict);
    ClusterObject& pod = daemon.PutPod("guest", "n2");
    spoils[i](pod);
    pod.owners = {{"DaemonSet", "agent", "uid-agent", true}};
    daemon.PutAgain();
    EXPECT_EQ(daemon.Of("node_holds").outcome, FindingOutcome::kAllow) << i;
  }
}

TEST(NodeGuards, OnlyPlannedPodsOfTheNodeLeave) {
  NodeWorld world(NodeScene::kEvict);
  world.plan.change.moves.erase(world.plan.change.moves.begin());
  EXPECT_EQ(world.Of("plan").outcome, FindingOutcome::kDeny);
  NodeWorld moved(NodeScene::kEvict);
  moved.EditObject(
      [](ClusterObject& pod) { std::get<PodState>(pod.state).node = "n3"; });
  EXPECT_EQ(moved.Of("identity").outcome, FindingOutcome::kDeny);
  EXPECT_FALSE(moved.LastMetreAlone().ok());
  NodeWorld held(NodeScene::kEvict);
  held.plan.change.held = "it holds shop/db";
  EXPECT_EQ(held.Of("plan").outcome, FindingOutcome::kDeny);
  NodeWorld deleted(NodeScene::kEvict);
  const MovedPod& first = deleted.plan.change.moves.front();
  deleted.mutation = DeletePod{first.pod, first.uid, "1001"};
  EXPECT_EQ(deleted.Of("plan").outcome, FindingOutcome::kDeny);
}

TEST(NodeGuards, ABudgetHoldsBackAPodAndNotTheDrain) {
  NodeWorld world(NodeScene::kEvict);
  ClusterObject pdb = MakePdb(0);
  pdb.generation = 1;
  world.cluster.Put(pdb);
  const Finding finding = world.Of("availability");
  EXPECT_EQ(finding.outcome, FindingOutcome::kDeny);
  EXPECT_TRUE(finding.retry_at.has_value());
  NodeWorld expressions(NodeScene::kEvict);
  expressions.cluster.Edit(
      {ObjectKind::kDeployment, "shop", "cart"}, [](ClusterObject& object) {
        auto& state = std::get<WorkloadState>(object.state);
        state.selector_has_expressions = true;
        state.progress_deadline_exceeded = true;
      });
  for (const char* guard : {"availability", "rollout"}) {
    EXPECT_EQ(expressions.Of(guard).outcome, FindingOutcome::kDeny);
    EXPECT_TRUE(expressions.Of(guard).retry_at.has_value());
  }
}

TEST(NodeGuards, ProductionPodsOnANodeAskAPerson) {
  NodeWorld world(NodeScene::kBegin);
  world.plan.risk = world.runbook.risk = Risk::kMedium;
  EXPECT_EQ(world.Of("approval").outcome, FindingOutcome::kAllow);
  world.policy.guards.production_namespaces = {"shop"};
  EXPECT_EQ(world.Of("approval").outcome, FindingOutcome::kNeedsApproval);
}

TEST(NodeGuards, AWorkloadIsNotBlamedForItsLostNode) {
  GuardWorld world(Scene::kRestartPod);
  ClusterObject node;
  node.ref = {ObjectKind::kNode, "", "n1"};
  NodeState state;
  state.conditions["Ready"] = "True";
  node.state = state;
  world.cluster.Put(node);
  EXPECT_EQ(world.Of("root_node").outcome, FindingOutcome::kAllow);
  world.cluster.Edit(node.ref, [](ClusterObject& object) {
    std::get<NodeState>(object.state).conditions["Ready"] = "Unknown";
  });
  const Finding finding = world.Of("root_node");
  EXPECT_EQ(finding.outcome, FindingOutcome::kDeny);
  EXPECT_TRUE(finding.retry_at.has_value());
  world.cluster.FailList(ObjectKind::kNode, {Code::kUnavailable, "503"});
  EXPECT_FALSE(world.Of("root_node").retry_at.has_value());
}

TEST(NodeGuards, EachAloneStopsSomething) {
  using Spoil = std::function<void(NodeWorld&)>;
  const std::map<std::string, std::pair<NodeScene, Spoil>> spoilers = {
      {"node_evidence",
       {NodeScene::kEvict,
        [](NodeWorld& w) { SetCondition(w, "n3", "PIDPressure", "True"); }}},
      {"node_limits",
       {NodeScene::kBegin, [](NodeWorld& w) { SetAside(w, "n4", false); }}},
      {"node_pace",
       {NodeScene::kCordon,
        [](NodeWorld& w) {
          ActionRow row;
          row.target = {ObjectKind::kNode, "", "n4"};
          row.kind = ActionKind::kCordon;
          row.started_at = w.clock.Now() - minutes(1);
          row.finished_at = row.started_at;
          row.result = ActionResult::kMitigated;
          w.history.state.actions = {row};
        }}},
      {"node_room",
       {NodeScene::kBegin,
        [](NodeWorld& w) {
          for (const char* name : {"n1", "n3", "n4"}) {
            w.EditNode(name, [](NodeState& state) {
              state.allocatable.cpu_millis = 199;
            });
          }
        }}},
      {"node_holds", {NodeScene::kEvict, [](NodeWorld& w) {
                        w.PutPod("guest", "n2").labels["app"] = "prometheus";
                        w.PutAgain();
                      }}}};
  for (const GuardEntry& guard : AllGuards()) {
    const std::string name(guard.name);
    if (!name.starts_with("node_")) continue;
    const auto spoiler = spoilers.find(name);
    ASSERT_NE(spoiler, spoilers.end()) << name << " has no case";
    NodeWorld world(spoiler->second.first);
    spoiler->second.second(world);
    EXPECT_EQ(world.Objections(), Names{name});
  }
}

}  // namespace
}  // namespace selfheal::guard
