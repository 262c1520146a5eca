// What the guards ask where a workload leaves the node that is its cause.
#include <gtest/gtest.h>

#include "tests/support/node_world.h"

namespace selfheal::guard {
namespace {

using Names = std::vector<std::string>;

/// A workload's incident whose cause is the node: its pods leave it.
class OfWorkload : public NodeWorld {
 public:
  explicit OfWorkload(NodeScene scene) : NodeWorld(scene) {
    incident.target = {ObjectKind::kDeployment, "shop", "cart"};
    plan.cause = CauseFinding{Cause::kOneNode, "both pods on n2", {"n2"}};
    policy.namespaces = {"shop"};
  }
};

TEST(LeavingGuards, AWorkloadMayLeaveTheNodeThatIsItsCause) {
  for (const NodeScene scene : {NodeScene::kBegin, NodeScene::kEvict}) {
    OfWorkload world(scene);
    EXPECT_EQ(world.Objections(), Names{}) << static_cast<int>(scene);
    world.plan.cause->cause = Cause::kSomePods;
    EXPECT_EQ(world.Objections(), Names{"plan"}) << "no node is the cause";
    world.plan.cause.reset();
    EXPECT_EQ(world.Objections(), Names{"plan"});
  }
}

TEST(LeavingGuards, ItsOwnNamespaceAndLabelsCountBesideTheNodes) {
  for (const NodeScene scene : {NodeScene::kBegin, NodeScene::kEvict}) {
    OfWorkload world(scene);
    world.policy.guards.nodes = false;
    EXPECT_EQ(world.Objections(), Names{"namespaces"});
    world.policy.guards.nodes = true;
    world.policy.namespaces = {"other"};
    EXPECT_EQ(world.Objections(), Names{"namespaces"});
    world.policy.namespaces = {"shop"};
    world.policy.guards.require_label = "heal=yes";
    EXPECT_EQ(world.Objections(), Names{"opt_out"});
  }
}

TEST(LeavingGuards, TheWorkloadRestsAsWellAsItsNode) {
  OfWorkload world(NodeScene::kBegin);
  ActionRow row;
  row.action_id = "before";
  row.target = world.incident.target;
  row.kind = ActionKind::kRestartPod;
  row.runbook = "other";
  row.started_at = world.clock.Now() - seconds(90);
  row.finished_at = world.clock.Now() - seconds(60);
  row.result = ActionResult::kMitigated;
  world.history.state.actions = {row};
  EXPECT_EQ(world.Objections(), Names{"cooldown"});
}

TEST(LeavingGuards, WhatElseStandsOnItsNodeHoldsNoWorkloadBack) {
  OfWorkload world(NodeScene::kEvict);
  ClusterObject& other = world.PutPod("other", "n2");
  other.labels["selfheal.dev/enabled"] = "false";
  other.owners.clear();
  world.PutAgain();
  EXPECT_EQ(world.Of("node_holds").outcome, FindingOutcome::kAllow);
  world.incident.target = world.node;
  EXPECT_EQ(world.Of("node_holds").outcome, FindingOutcome::kDeny);
}

}  // namespace
}  // namespace selfheal::guard
