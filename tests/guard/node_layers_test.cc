// Two layers, two implementations: what the guards of nodes let through by
// mistake, the last metre stops, and the other way round.
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/node_world.h"

namespace selfheal::guard {
namespace {

TEST(NodeLayers, NobodyElsesCordonIsLifted) {
  for (const NodeScene scene : {NodeScene::kUncordon, NodeScene::kUndo}) {
    NodeWorld world(scene);
    world.EditObject([](ClusterObject& node) { node.annotations.clear(); });
    EXPECT_FALSE(world.LastMetreAlone().ok());
  }
  NodeWorld other(NodeScene::kUndo);
  other.EditObject([](ClusterObject& node) {
    node.annotations["selfheal.dev/cordoned"] = "another";
  });
  EXPECT_EQ(other.Of("identity").outcome, FindingOutcome::kDeny);
  EXPECT_FALSE(other.LastMetreAlone().ok());
  NodeWorld begun(NodeScene::kBegin);
  begun.EditNode("n2", [](NodeState& state) { state.unschedulable = true; });
  EXPECT_FALSE(begun.LastMetreAlone().ok());
}

struct Hazard {
  const char* name;
  std::function<void(NodeWorld&)> spoil;
};

/// Two layers, two implementations: each alone stops each hazard of a node.
TEST(NodeLayers, EachLayerAloneStopsEachHazard) {
  const std::vector<Hazard> hazards = {
      {"kill switch", [](NodeWorld& w) { w.switches.TurnOn("file"); }},
      {"not opted in", [](NodeWorld& w) { w.policy.guards.nodes = false; }},
      {"opted out",
       [](NodeWorld& w) {
         w.EditObject([](ClusterObject& object) {
           object.labels["selfheal.dev/enabled"] = "false";
         });
       }},
      {"replaced",
       [](NodeWorld& w) {
         w.EditObject([](ClusterObject& object) { object.uid = "new"; });
       }},
      {"moved on",
       [](NodeWorld& w) {
         w.EditObject([](ClusterObject& o) { o.resource_version = "9"; });
       }},
      {"gone", [](NodeWorld& w) { w.cluster.Remove(ObjectOf(w.mutation)); }},
      {"no uid",
       [](NodeWorld& w) {
         std::visit([](auto& m) { m.uid = ""; }, w.mutation);
       }},
      {"no version", [](NodeWorld& w) {
         std::visit([](auto& m) { m.resource_version = ""; }, w.mutation);
       }}};
  for (const Hazard& hazard : hazards) {
    for (const NodeScene scene : kNodeScenes) {
      NodeWorld world(scene);
      hazard.spoil(world);
      EXPECT_FALSE(world.Check().permit.has_value())
          << "guards, " << hazard.name << ", " << static_cast<int>(scene);
      EXPECT_FALSE(world.LastMetreAlone().ok())
          << "last metre, " << hazard.name << ", " << static_cast<int>(scene);
    }
  }
}

TEST(NodeLayers, TheLastMetreKnowsNodesByItself) {
  NodeWorld control(NodeScene::kBegin);
  control.EditNode("n2", [](NodeState& state) { state.control_plane = true; });
  EXPECT_FALSE(control.LastMetreAlone().ok());
  NodeWorld own(NodeScene::kBegin);
  own.cluster.Edit(
      {ObjectKind::kPod, "selfheal", "selfheal-0"},
      [](ClusterObject& pod) { std::get<PodState>(pod.state).node = "n2"; });
  EXPECT_FALSE(own.LastMetreAlone().ok());
  NodeWorld daemon(NodeScene::kEvict);
  daemon.EditObject([](ClusterObject& pod) {
    pod.owners = {{"DaemonSet", "agent", "uid", true}};
  });
  EXPECT_FALSE(daemon.LastMetreAlone().ok());
  NodeWorld bare(NodeScene::kEvict);
  bare.EditObject([](ClusterObject& pod) { pod.owners.clear(); });
  EXPECT_FALSE(bare.LastMetreAlone().ok());
}

}  // namespace
}  // namespace selfheal::guard
