#pragma once

#include <functional>
#include <string>
#include <vector>

#include "guard/guard_chain.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_surroundings.h"
#include "sim/fakes/fake_switches.h"
#include "tests/fakes/fake_action_history.h"
#include "tests/fakes/fake_cluster_view.h"

namespace selfheal::guard {

/// What is about to be done to node n2 of a NodeWorld.
enum class NodeScene {
  kBegin,     ///< The drain's cordon.
  kEvict,     ///< The drain's first eviction.
  kCordon,    ///< A cordon alone.
  kUncordon,  ///< Of an earlier action's cordon.
  kUndo,      ///< The drain's way back.
};

inline constexpr NodeScene kNodeScenes[] = {
    NodeScene::kBegin, NodeScene::kEvict, NodeScene::kCordon,
    NodeScene::kUncordon, NodeScene::kUndo};

/// Four nodes, of which n2 is short of memory, and a sound plan to drain it of
/// two of the four pods of Deployment shop/cart, on which every guard allows;
/// we run on n1. Tests spoil one thing at a time.
class NodeWorld {
 public:
  explicit NodeWorld(NodeScene scene);

  GuardResult Check();
  /// Of the named guard.
  Finding Of(const std::string& guard);
  /// Names of the guards that do not allow.
  std::vector<std::string> Objections();
  /// What the last metre says where nothing at all was guarded.
  Result<void> LastMetreAlone();
  GuardRequest Request();

  void EditNode(const std::string& name,
                const std::function<void(NodeState&)>& change);
  void EditObject(const std::function<void(ClusterObject&)>& change) {
    cluster.Edit(ObjectOf(mutation), change);
  }
  /// One more pod on a node, of the ReplicaSet of shop/cart.
  ClusterObject& PutPod(const std::string& name, const std::string& node);
  void PutAgain() { cluster.Put(last_pod_); }

  NodeScene scene;
  ObjectRef node{ObjectKind::kNode, "", "n2"};
  testing::FakeClock clock;
  testing::FakeClusterView cluster;
  testing::FakeActionHistory history;
  testing::FakeSwitches switches;
  testing::FakeSurroundings surroundings{clock};
  GuardPolicy policy;
  Incident incident;
  Rule rule;
  Runbook runbook;
  Plan plan;
  EvidenceWindow evidence;
  MutationPurpose purpose;
  Mutation mutation;

 private:
  void BuildCluster();
  void BuildPlan();
  void BuildRequest();
  Mutation Planned() const;

  ClusterObject last_pod_;
};

}  // namespace selfheal::guard
