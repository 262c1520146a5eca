// What guards say of templates that are put back, memory limits that are set,
// and whom such actions ask.
#include <gtest/gtest.h>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

ObjectRef OldSet() { return {ObjectKind::kReplicaSet, "shop", "cart-old"}; }

TEST(GuardRevisions, NoFurtherBackThanKnobAndRunbookSay) {
  GuardWorld world(Scene::kRollback);
  EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kAllow);
  for (int number = 3; number <= 5; ++number) {
    ClusterObject more = *world.cluster.Get(OldSet());
    more.ref.name = "cart-" + std::to_string(number);
    auto& state = std::get<WorkloadState>(more.state);
    state.revision = std::to_string(number);
    state.pod_template = R"({"n":)" + std::to_string(number) + "}";
    world.cluster.Put(more);
  }
  world.cluster.Edit(world.replica_set, [](ClusterObject& o) {
    std::get<WorkloadState>(o.state).revision = "6";
  });
  EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kDeny) << "4 back";
  world.cluster.Remove({ObjectKind::kReplicaSet, "shop", "cart-3"});
  EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kAllow) << "3 back";
  world.plan.steps.front().action = Rollback{.max_revisions = 2};
  EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kDeny);
  world.plan.steps.front().action = Rollback{.max_revisions = 9};
  EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kAllow);
  world.policy.guards.rollback.max_revisions = 2;
  EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kDeny);
}

TEST(GuardRevisions, OnlyOfTheWorkloadsOwnHistory) {
  for (const Scene scene : {Scene::kRollback, Scene::kUndoRollback}) {
    GuardWorld world(scene);
    const ObjectRef aim =
        scene == Scene::kRollback ? OldSet() : world.replica_set;
    world.cluster.Edit(aim, [](ClusterObject& o) {
      o.owners = {{"Deployment", "cart", "uid-other", true}};
    });
    EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kDeny);
    world.cluster.Remove(aim);
    EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kDeny);
    world.cluster.FailList(ObjectKind::kReplicaSet,
                           {Code::kUnavailable, "no answer"});
    EXPECT_EQ(world.Of("revisions").outcome, FindingOutcome::kDeny);
  }
}

/// A rollback of shop/cart by Argo CD's Application, from c3 to c2.
class SyncWorld : public GuardWorld {
 public:
  SyncWorld() : GuardWorld(Scene::kRollback) {
    policy.namespaces = {"shop", "argocd"};
    ClusterObject space = *cluster.Get(ns);
    space.ref.name = "argocd";
    cluster.Put(space);
    state.sync_status = "Synced";
    state.sync_revision = "c3";
    state.history = {{"c0", {}}, {"c1", {}}, {"c2", {}}, {"c3", {}}};
    plan.change.object = application;
    plan.change.uid = "uid-app";
    plan.change.generation = 0;
    plan.change.from_value = "c3";
    Aim("c2");
  }

  void Aim(const std::string& revision) {
    plan.change.to_value = revision;
    mutation = RequestSync{application, "uid-app", "1001", revision, "action"};
  }

  FindingOutcome Revisions() {
    ClusterObject object;
    object.ref = application;
    object.uid = "uid-app";
    object.resource_version = "1001";
    object.generation = 77;
    object.state = state;
    cluster.Put(object);
    return Of("revisions").outcome;
  }

  ObjectRef application{ObjectKind::kApplication, "argocd", "cart"};
  ApplicationState state;
};

TEST(GuardRevisions, ASyncIsToAnEarlierOneOfItsHistory) {
  SyncWorld world;
  EXPECT_EQ(world.Revisions(), FindingOutcome::kAllow);
  // Whatever the knob says, a person is asked; nobody else objects.
  EXPECT_EQ(world.Objections(), std::vector<std::string>{"approval"});
  for (const auto& [revision, allowed] :
       {std::pair("c0", true), std::pair("c3", false), std::pair("c9", false),
        std::pair("", false)}) {
    world.Aim(revision);
    EXPECT_EQ(world.Revisions() == FindingOutcome::kAllow, allowed) << revision;
  }
  world.Aim("c0");
  world.policy.guards.rollback.max_revisions = 2;
  EXPECT_EQ(world.Revisions(), FindingOutcome::kDeny) << "three back";
}

TEST(GuardRevisions, NoSyncAgainstAutoSyncNorBesideAnother) {
  SyncWorld world;
  world.state.automated = true;
  EXPECT_EQ(world.Revisions(), FindingOutcome::kDeny);
  // To what Git says where the cluster has drifted is what it does itself.
  world.state.sync_status = "OutOfSync";
  EXPECT_EQ(world.Revisions(), FindingOutcome::kDeny);
  world.Aim("c3");
  EXPECT_EQ(world.Revisions(), FindingOutcome::kAllow);
  world.state.busy = true;
  EXPECT_EQ(world.Revisions(), FindingOutcome::kDeny);
}

TEST(GuardNamespaces, ASyncNeedsBothPlacesOptedIn) {
  SyncWorld world;
  world.Revisions();
  for (const char* one : {"shop", "argocd"}) {
    world.policy.namespaces = {one};
    EXPECT_EQ(world.Of("namespaces").outcome, FindingOutcome::kDeny);
  }
}

TEST(GuardPlan, OnlyThePlannedTemplateLimitOrRevision) {
  GuardWorld back(Scene::kRollback);
  EXPECT_EQ(back.Of("plan").outcome, FindingOutcome::kAllow);
  back.As<SetTemplate>().pod_template = kNewTemplate;
  EXPECT_EQ(back.Of("plan").outcome, FindingOutcome::kDeny);
  GuardWorld forward(Scene::kUndoRollback);
  forward.As<SetTemplate>().pod_template = kOldTemplate;
  EXPECT_EQ(forward.Of("plan").outcome, FindingOutcome::kDeny);
  GuardWorld memory(Scene::kMemory);
  memory.As<SetMemory>().limit = "160Mi";
  EXPECT_EQ(memory.Of("plan").outcome, FindingOutcome::kDeny);
  memory.As<SetMemory>().limit = "192Mi";
  memory.As<SetMemory>().request = "192Mi";
  EXPECT_EQ(memory.Of("plan").outcome, FindingOutcome::kDeny);
  SyncWorld sync;
  sync.As<RequestSync>().revision = "c1";
  EXPECT_EQ(sync.Of("plan").outcome, FindingOutcome::kDeny);
}

TEST(GuardPlan, OfARollbackOnlyTheFrozenStuckPodsAreDeleted) {
  GuardWorld world(Scene::kRollback);
  const ObjectRef pod = world.pods[1];
  world.mutation = DeletePod{pod, "uid-" + pod.name, "1001"};
  world.purpose.first_of_action = false;
  EXPECT_EQ(world.Of("plan").outcome, FindingOutcome::kDeny);
  world.plan.change.canaries = {{pod.name, "uid-" + pod.name}};
  EXPECT_EQ(world.Of("plan").outcome, FindingOutcome::kAllow);
  world.As<DeletePod>().uid = "uid-new";
  EXPECT_EQ(world.Of("plan").outcome, FindingOutcome::kDeny);
}

TEST(GuardGitOps, NothingIsChangedThatOthersWouldSetBack) {
  for (const Scene scene : {Scene::kRollback, Scene::kMemory, Scene::kScale}) {
    GuardWorld world(scene);
    world.EditWorkload([](ClusterObject& o) {
      o.labels["helm.toolkit.fluxcd.io/name"] = "cart";
    });
    EXPECT_EQ(world.Of("gitops").outcome, FindingOutcome::kDeny);
  }
  // A restart's annotation stands in no manifest, and an HPA has its own.
  for (const Scene scene : {Scene::kRest, Scene::kScaleHpa, Scene::kCanary,
                            Scene::kUndoRollback, Scene::kUndoScale}) {
    GuardWorld world(scene);
    world.EditWorkload([](ClusterObject& o) {
      o.labels["helm.toolkit.fluxcd.io/name"] = "cart";
    });
    EXPECT_EQ(world.Of("gitops").outcome, FindingOutcome::kAllow);
  }
}

TEST(GuardGitOps, HelmsLabelCountsWithAnApplicationOnly) {
  GuardWorld world(Scene::kRollback);
  world.EditWorkload([](ClusterObject& o) {
    o.labels["app.kubernetes.io/instance"] = "cart";
  });
  EXPECT_EQ(world.Of("gitops").outcome, FindingOutcome::kAllow);
  ClusterObject application;
  application.ref = {ObjectKind::kApplication, "teams", "shop"};
  world.cluster.Put(application);
  EXPECT_EQ(world.Of("gitops").outcome, FindingOutcome::kAllow);
  application.ref.name = "cart";
  world.cluster.Put(application);
  const Finding kept = world.Of("gitops");
  EXPECT_EQ(kept.outcome, FindingOutcome::kDeny);
  EXPECT_NE(kept.reason.find("Application teams/cart"), std::string::npos);
  world.cluster.FailList(ObjectKind::kApplication, {Code::kNotFound, "no CRD"});
  EXPECT_EQ(world.Of("gitops").outcome, FindingOutcome::kAllow);
}

TEST(GuardGitOps, AnApplicationThatCanNotBeReadMayKeepIt) {
  for (const Code code : {Code::kPermissionDenied, Code::kUnavailable,
                          Code::kInternal, Code::kDeadlineExceeded}) {
    GuardWorld world(Scene::kRollback);
    world.EditWorkload([](ClusterObject& o) {
      o.labels["app.kubernetes.io/instance"] = "cart";
    });
    world.cluster.FailList(ObjectKind::kApplication, {code, "no answer"});
    EXPECT_EQ(world.Of("gitops").outcome, FindingOutcome::kDeny);
  }
}

TEST(GuardMemoryLimits, AtTheEdges) {
  for (const auto& [limit, allowed] :
       {std::pair("192Mi", true), std::pair("193Mi", false),
        std::pair("129Mi", true), std::pair("128Mi", false),
        std::pair("64Mi", false), std::pair("1Gi", false), std::pair("", false),
        std::pair("0", false)}) {
    GuardWorld world(Scene::kMemory);
    world.As<SetMemory>().limit = limit;
    EXPECT_EQ(world.Of("memory_limits").outcome == FindingOutcome::kAllow,
              allowed)
        << limit;
  }
  GuardWorld world(Scene::kMemory);
  world.As<SetMemory>().request = "100Mi";
  EXPECT_EQ(world.Of("memory_limits").outcome, FindingOutcome::kDeny);
  world.As<SetMemory>().container = "side";
  EXPECT_EQ(world.Of("memory_limits").outcome, FindingOutcome::kDeny);
}

TEST(GuardApproval, RollbacksAskAsTheKnobSays) {
  GuardWorld world(Scene::kRollback);
  EXPECT_EQ(world.Of("approval").outcome, FindingOutcome::kAllow);
  world.policy.guards.rollback.require_approval = true;
  EXPECT_EQ(world.Of("approval").outcome, FindingOutcome::kNeedsApproval);
  EXPECT_EQ(world.Check().people, 1);
  world.policy.guards.rollback.require_approval = false;
  world.policy.guards.production_namespaces = {"shop"};
  EXPECT_EQ(world.Of("approval").outcome, FindingOutcome::kNeedsApproval);
  EXPECT_EQ(world.Check().people, 1);
  world.runbook.risk = Risk::kHigh;
  EXPECT_EQ(world.Check().people, 2);
}

TEST(GuardApproval, AnUndoOfThemAsksNobody) {
  for (const Scene scene : {Scene::kUndoRollback, Scene::kUndoMemory}) {
    GuardWorld world(scene);
    world.policy.guards.rollback.require_approval = true;
    world.policy.guards.production_namespaces = {"*"};
    EXPECT_EQ(world.Of("approval").outcome, FindingOutcome::kAllow);
  }
}

TEST(GuardApproval, MoreMemoryAlwaysAsks) {
  GuardWorld world(Scene::kMemory);
  EXPECT_EQ(world.Of("approval").outcome, FindingOutcome::kAllow);
  world.incident.approval.reset();
  EXPECT_EQ(world.Of("approval").outcome, FindingOutcome::kNeedsApproval);
  EXPECT_EQ(world.Check().people, 1);
}

TEST(GuardRollout, ARollbackMayCutAFailedRolloutShort) {
  GuardWorld world(Scene::kRollback);
  world.EditWorkload([](ClusterObject& o) {
    auto& state = std::get<WorkloadState>(o.state);
    state.progress_deadline_exceeded = true;
    state.updated = 1;
  });
  EXPECT_TRUE(world.Objections().empty());
  world.EditWorkload(
      [](ClusterObject& o) { std::get<WorkloadState>(o.state).paused = true; });
  EXPECT_EQ(world.Of("rollout").outcome, FindingOutcome::kDeny);
  world.EditWorkload([](ClusterObject& o) {
    auto& state = std::get<WorkloadState>(o.state);
    state.paused = false;
    state.update_strategy = "Recreate";
  });
  EXPECT_EQ(world.Of("rollout").outcome, FindingOutcome::kDeny);
}

TEST(GuardIdentity, AnUndoOnlyTakesBackWhatStandsAsWeLeftIt) {
  GuardWorld back(Scene::kUndoRollback);
  back.EditWorkload([](ClusterObject& o) {
    std::get<WorkloadState>(o.state).pod_template = R"({"other":1})";
  });
  EXPECT_EQ(back.Of("identity").outcome, FindingOutcome::kDeny);
  GuardWorld memory(Scene::kUndoMemory);
  memory.EditWorkload([](ClusterObject& o) {
    std::get<WorkloadState>(o.state).memory.front().limit = "256Mi";
  });
  EXPECT_EQ(memory.Of("identity").outcome, FindingOutcome::kDeny);
}

TEST(GuardIdentity, ASpecThatChangedSinceThePlanEndsIt) {
  for (const Scene scene : {Scene::kRollback, Scene::kMemory}) {
    GuardWorld world(scene);
    world.EditWorkload([](ClusterObject& o) { o.generation = 4; });
    const Finding finding = world.Of("identity");
    EXPECT_EQ(finding.outcome, FindingOutcome::kDeny);
    EXPECT_FALSE(finding.retry_at) << "no waiting lifts it";
    // Where only the status moved, a fresh look may lift it.
    GuardWorld moved(scene);
    moved.EditWorkload([](ClusterObject& o) { o.resource_version = "1002"; });
    EXPECT_TRUE(moved.Of("identity").retry_at.has_value());
  }
}

}  // namespace
}  // namespace selfheal::guard
