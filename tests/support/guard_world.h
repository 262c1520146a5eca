#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "guard/guard_chain.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_surroundings.h"
#include "sim/fakes/fake_switches.h"
#include "tests/fakes/fake_action_history.h"
#include "tests/fakes/fake_cluster_client.h"
#include "tests/fakes/fake_cluster_view.h"

namespace selfheal::guard {

/// What is about to be done in a GuardWorld.
enum class Scene {
  kRestartPod,    ///< Delete the pod that crash-loops.
  kCanary,        ///< Evict one pod of a rolling restart.
  kRest,          ///< After the canary: the restart annotation.
  kWhole,         ///< A rolling restart without a canary.
  kScale,         ///< Deployment 4 -> 6.
  kScaleHpa,      ///< HPA 2..8 -> 6..10.
  kUndoRestart,   ///< Back to the annotation before.
  kUndoScale,     ///< Deployment 6 -> 4.
  kUndoHpa,       ///< HPA 6..10 -> 2..8.
  kRollback,      ///< Template of revision 2 -> 1.
  kUndoRollback,  ///< Template of revision 1 -> 2.
  kMemory,        ///< Limit 128Mi -> 192Mi, approved.
  kUndoMemory,    ///< Limit 192Mi -> 128Mi.
};

inline constexpr Scene kAllScenes[] = {
    Scene::kRestartPod,  Scene::kCanary,       Scene::kRest,
    Scene::kWhole,       Scene::kScale,        Scene::kScaleHpa,
    Scene::kUndoRestart, Scene::kUndoScale,    Scene::kUndoHpa,
    Scene::kRollback,    Scene::kUndoRollback, Scene::kMemory,
    Scene::kUndoMemory};

bool IsUndoScene(Scene scene);
bool IsRollbackScene(Scene scene);

/// The templates of the two revisions that GuardWorld keeps.
inline constexpr char kOldTemplate[] =
    R"({"metadata":{"labels":{"app":"cart"}},"spec":{"containers":)"
    R"([{"image":"cart:1","name":"app"}]}})";
inline constexpr char kNewTemplate[] =
    R"({"metadata":{"labels":{"app":"cart"}},"spec":{"containers":)"
    R"([{"image":"cart:2","name":"app"}]}})";

/// A healthy cluster and a sound plan, on which every guard allows; tests
/// spoil one thing at a time.
///
/// Deployment shop/cart (4 replicas) with ReplicaSet and pods cart-abc-0..3;
/// in kRestartPod the first pod crash-loops.
class GuardWorld {
 public:
  explicit GuardWorld(Scene scene);

  Verdict Preview();
  GuardResult Check();
  Verdict PreviewWith(std::span<const GuardEntry> table);
  /// Of the named guard; an allowance is a copy of the chain's.
  Finding Of(const std::string& guard);
  /// Names of the guards that do not allow.
  std::vector<std::string> Objections();
  GuardRequest Request();
  /// What the chain reads before it asks the guards.
  Facts Gathered();

  Time now() const { return clock.Now(); }
  /// Changes the mutation's object, uid and so on through a typed pointer.
  template <typename M>
  M& As() {
    return std::get<M>(mutation);
  }
  void EditWorkload(const std::function<void(ClusterObject&)>& change) {
    cluster.Edit(deployment, change);
  }

  Scene scene;
  ObjectRef ns{ObjectKind::kNamespace, "", "shop"};
  ObjectRef deployment{ObjectKind::kDeployment, "shop", "cart"};
  ObjectRef replica_set{ObjectKind::kReplicaSet, "shop", "cart-abc"};
  ObjectRef hpa{ObjectKind::kHorizontalPodAutoscaler, "shop", "cart"};
  std::vector<ObjectRef> pods;

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
  std::optional<Time> assessed_at;
  std::optional<Time> gate_seen;
  std::optional<Time> watchdog_seen;
  MutationPurpose purpose;
  Mutation mutation;

 private:
  void BuildCluster();
  void BuildPlan();
  void BuildRequest();
  Mutation Planned() const;
};

/// A PodDisruptionBudget of shop/cart that allows `allowed` disruptions.
ClusterObject MakePdb(int allowed);
/// An HPA of shop/cart.
ClusterObject MakeHpa(int low, int high);

}  // namespace selfheal::guard
