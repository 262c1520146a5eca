// The adapter of Kubernetes (ClusterView, ClusterClient, ChangeJournal, access
// reviews) over the simulator and over a real kube-apiserver.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/kubernetes/access_review.h"
#include "adapters/kubernetes/kubernetes_client.h"
#include "adapters/kubernetes/kubernetes_view.h"
#include "adapters/kubernetes/revision_journal.h"
#include "sim/kubesim/simulator.h"
#include "tests/contract/kubernetes_contract.h"
#include "tests/contract/kubernetes_control_plane.h"

namespace selfheal::testing {
namespace {

constexpr char kRestartedAt[] = "kubectl.kubernetes.io/restartedAt";
constexpr char kLastAction[] = "selfheal.dev/last-action";

/// The ports under test beside the scene that makes the objects.
struct Ports {
  const ContractScene& scene;
  kubernetes::ApiClient& api;
  kubernetes::KubernetesView view;
  kubernetes::KubernetesClient client;

  ObjectRef Ref(ObjectKind kind, const std::string& name) const {
    return {kind, scene.name_space, name};
  }
  ClusterObject Live(const ObjectRef& ref) {
    auto object = view.Get(ref);
    EXPECT_TRUE(object.ok()) << object.error().message;
    return *std::move(object);
  }
  ApplyReply Apply(const Mutation& mutation) {
    const auto request = client.Encode(mutation);
    EXPECT_TRUE(request.ok());
    return client.Apply(*request);
  }
  ApplyReply DryRun(const Mutation& mutation) {
    const auto request = client.Encode(mutation);
    EXPECT_TRUE(request.ok());
    return client.DryRun(*request);
  }
};

void ExpectResult(const ApplyReply& reply, ApplyResult result) {
  EXPECT_EQ(static_cast<int>(reply.result), static_cast<int>(result))
      << reply.http_status << " " << reply.reason;
}

void Reads(Ports& ports) {
  ports.scene.MakeDeployment("cart");
  const ObjectRef ref = ports.Ref(ObjectKind::kDeployment, "cart");
  const ClusterObject cart = ports.Live(ref);
  EXPECT_EQ(cart.ref, ref);
  EXPECT_EQ(cart.uid.size(), 36u);
  EXPECT_FALSE(cart.resource_version.empty());
  EXPECT_EQ(cart.generation, 1);
  ASSERT_NE(cart.As<WorkloadState>(), nullptr);
  EXPECT_EQ(cart.As<WorkloadState>()->replicas, 2);
  EXPECT_EQ(LabelOr(cart.As<WorkloadState>()->selector, "app"), "cart");
  EXPECT_EQ(cart.As<WorkloadState>()->update_strategy, "RollingUpdate");
  const Json service = {
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata", {{"name", "web"}}},
      {"spec", {{"selector", {{"app", "cart"}}}, {"ports", {{{"port", 80}}}}}}};
  ASSERT_EQ(
      ports.scene.api.Post(ports.scene.Path("services", ""), service).code,
      201);
  EXPECT_EQ(ports.Live(ports.Ref(ObjectKind::kService, "web"))
                .As<ServiceState>()
                ->selector,
            (Labels{{"app", "cart"}}));
  const auto gone = ports.view.Get(ports.Ref(ObjectKind::kDeployment, "none"));
  ASSERT_FALSE(gone.ok());
  EXPECT_EQ(gone.error().code, Code::kNotFound) << gone.error().message;
}

void Lists(Ports& ports) {
  ports.scene.MakeRunningPod("one", {{"app", "x"}});
  ports.scene.MakeRunningPod("two", {{"app", "x"}});
  ports.scene.MakeRunningPod("other", {{"app", "y"}});
  ListQuery query{.kind = ObjectKind::kPod,
                  .ns = ports.scene.name_space,
                  .selector = {{"app", "x"}},
                  .node = "node-1"};
  const auto pods = ports.view.List(query);
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  ASSERT_EQ(pods->size(), 2u);
  EXPECT_EQ((*pods)[0].ref.name, "one");
  EXPECT_EQ((*pods)[0].As<PodState>()->phase, "Running");
  EXPECT_TRUE((*pods)[0].As<PodState>()->ready);
  query.node = "node-2";
  EXPECT_TRUE(ports.view.List(query)->empty());
  query.node = "node-1";
  query.name = "two";
  ASSERT_EQ(ports.view.List(query)->size(), 1u);
  EXPECT_EQ(ports.view.List(query)->front().ref.name, "two");
  for (const ObjectKind kind :
       {ObjectKind::kReplicaSet, ObjectKind::kStatefulSet,
        ObjectKind::kDaemonSet, ObjectKind::kHorizontalPodAutoscaler,
        ObjectKind::kPodDisruptionBudget}) {
    const auto none =
        ports.view.List({.kind = kind, .ns = ports.scene.name_space});
    ASSERT_TRUE(none.ok()) << none.error().message;
    EXPECT_TRUE(none->empty());
  }
}

void Restarts(Ports& ports) {
  ports.scene.MakeDeployment("cart");
  const ObjectRef ref = ports.Ref(ObjectKind::kDeployment, "cart");
  const ClusterObject before = ports.Live(ref);
  const SetRestartedAt restart{ref, before.uid, before.resource_version,
                               "2026-11-25T12:00:00Z", "act-1"};
  ExpectResult(ports.DryRun(restart), ApplyResult::kApplied);
  EXPECT_EQ(ports.Live(ref).resource_version, before.resource_version);
  ExpectResult(ports.Apply(restart), ApplyResult::kApplied);
  const ClusterObject after = ports.Live(ref);
  EXPECT_EQ(
      LabelOr(after.As<WorkloadState>()->template_annotations, kRestartedAt),
      "2026-11-25T12:00:00Z");
  EXPECT_EQ(LabelOr(after.annotations, kLastAction), "act-1");
  EXPECT_EQ(after.generation, before.generation + 1);
  // The very same bytes again: their precondition has become false.
  ExpectResult(ports.Apply(restart), ApplyResult::kConflict);
  SetRestartedAt foreign = restart;
  foreign.resource_version = after.resource_version;
  foreign.uid = "00000000-0000-0000-0000-000000000000";
  foreign.restarted_at = "2026-11-25T13:00:00Z";
  EXPECT_NE(static_cast<int>(ports.Apply(foreign).result),
            static_cast<int>(ApplyResult::kApplied));
  EXPECT_EQ(ports.Live(ref).resource_version, after.resource_version);
  const SetRestartedAt undo{ref, after.uid, after.resource_version, "",
                            "act-2"};
  ExpectResult(ports.Apply(undo), ApplyResult::kApplied);
  EXPECT_FALSE(
      ports.Live(ref).As<WorkloadState>()->template_annotations.contains(
          kRestartedAt));
}

void Scales(Ports& ports) {
  ports.scene.MakeDeployment("cart");
  const ObjectRef ref = ports.Ref(ObjectKind::kDeployment, "cart");
  const ClusterObject before = ports.Live(ref);
  SetReplicas scale{ref, before.uid, before.resource_version, 5};
  ExpectResult(ports.DryRun(scale), ApplyResult::kApplied);
  EXPECT_EQ(ports.Live(ref).As<WorkloadState>()->replicas, 2);
  ExpectResult(ports.Apply(scale), ApplyResult::kApplied);
  EXPECT_EQ(ports.Live(ref).As<WorkloadState>()->replicas, 5);
  scale.replicas = 7;
  ExpectResult(ports.Apply(scale), ApplyResult::kConflict);
  scale.resource_version = ports.Live(ref).resource_version;
  scale.uid = "00000000-0000-0000-0000-000000000000";
  ExpectResult(ports.Apply(scale), ApplyResult::kConflict);
  EXPECT_EQ(ports.Live(ref).As<WorkloadState>()->replicas, 5);
}

void MovesHpaBounds(Ports& ports) {
  const Json hpa = {
      {"apiVersion", "autoscaling/v2"},
      {"kind", "HorizontalPodAutoscaler"},
      {"metadata", {{"name", "cart"}}},
      {"spec",
       {{"scaleTargetRef",
         {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "cart"}}},
        {"minReplicas", 2},
        {"maxReplicas", 4}}}};
  ASSERT_EQ(ports.scene.api
                .Post(ports.scene.Path("horizontalpodautoscalers", ""), hpa)
                .code,
            201);
  const ObjectRef ref = ports.Ref(ObjectKind::kHorizontalPodAutoscaler, "cart");
  const ClusterObject before = ports.Live(ref);
  EXPECT_EQ(before.As<HpaState>()->target_name, "cart");
  const SetHpaBounds bounds{ref, before.uid, before.resource_version,
                            3,   6,          "act-1"};
  ExpectResult(ports.Apply(bounds), ApplyResult::kApplied);
  const ClusterObject after = ports.Live(ref);
  EXPECT_EQ(after.As<HpaState>()->min_replicas, 3);
  EXPECT_EQ(after.As<HpaState>()->max_replicas, 6);
  EXPECT_EQ(LabelOr(after.annotations, kLastAction), "act-1");
  ExpectResult(ports.Apply(bounds), ApplyResult::kConflict);
}

void DeletesOnePod(Ports& ports) {
  ports.scene.MakeRunningPod("one", {{"app", "x"}});
  const ObjectRef ref = ports.Ref(ObjectKind::kPod, "one");
  const ClusterObject pod = ports.Live(ref);
  ExpectResult(
      ports.Apply(DeletePod{ref, "00000000-0000-0000-0000-000000000000",
                            pod.resource_version}),
      ApplyResult::kConflict);
  ExpectResult(ports.Apply(DeletePod{ref, pod.uid, "1"}),
               ApplyResult::kConflict);
  const DeletePod exact{ref, pod.uid, pod.resource_version};
  ExpectResult(ports.DryRun(exact), ApplyResult::kApplied);
  EXPECT_FALSE(ports.Live(ref).deleting);
  ExpectResult(ports.Apply(exact), ApplyResult::kApplied);
  EXPECT_TRUE(ports.Live(ref).deleting);
  ExpectResult(ports.Apply(DeletePod{ports.Ref(ObjectKind::kPod, "none"),
                                     pod.uid, pod.resource_version}),
               ApplyResult::kGone);
}

void EvictsUnderABudget(Ports& ports) {
  ports.scene.MakeRunningPod("one", {{"app", "x"}});
  const ObjectRef ref = ports.Ref(ObjectKind::kPod, "one");
  const Json budget = {
      {"apiVersion", "policy/v1"},
      {"kind", "PodDisruptionBudget"},
      {"metadata", {{"name", "budget"}}},
      {"spec",
       {{"minAvailable", 1}, {"selector", {{"matchLabels", {{"app", "x"}}}}}}}};
  const std::string path = ports.scene.Path("poddisruptionbudgets", "");
  ASSERT_EQ(ports.scene.api.Post(path, budget).code, 201);
  const Json status = {{"observedGeneration", 1},
                       {"disruptionsAllowed", 0},
                       {"currentHealthy", 1},
                       {"desiredHealthy", 1},
                       {"expectedPods", 1}};
  ASSERT_EQ(
      ports.scene.api.Patch(path + "/budget/status", {{"status", status}}).code,
      200);
  const ClusterObject seen =
      ports.Live(ports.Ref(ObjectKind::kPodDisruptionBudget, "budget"));
  EXPECT_EQ(LabelOr(seen.As<PdbState>()->selector, "app"), "x");
  EXPECT_EQ(seen.As<PdbState>()->disruptions_allowed, 0);
  EXPECT_EQ(seen.As<PdbState>()->expected, 1);
  const ClusterObject pod = ports.Live(ref);
  const EvictPod evict{ref, pod.uid, pod.resource_version};
  const ApplyReply blocked = ports.Apply(evict);
  ExpectResult(blocked, ApplyResult::kRefused);
  EXPECT_EQ(blocked.http_status, 429);
  EXPECT_NE(blocked.reason.find("disruption budget"), std::string::npos);
  EXPECT_FALSE(ports.Live(ref).deleting);
  ports.scene.api.Patch(
      path + "/budget/status",
      {{"status", {{"disruptionsAllowed", 1}, {"currentHealthy", 2}}}});
  ExpectResult(ports.DryRun(evict), ApplyResult::kApplied);
  EXPECT_FALSE(ports.Live(ref).deleting);
  ExpectResult(ports.Apply(EvictPod{ref, "00000000-0000-0000-0000-000000000000",
                                    pod.resource_version}),
               ApplyResult::kConflict);
  ports.scene.api.Patch(
      path + "/budget/status",
      {{"status", {{"disruptionsAllowed", 1}, {"currentHealthy", 2}}}});
  ExpectResult(ports.Apply(evict), ApplyResult::kApplied);
  EXPECT_TRUE(ports.Live(ref).deleting);
}

void KnowsItsRights(Ports& ports) {
  const auto allowed =
      kubernetes::AccessReview(ports.api).Has({.verb = "patch",
                                               .group = "apps",
                                               .resource = "deployments",
                                               .ns = ports.scene.name_space});
  ASSERT_TRUE(allowed.ok()) << allowed.error().message;
  EXPECT_TRUE(*allowed);
}

Json ReplicaSetOf(const Json& deployment, int revision,
                  const std::string& image) {
  const std::string hash = "h" + std::to_string(revision);
  const Json labels = {{"app", "cart"}, {"pod-template-hash", hash}};
  return {{"apiVersion", "apps/v1"},
          {"kind", "ReplicaSet"},
          {"metadata",
           {{"name", "cart-" + hash},
            {"labels", labels},
            {"annotations",
             {{"deployment.kubernetes.io/revision", std::to_string(revision)}}},
            {"ownerReferences",
             {{{"apiVersion", "apps/v1"},
               {"kind", "Deployment"},
               {"name", "cart"},
               {"uid", Meta(deployment, "uid")},
               {"controller", true}}}}}},
          {"spec",
           {{"replicas", 0},
            {"selector", {{"matchLabels", labels}}},
            {"template",
             {{"metadata", {{"labels", labels}}},
              {"spec",
               {{"containers", {{{"name", "app"}, {"image", image}}}}}}}}}}};
}

void TellsChanges(Ports& ports) {
  const Json cart = ports.scene.MakeDeployment("cart");
  const std::string path = ports.scene.Path("replicasets", "");
  ASSERT_EQ(ports.scene.api.Post(path, ReplicaSetOf(cart, 1, "app:1")).code,
            201);
  ASSERT_EQ(ports.scene.api.Post(path, ReplicaSetOf(cart, 2, "app:2")).code,
            201);
  kubernetes::RevisionJournal journal(ports.api);
  const ObjectRef ref = ports.Ref(ObjectKind::kDeployment, "cart");
  const auto changes = journal.Since(ref, Time());
  ASSERT_TRUE(changes.ok()) << changes.error().message;
  ASSERT_EQ(changes->size(), 2u);
  const SpecChange& newest =
      (*changes)[0].revision == 2 ? (*changes)[0] : (*changes)[1];
  EXPECT_EQ(newest.revision, 2);
  EXPECT_EQ(newest.fields,
            std::vector<std::string>{"spec.template.spec.containers[0].image"});
  EXPECT_GT(newest.at, Time());
}

/// No CRD of these is there.
void TellsWhichKindsAreAbsent(Ports& ports) {
  for (const ObjectKind kind :
       {ObjectKind::kRollout, ObjectKind::kApplication}) {
    const auto listed = ports.view.List({.kind = kind, .name = "web"});
    ASSERT_FALSE(listed.ok());
    EXPECT_EQ(listed.error().code, Code::kNotFound) << listed.error().message;
    const auto read = ports.view.Get(ports.Ref(kind, "web"));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, Code::kNotFound) << read.error().message;
  }
}

struct PortCheck {
  const char* name;
  void (*run)(Ports&);
};

constexpr PortCheck kChecks[] = {
    {"reads", Reads},
    {"lists", Lists},
    {"restarts", Restarts},
    {"scales", Scales},
    {"hpa", MovesHpaBounds},
    {"deletes", DeletesOnePod},
    {"evicts", EvictsUnderABudget},
    {"rights", KnowsItsRights},
    {"changes", TellsChanges},
    {"kinds", TellsWhichKindsAreAbsent},
};

void RunAll(const std::string& url, const std::string& token,
            const std::string& ca_file) {
  const Client raw(url, token);
  const SystemClock clock;
  auto api = kubernetes::ApiClient::Create(
      {.access = {.server = url, .tls = {.ca_file = ca_file}, .token = token}},
      clock);
  ASSERT_TRUE(api.ok()) << api.error().message;
  for (const PortCheck& check : kChecks) {
    SCOPED_TRACE(check.name);
    const std::string name_space = std::string("p-") + check.name;
    ASSERT_EQ(
        raw.Post("/api/v1/namespaces", {{"metadata", {{"name", name_space}}}})
            .code,
        201);
    const ContractScene scene{raw, name_space};
    Ports ports{scene, **api, kubernetes::KubernetesView(**api),
                kubernetes::KubernetesClient(**api)};
    check.run(ports);
  }
}

TEST(ClusterPorts, KeepTheirContractOverTheSimulator) {
  kubesim::Options options;
  options.token = "contract-token";
  options.real_time = false;
  options.without = {"argoproj.io"};
  kubesim::Simulator simulator(options);
  simulator.Start();
  RunAll(simulator.url(), options.token, "");
}

TEST(ClusterPorts, KeepTheirContractOverARealApiServer) {
  KubernetesControlPlane control_plane;
  bool missing = false;
  const std::string problem = control_plane.Start(&missing);
  if (missing) GTEST_SKIP() << problem;
  ASSERT_EQ(problem, "");
  RunAll(control_plane.url(), control_plane.token(), control_plane.ca_file());
}

}  // namespace
}  // namespace selfheal::testing
