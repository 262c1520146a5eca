#include "tests/support/node_world.h"

#include <gtest/gtest.h>

#include "execute/last_metre.h"
#include "tests/fakes/fake_audit_store.h"
#include "tests/fakes/fake_cluster_client.h"

namespace selfheal::guard {
namespace {

constexpr char kCordoned[] = "selfheal.dev/cordoned";
constexpr long long kGiB = 1LL << 30;

ClusterObject Named(ObjectKind kind, const std::string& ns,
                    const std::string& name) {
  ClusterObject object;
  object.ref = {kind, ns, name};
  object.uid = "uid-" + name;
  object.resource_version = "1001";
  return object;
}

ClusterObject MakeNode(const std::string& name, const std::string& zone) {
  ClusterObject node = Named(ObjectKind::kNode, "", name);
  node.labels["topology.kubernetes.io/zone"] = zone;
  NodeState state;
  state.allocatable = {4000, 8 * kGiB, 110};
  state.conditions = {{"Ready", "True"},
                      {"MemoryPressure", "False"},
                      {"DiskPressure", "False"}};
  node.state = state;
  return node;
}

ClusterObject MakePod(const std::string& name, const std::string& node) {
  ClusterObject pod = Named(ObjectKind::kPod, "shop", name);
  pod.labels = {{"app", "cart"}};
  pod.owners = {{"ReplicaSet", "cart-abc", "uid-cart-abc", true}};
  PodState state;
  state.phase = "Running";
  state.node = node;
  state.ready = true;
  state.requests = {100, kGiB, 1};
  pod.state = state;
  return pod;
}

ActionKind KindOfScene(NodeScene scene) {
  switch (scene) {
    case NodeScene::kBegin:
    case NodeScene::kEvict:
      return ActionKind::kDrain;
    case NodeScene::kCordon:
      return ActionKind::kCordon;
    case NodeScene::kUncordon:
      return ActionKind::kUncordon;
    case NodeScene::kUndo:
      return ActionKind::kUndoDrain;
  }
  return ActionKind::kNotify;
}

Action ActionOfScene(NodeScene scene) {
  if (scene == NodeScene::kCordon) return Cordon{};
  if (scene == NodeScene::kUncordon) return Uncordon{};
  return Drain{};
}

bool IsCordonedIn(NodeScene scene) {
  return scene != NodeScene::kBegin && scene != NodeScene::kCordon;
}

}  // namespace

NodeWorld::NodeWorld(NodeScene scene) : scene(scene) {
  policy.namespaces = {"other"};
  policy.guards.nodes = true;
  policy.own_namespace = "selfheal";
  policy.own_pod = "selfheal-0";
  BuildCluster();
  BuildPlan();
  BuildRequest();
}

void NodeWorld::BuildCluster() {
  cluster.Put(Named(ObjectKind::kNamespace, "", "shop"));
  const char* zones[] = {"a", "b", "c", "d"};
  for (int i = 0; i < 4; ++i) {
    cluster.Put(MakeNode("n" + std::to_string(i + 1), zones[i]));
  }
  EditNode("n2", [](NodeState& state) {
    state.conditions["MemoryPressure"] = "True";
  });
  if (IsCordonedIn(scene)) {
    cluster.Edit(node, [&](ClusterObject& object) {
      std::get<NodeState>(object.state).unschedulable = true;
      object.annotations[kCordoned] =
          scene == NodeScene::kUncordon ? "earlier" : "action";
    });
  }
  ClusterObject set = Named(ObjectKind::kReplicaSet, "shop", "cart-abc");
  set.owners = {{"Deployment", "cart", "uid-cart", true}};
  cluster.Put(set);
  ClusterObject workload = Named(ObjectKind::kDeployment, "shop", "cart");
  WorkloadState state;
  state.replicas = state.current_replicas = state.ready = state.updated =
      state.available = 4;
  state.update_strategy = "RollingUpdate";
  state.selector = state.template_labels = {{"app", "cart"}};
  workload.state = state;
  cluster.Put(workload);
  cluster.Put(MakePod("cart-abc-0", "n2"));
  cluster.Put(MakePod("cart-abc-1", "n2"));
  cluster.Put(MakePod("cart-abc-2", "n1"));
  cluster.Put(MakePod("cart-abc-3", "n3"));
  ClusterObject own = MakePod("selfheal-0", "n1");
  own.ref.ns = "selfheal";
  own.labels = {{"app", "selfhealstack"}};
  cluster.Put(own);
}

void NodeWorld::BuildPlan() {
  rule.name = "node-pressure";
  rule.runbook = "node-pressure";
  runbook.name = "node-pressure";
  runbook.digest = "digest";
  runbook.risk = Risk::kLow;
  runbook.steps = {
      {ActionOfScene(scene), seconds(300), seconds(60), UndoMode::kAutomatic}};
  PlannedChange change;
  change.object = node;
  change.uid = "uid-n2";
  const ObjectRef cart{ObjectKind::kDeployment, "shop", "cart"};
  for (const char* name : {"cart-abc-0", "cart-abc-1"}) {
    change.moves.push_back(
        {{ObjectKind::kPod, "shop", name}, "uid-" + std::string(name), cart});
  }
  plan = {.runbook = runbook.name,
          .runbook_digest = runbook.digest,
          .risk = runbook.risk,
          .steps = runbook.steps,
          .step = 0,
          .target = node,
          .target_uid = "uid-n2",
          .change = change,
          .hash = "hash",
          .created_at = clock.Now(),
          .expires_at = clock.Now() + seconds(900)};
}

Mutation NodeWorld::Planned() const {
  if (scene == NodeScene::kEvict) {
    const MovedPod& first = plan.change.moves.front();
    return EvictPod{first.pod, first.uid, "1001"};
  }
  const bool sets = scene == NodeScene::kBegin || scene == NodeScene::kCordon;
  return SetUnschedulable{node, "uid-n2", "1001", sets, "action"};
}

void NodeWorld::BuildRequest() {
  incident.id = "01JDHTA000000000000000000A";
  incident.target = node;
  incident.target_uid = "uid-n2";
  incident.rule = rule.name;
  incident.alerts = {
      {"0123456789abcdef", "KubeNodePressure", clock.Now(), true}};
  Assessment assessment;
  assessment.outcome = Judgement::kConfirmed;
  assessment.score = 0.9;
  incident.assessment = assessment;
  incident.progress.action_id = "action";
  evidence.at = clock.Now() - seconds(5);
  MetricWindow metric;
  metric.name = "trouble";
  metric.window.values = {0, 0, 1};
  evidence.metrics = {metric};
  mutation = Planned();
  const bool first = scene != NodeScene::kEvict && scene != NodeScene::kUndo;
  purpose = {.incident_id = incident.id,
             .action_id = "action",
             .intent_id = "intent",
             .kind = KindOfScene(scene),
             .phase = "apply",
             .step = 0,
             .attempt = 1,
             .first_of_action = first,
             .target = node,
             .target_uid = "uid-n2",
             .runbook = runbook.name,
             .plan_hash = plan.hash,
             .needs_approval = false};
}

GuardRequest NodeWorld::Request() {
  incident.plan = plan;
  return {.incident = &incident,
          .rule = &rule,
          .runbook = &runbook,
          .plan = &plan,
          .evidence = &evidence,
          .assessed_at = evidence.at,
          .gate_seen = std::nullopt,
          .watchdog_seen = std::nullopt,
          .purpose = purpose,
          .mutation = mutation,
          .request = testing::FakeClusterClient::EncodePlainly(mutation)};
}

GuardResult NodeWorld::Check() {
  GuardChain chain(policy, {cluster, history, switches, surroundings}, clock);
  return chain.Check(Request());
}

Finding NodeWorld::Of(const std::string& guard) {
  for (Finding& finding : Check().verdict.findings) {
    if (finding.guard == guard) return finding;
  }
  ADD_FAILURE() << "no guard is called " << guard;
  return {};
}

std::vector<std::string> NodeWorld::Objections() {
  std::vector<std::string> names;
  for (const Finding& finding : Check().verdict.findings) {
    if (finding.outcome != FindingOutcome::kAllow) {
      names.push_back(finding.guard);
    }
  }
  return names;
}

Result<void> NodeWorld::LastMetreAlone() {
  static constexpr GuardEntry kNone[] = {
      {"none", [](const GuardInput&) { return Allow("yes"); }}};
  GuardChain chain(policy, {cluster, history, switches, surroundings}, clock,
                   kNone);
  auto permit = std::move(chain.Check(Request()).permit);
  testing::FakeAuditStore audit;
  auto intent = audit.RecordIntent(std::move(*permit), incident, {});
  testing::FakeClusterClient client;
  LastMetre last(cluster, client, switches, clock, clock,
                 {.namespaces = policy.namespaces,
                  .excluded = policy.guards.excluded_namespaces,
                  .own_namespace = policy.own_namespace,
                  .max_replicas = policy.guards.scale.max_replicas,
                  .nodes = policy.guards.nodes,
                  .own_pod = policy.own_pod});
  return last.Check(*intent);
}

void NodeWorld::EditNode(const std::string& name,
                         const std::function<void(NodeState&)>& change) {
  cluster.Edit({ObjectKind::kNode, "", name}, [&](ClusterObject& object) {
    change(std::get<NodeState>(object.state));
  });
}

ClusterObject& NodeWorld::PutPod(const std::string& name,
                                 const std::string& on) {
  last_pod_ = MakePod(name, on);
  cluster.Put(last_pod_);
  return last_pod_;
}

}  // namespace selfheal::guard
