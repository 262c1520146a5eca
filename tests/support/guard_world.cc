#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr char kRestartedAt[] = "kubectl.kubernetes.io/restartedAt";
constexpr char kBefore[] = "2026-11-20T08:00:00Z";
constexpr char kAfter[] = "2026-11-25T12:00:00Z";
constexpr int kReplicas = 4;
constexpr int kGrown = 6;

const Labels kApp = {{"app", "cart"}};

ActionKind KindOfScene(Scene scene) {
  switch (scene) {
    case Scene::kRestartPod:
      return ActionKind::kRestartPod;
    case Scene::kCanary:
    case Scene::kRest:
    case Scene::kWhole:
      return ActionKind::kRollingRestart;
    case Scene::kScale:
    case Scene::kScaleHpa:
      return ActionKind::kScaleOut;
    case Scene::kUndoRestart:
      return ActionKind::kUndoRollingRestart;
    case Scene::kUndoScale:
    case Scene::kUndoHpa:
      return ActionKind::kUndoScaleOut;
    case Scene::kRollback:
      return ActionKind::kRollback;
    case Scene::kUndoRollback:
      return ActionKind::kUndoRollback;
    case Scene::kMemory:
      return ActionKind::kSetResources;
    case Scene::kUndoMemory:
      return ActionKind::kUndoSetResources;
  }
  return ActionKind::kNotify;
}

bool HasHpa(Scene scene) {
  return scene == Scene::kScaleHpa || scene == Scene::kUndoHpa;
}

Action ActionOfScene(Scene scene) {
  switch (KindOfScene(scene)) {
    case ActionKind::kRestartPod:
      return RestartPod{};
    case ActionKind::kRollingRestart:
    case ActionKind::kUndoRollingRestart:
      return RollingRestart{};
    case ActionKind::kScaleOut:
    case ActionKind::kUndoScaleOut:
      return ScaleOut{};
    case ActionKind::kScaleIn:
    case ActionKind::kUndoScaleIn:
      return ScaleIn{};
    case ActionKind::kRollback:
    case ActionKind::kUndoRollback:
      return Rollback{};
    case ActionKind::kSetResources:
    case ActionKind::kUndoSetResources:
      return SetResources{};
    case ActionKind::kCordon:
    case ActionKind::kUndoCordon:
      return Cordon{};
    case ActionKind::kDrain:
    case ActionKind::kUndoDrain:
      return Drain{};
    case ActionKind::kUncordon:
      return Uncordon{};
    case ActionKind::kEvictPod:
      return EvictOne{};
    case ActionKind::kExpandVolume:
      return ExpandVolume{};
    case ActionKind::kRenewCertificate:
      return RenewCertificate{};
    case ActionKind::kNotify:
      return Notify{};
  }
  return Notify{};
}

ClusterObject Named(const ObjectRef& ref, std::string uid) {
  ClusterObject object;
  object.ref = ref;
  object.uid = std::move(uid);
  object.resource_version = "1001";
  object.generation = ref.kind == ObjectKind::kPod ? 0 : 3;
  return object;
}

ClusterObject MakePod(const ObjectRef& ref, bool ready) {
  ClusterObject pod = Named(ref, "uid-" + ref.name);
  pod.labels = kApp;
  pod.owners = {{"ReplicaSet", "cart-abc", "uid-rs", true}};
  PodState state;
  state.phase = "Running";
  state.node = "n1";
  state.ready = ready;
  pod.state = state;
  return pod;
}

MetricWindow MakeMetric(std::string name) {
  MetricWindow metric;
  metric.name = std::move(name);
  metric.window.values = {1, 2, 3};
  return metric;
}

}  // namespace

bool IsUndoScene(Scene scene) { return IsUndo(KindOfScene(scene)); }

bool IsRollbackScene(Scene scene) {
  return scene == Scene::kRollback || scene == Scene::kUndoRollback;
}

ClusterObject MakePdb(int allowed) {
  ClusterObject pdb =
      Named({ObjectKind::kPodDisruptionBudget, "shop", "cart"}, "uid-pdb");
  PdbState state;
  state.selector = kApp;
  state.disruptions_allowed = allowed;
  state.observed_generation = 3;
  pdb.state = state;
  return pdb;
}

ClusterObject MakeHpa(int low, int high) {
  ClusterObject hpa =
      Named({ObjectKind::kHorizontalPodAutoscaler, "shop", "cart"}, "uid-hpa");
  hpa.generation = 0;
  HpaState state;
  state.target_kind = "Deployment";
  state.target_name = "cart";
  state.min_replicas = low;
  state.max_replicas = high;
  state.current_replicas = kReplicas;
  hpa.state = state;
  return hpa;
}

GuardWorld::GuardWorld(Scene scene) : scene(scene) {
  policy.namespaces = {"shop"};
  policy.guards.rollback.require_approval = false;
  BuildCluster();
  BuildPlan();
  BuildRequest();
}

void GuardWorld::BuildCluster() {
  cluster.Put(Named(ns, "uid-ns"));
  ClusterObject set = Named(replica_set, "uid-rs");
  set.owners = {{"Deployment", "cart", "uid-dep", true}};
  set.labels = kApp;
  WorkloadState kept;
  kept.revision = "2";
  kept.pod_template = kNewTemplate;
  set.state = kept;
  cluster.Put(set);
  ClusterObject old = set;
  old.ref.name = "cart-old";
  old.uid = "uid-old";
  kept.revision = "1";
  kept.pod_template = kOldTemplate;
  old.state = kept;
  cluster.Put(old);
  const int replicas = scene == Scene::kUndoScale ? kGrown : kReplicas;
  for (int i = 0; i < replicas; ++i) {
    pods.push_back({ObjectKind::kPod, "shop", "cart-abc-" + std::to_string(i)});
    cluster.Put(MakePod(pods.back(), scene != Scene::kRestartPod || i > 0));
  }
  ClusterObject workload = Named(deployment, "uid-dep");
  WorkloadState state;
  state.replicas = state.current_replicas = state.ready = state.updated =
      state.available = replicas;
  state.observed_generation = 3;
  state.update_strategy = "RollingUpdate";
  state.selector = state.template_labels = kApp;
  state.template_annotations[kRestartedAt] =
      scene == Scene::kUndoRestart ? kAfter : kBefore;
  state.pod_template =
      scene == Scene::kUndoRollback ? kOldTemplate : kNewTemplate;
  state.memory = {
      {"app", scene == Scene::kUndoMemory ? "192Mi" : "128Mi", "64Mi"}};
  workload.state = state;
  cluster.Put(workload);
  if (HasHpa(scene)) {
    cluster.Put(scene == Scene::kScaleHpa ? MakeHpa(2, 8) : MakeHpa(6, 10));
  }
}

void GuardWorld::BuildPlan() {
  rule.name = "memory-leak";
  rule.runbook = "memory-leak";
  runbook.name = "memory-leak";
  runbook.digest = "digest";
  runbook.risk = Risk::kLow;
  runbook.steps = {
      {ActionOfScene(scene), seconds(300), seconds(60), UndoMode::kAutomatic}};
  PlannedChange change;
  change.object = deployment;
  change.uid = "uid-dep";
  change.generation = 3;
  change.pods = kReplicas;
  if (scene == Scene::kRestartPod) {
    change.object = pods[0];
    change.uid = "uid-" + pods[0].name;
    change.generation = 0;
  } else if (HasHpa(scene)) {
    change.object = hpa;
    change.uid = "uid-hpa";
    change.generation = 0;
    change.from = 2;
    change.to = 6;
    change.from_max = 8;
    change.to_max = 10;
  } else if (scene == Scene::kScale || scene == Scene::kUndoScale) {
    change.from = kReplicas;
    change.to = kGrown;
  } else if (scene == Scene::kMemory || scene == Scene::kUndoMemory) {
    change.container = "app";
    change.from_value = "128Mi";
    change.to_value = "192Mi";
  } else if (IsRollbackScene(scene)) {
    change.from = 2;
    change.to = 1;
    change.from_value = kNewTemplate;
    change.to_value = kOldTemplate;
  } else {
    change.restarted_at = kAfter;
    change.previous_restarted_at = kBefore;
    if (scene != Scene::kWhole) {
      change.canaries = {{pods[1].name, "uid-" + pods[1].name}};
    }
  }
  plan = {.runbook = runbook.name,
          .runbook_digest = runbook.digest,
          .risk = runbook.risk,
          .steps = runbook.steps,
          .step = 0,
          .target = deployment,
          .target_uid = "uid-dep",
          .change = change,
          .hash = "hash",
          .created_at = now(),
          .expires_at = now() + seconds(900)};
}

Mutation GuardWorld::Planned() const {
  const PlannedChange& change = plan.change;
  switch (scene) {
    case Scene::kRestartPod:
      return DeletePod{pods[0], change.uid, "1001"};
    case Scene::kCanary:
      return EvictPod{pods[1], "uid-" + pods[1].name, "1001"};
    case Scene::kRest:
    case Scene::kWhole:
      return SetRestartedAt{deployment, "uid-dep", "1001", kAfter, "action"};
    case Scene::kUndoRestart:
      return SetRestartedAt{deployment, "uid-dep", "1001", kBefore, "action"};
    case Scene::kScale:
      return SetReplicas{deployment, "uid-dep", "1001", change.to};
    case Scene::kUndoScale:
      return SetReplicas{deployment, "uid-dep", "1001", change.from};
    case Scene::kScaleHpa:
      return SetHpaBounds{hpa, "uid-hpa", "1001", 6, 10, "action"};
    case Scene::kUndoHpa:
      return SetHpaBounds{hpa, "uid-hpa", "1001", 2, 8, "action"};
    case Scene::kRollback:
      return SetTemplate{deployment, "uid-dep", "1001", kOldTemplate, "action"};
    case Scene::kUndoRollback:
      return SetTemplate{deployment, "uid-dep", "1001", kNewTemplate, "action"};
    case Scene::kMemory:
    case Scene::kUndoMemory:
      return SetMemory{deployment,
                       "uid-dep",
                       "1001",
                       "app",
                       scene == Scene::kMemory ? "192Mi" : "128Mi",
                       "",
                       "action"};
  }
  return {};
}

void GuardWorld::BuildRequest() {
  incident.id = "01JDHTA000000000000000000A";
  incident.target = deployment;
  incident.target_uid = "uid-dep";
  incident.rule = rule.name;
  incident.alerts = {{"0123456789abcdef", "KubeMemoryLeak", now(), true}};
  Assessment assessment;
  assessment.outcome = Judgement::kConfirmed;
  assessment.score = 0.9;
  incident.assessment = assessment;
  incident.progress.action_id = "action";
  if (scene == Scene::kMemory) {
    Approval approval;
    approval.plan_hash = plan.hash;
    approval.target_uid = plan.target_uid;
    approval.generation = plan.change.generation;
    approval.expires_at = now() + seconds(3600);
    approval.state = ApprovalState::kGranted;
    approval.decided_by = "admin:ann";
    approval.grants = {{"admin:ann", now(), ""}};
    incident.approval = approval;
  }
  if (scene == Scene::kRest) {
    incident.progress.canary = Judgement::kNotConfirmed;
  }
  evidence.at = now() - seconds(5);
  evidence.metrics = {MakeMetric("memory")};
  assessed_at = evidence.at;
  mutation = Planned();
  purpose = {.incident_id = incident.id,
             .action_id = "action",
             .intent_id = "intent",
             .kind = KindOfScene(scene),
             .phase = "apply",
             .step = 0,
             .attempt = 1,
             .first_of_action = scene != Scene::kRest && !IsUndoScene(scene),
             .target = deployment,
             .target_uid = "uid-dep",
             .runbook = runbook.name,
             .plan_hash = plan.hash,
             .needs_approval = false};
}

GuardRequest GuardWorld::Request() {
  incident.plan = plan;
  return {.incident = &incident,
          .rule = &rule,
          .runbook = &runbook,
          .plan = &plan,
          .evidence = &evidence,
          .assessed_at = assessed_at,
          .gate_seen = gate_seen,
          .watchdog_seen = watchdog_seen,
          .purpose = purpose,
          .mutation = mutation,
          .request = testing::FakeClusterClient::EncodePlainly(mutation)};
}

Verdict GuardWorld::PreviewWith(std::span<const GuardEntry> table) {
  GuardChain chain(policy, {cluster, history, switches, surroundings}, clock,
                   table);
  return chain.Preview(Request());
}

Facts GuardWorld::Gathered() {
  return Gather({cluster, history, switches, surroundings}, purpose, mutation,
                now());
}

Verdict GuardWorld::Preview() { return PreviewWith(AllGuards()); }

GuardResult GuardWorld::Check() {
  GuardChain chain(policy, {cluster, history, switches, surroundings}, clock);
  return chain.Check(Request());
}

Finding GuardWorld::Of(const std::string& guard) {
  for (Finding& finding : Preview().findings) {
    if (finding.guard == guard) return finding;
  }
  ADD_FAILURE() << "no guard is called " << guard;
  return {};
}

std::vector<std::string> GuardWorld::Objections() {
  std::vector<std::string> names;
  for (const Finding& finding : Preview().findings) {
    if (finding.outcome != FindingOutcome::kAllow) {
      names.push_back(finding.guard);
    }
  }
  return names;
}

}  // namespace selfheal::guard
