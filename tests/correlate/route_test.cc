#include "correlate/route.h"

#include <gtest/gtest.h>

#include <string>

namespace selfheal {
namespace {

TEST(RouteTest, TenPodsThatFailWithOneNodeAreOneIncidentOfTheNode) {
  RuleSet set;
  Rule crash;
  crash.name = "crash-loop";
  crash.target = TargetMode::kPod;
  Rule node;
  node.name = "node-pressure";
  node.type = IncidentType::kNodePressure;
  node.target = TargetMode::kNode;
  set.rules = {crash, node};
  for (int i = 0; i < 10; ++i) {
    const ResolvedTarget target{
        .object = {ObjectKind::kDeployment, "shop", "app-" + std::to_string(i)},
        .uid = "uid",
        .root = NodeTrouble{{ObjectKind::kNode, "", "n1"},
                            "uid-n1",
                            IncidentType::kNodePressure}};
    const Route route = RouteOf(set, set.rules[0], target);
    EXPECT_EQ(route.rule->name, "node-pressure");
    EXPECT_EQ(ToString(route.object), "Node/n1");
    EXPECT_EQ(route.uid, "uid-n1");
  }
  const ResolvedTarget own{.object = {ObjectKind::kDeployment, "shop", "cart"},
                           .uid = "uid"};
  EXPECT_EQ(RouteOf(set, set.rules[0], own).rule->name, "crash-loop");
  // Without a rule for the node's trouble the pod's counts.
  set.rules.pop_back();
  ResolvedTarget rooted = own;
  rooted.root = NodeTrouble{
      {ObjectKind::kNode, "", "n1"}, "uid-n1", IncidentType::kNodePressure};
  EXPECT_EQ(ToString(RouteOf(set, set.rules[0], rooted).object),
            "Deployment/shop/cart");
}

TEST(RouteTest, ACrashLoopByTheKernelsKillsIsNoCrashLoop) {
  RuleSet set;
  Rule crash;
  crash.name = "crash-loop";
  crash.type = IncidentType::kCrashLoop;
  crash.target = TargetMode::kPod;
  Rule oom;
  oom.name = "oom-killed";
  oom.type = IncidentType::kOomKilled;
  Rule leak;
  leak.name = "memory-leak";
  set.rules = {crash, leak, oom};
  ResolvedTarget target{.object = {ObjectKind::kDeployment, "shop", "cart"},
                        .uid = "uid"};
  EXPECT_EQ(RouteOf(set, set.rules[0], target).rule->name, "crash-loop");
  target.oom_killed = true;
  const Route route = RouteOf(set, set.rules[0], target);
  EXPECT_EQ(route.rule->name, "oom-killed");
  EXPECT_EQ(ToString(route.object), "Deployment/shop/cart");
  EXPECT_FALSE(route.why.empty());
  EXPECT_EQ(RouteOf(set, set.rules[1], target).rule->name, "memory-leak");
  set.rules.pop_back();
  EXPECT_EQ(RouteOf(set, set.rules[0], target).rule->name, "crash-loop");
}

}  // namespace
}  // namespace selfheal
