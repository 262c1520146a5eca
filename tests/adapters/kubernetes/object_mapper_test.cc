#include "adapters/kubernetes/object_mapper.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

json Deployment() {
  return json::parse(R"({
    "apiVersion":"apps/v1","kind":"Deployment",
    "metadata":{"name":"cart","namespace":"shop","uid":"u1",
      "resourceVersion":"77","generation":3,
      "creationTimestamp":"2026-01-02T03:04:05Z",
      "labels":{"app":"cart"},
      "annotations":{"deployment.kubernetes.io/revision":"4"},
      "managedFields":[{"manager":"kubectl"}]},
    "spec":{"replicas":5,"strategy":{"type":"RollingUpdate"},
      "selector":{"matchLabels":{"app":"cart"}},
      "template":{"metadata":{"creationTimestamp":null,
        "labels":{"app":"cart"},"annotations":{"a":"b"}}}},
    "status":{"observedGeneration":3,"replicas":5,"updatedReplicas":4,
      "readyReplicas":3,"availableReplicas":2,
      "conditions":[{"type":"Progressing","status":"False",
                     "reason":"ProgressDeadlineExceeded"}]}})");
}

TEST(ObjectMapper, MapsADeployment) {
  const auto object = ParseObject(Deployment().dump(), ObjectKind::kDeployment);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_EQ(ToString(object->ref), "Deployment/shop/cart");
  EXPECT_EQ(object->uid, "u1");
  EXPECT_EQ(object->resource_version, "77");
  EXPECT_EQ(object->generation, 3);
  EXPECT_EQ(FormatTime(object->created_at), "2026-01-02T03:04:05.000Z");
  EXPECT_FALSE(object->deleting);
  const auto* state = object->As<WorkloadState>();
  ASSERT_NE(state, nullptr);
  EXPECT_EQ(state->replicas, 5);
  EXPECT_EQ(state->current_replicas, 5);
  EXPECT_EQ(state->updated, 4);
  EXPECT_EQ(state->ready, 3);
  EXPECT_EQ(state->available, 2);
  EXPECT_EQ(state->observed_generation, 3);
  EXPECT_TRUE(state->progress_deadline_exceeded);
  EXPECT_EQ(state->update_strategy, "RollingUpdate");
  EXPECT_EQ(LabelOr(state->selector, "app"), "cart");
  EXPECT_EQ(LabelOr(state->template_annotations, "a"), "b");
  EXPECT_EQ(state->revision, "4");
}

/// A ReplicaSet and a ControllerRevision keep the template of a workload with
/// what controllers add; mapped, all three are the same text.
TEST(ObjectMapper, TemplatesHaveOneForm) {
  json workload = Deployment();
  workload["spec"]["template"]["spec"]["containers"] = json::parse(
      R"([{"name":"app","image":"a:1","resources":{"limits":
          {"memory":"64Mi"},"requests":{"memory":"32Mi"}}},{"name":"b"}])");
  const auto mapped = ParseObject(workload.dump(), ObjectKind::kDeployment);
  ASSERT_TRUE(mapped.ok());
  const std::string& text = mapped->As<WorkloadState>()->pod_template;
  EXPECT_EQ(text.find("creationTimestamp"), std::string::npos);
  ASSERT_EQ(mapped->As<WorkloadState>()->memory.size(), 2u);
  EXPECT_EQ(mapped->As<WorkloadState>()->memory[0].limit, "64Mi");
  EXPECT_EQ(mapped->As<WorkloadState>()->memory[0].request, "32Mi");
  EXPECT_EQ(mapped->As<WorkloadState>()->memory[1].limit, "");

  json set = workload;
  set["kind"] = "ReplicaSet";
  json& labels = set["spec"]["template"]["metadata"]["labels"];
  labels["pod-template-hash"] = "abc";
  set["spec"]["template"]["metadata"].erase("creationTimestamp");
  const auto kept = MapObject(set, ObjectKind::kReplicaSet);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->As<WorkloadState>()->pod_template, text);

  json revision = {{"kind", "ControllerRevision"},
                   {"metadata", workload["metadata"]},
                   {"revision", 9},
                   {"data", {{"spec", {{"template", json()}}}}}};
  revision["data"]["spec"]["template"] = workload["spec"]["template"];
  revision["data"]["spec"]["template"]["$patch"] = "replace";
  const auto state = MapObject(revision, ObjectKind::kControllerRevision);
  ASSERT_TRUE(state.ok()) << state.error().message;
  EXPECT_EQ(state->As<RevisionState>()->number, 9);
  EXPECT_EQ(state->As<RevisionState>()->pod_template, text);
}

TEST(ObjectMapper, MapsWhatBoundsANamespace) {
  const std::string quota = R"({"kind":"ResourceQuota","metadata":
    {"name":"q","namespace":"shop","uid":"u","resourceVersion":"1"},
    "spec":{"hard":{"limits.memory":"2Gi","pods":"9"}},
    "status":{"hard":{"limits.memory":"1Gi"},
              "used":{"limits.memory":"512Mi"}}})";
  const auto bound = ParseObject(quota, ObjectKind::kResourceQuota);
  ASSERT_TRUE(bound.ok()) << bound.error().message;
  const auto* state = bound->As<QuotaState>();
  EXPECT_EQ(state->hard.at("limits.memory"), "1Gi");
  EXPECT_EQ(state->hard.at("pods"), "9");
  EXPECT_EQ(state->used.at("limits.memory"), "512Mi");
  const std::string range = R"({"kind":"LimitRange","metadata":
    {"name":"l","namespace":"shop","uid":"u","resourceVersion":"1"},
    "spec":{"limits":[{"type":"Container","max":{"memory":"256Mi"}},
                      {"type":"Pod","max":{"memory":"1Gi"}}]}})";
  const auto most = ParseObject(range, ObjectKind::kLimitRange);
  ASSERT_TRUE(most.ok()) << most.error().message;
  EXPECT_EQ(most->As<LimitRangeState>()->container_max, "256Mi");
  EXPECT_EQ(most->As<LimitRangeState>()->pod_max, "1Gi");
}

TEST(ObjectMapper, MapsAnApplication) {
  json source = {{"kind", "Application"},
                 {"metadata",
                  {{"name", "shop"},
                   {"namespace", "argocd"},
                   {"uid", "u"},
                   {"resourceVersion", "1"}}}};
  source.update(json::parse(R"({
    "spec":{"syncPolicy":{"automated":{"prune":true}}},
    "status":{"sync":{"status":"OutOfSync","revision":"c3"},
      "health":{"status":"Degraded"},
      "operationState":{"phase":"Succeeded","syncResult":{"revision":"c2"}},
      "history":[{"id":0,"revision":"c1","deployedAt":"2026-01-01T00:00:00Z"},
                 {"id":1,"revision":"c2","deployedAt":"2026-01-02T00:00:00Z"}]}
  })"));
  const auto object = MapObject(source, ObjectKind::kApplication);
  ASSERT_TRUE(object.ok()) << object.error().message;
  const auto* state = object->As<ApplicationState>();
  EXPECT_EQ(state->sync_status, "OutOfSync");
  EXPECT_EQ(state->sync_revision, "c3");
  EXPECT_EQ(state->health, "Degraded");
  EXPECT_TRUE(state->automated);
  EXPECT_FALSE(state->busy);
  EXPECT_EQ(state->operation_revision, "c2");
  ASSERT_EQ(state->history.size(), 2u);
  EXPECT_EQ(state->history[1].revision, "c2");
  source["spec"]["syncPolicy"]["automated"] = {{"enabled", false}};
  source["operation"] = json::object();
  const auto off = MapObject(source, ObjectKind::kApplication);
  ASSERT_TRUE(off.ok());
  EXPECT_FALSE(off->As<ApplicationState>()->automated);
  EXPECT_TRUE(off->As<ApplicationState>()->busy);
}

TEST(ObjectMapper, AbsentNumbersHaveTheMeaningOfKubernetes) {
  json source = Deployment();
  source["spec"].erase("replicas");
  source.erase("status");
  const auto object = MapObject(source, ObjectKind::kDeployment);
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(object->As<WorkloadState>()->replicas, 1);
  EXPECT_EQ(object->As<WorkloadState>()->ready, 0);
}

TEST(ObjectMapper, MapsDaemonSetsAndStatefulSets) {
  json daemon = Deployment();
  daemon["kind"] = "DaemonSet";
  daemon["spec"].erase("replicas");
  daemon["spec"]["updateStrategy"] = {{"type", "OnDelete"}};
  daemon["status"] = {{"desiredNumberScheduled", 3},
                      {"currentNumberScheduled", 2},
                      {"numberReady", 1},
                      {"updatedNumberScheduled", 2},
                      {"numberAvailable", 1}};
  const auto set = MapObject(daemon, ObjectKind::kDaemonSet);
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->As<WorkloadState>()->replicas, 3);
  EXPECT_EQ(set->As<WorkloadState>()->ready, 1);
  EXPECT_EQ(set->As<WorkloadState>()->update_strategy, "OnDelete");
  json stateful = Deployment();
  stateful["kind"] = "StatefulSet";
  stateful["spec"]["updateStrategy"] = {{"type", "RollingUpdate"},
                                        {"rollingUpdate", {{"partition", 2}}}};
  const auto other = MapObject(stateful, ObjectKind::kStatefulSet);
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->As<WorkloadState>()->partition, 2);
}

TEST(ObjectMapper, MapsAPod) {
  const std::string body = R"({
    "kind":"Pod","metadata":{"name":"cart-0","namespace":"shop","uid":"p",
      "resourceVersion":"1","deletionTimestamp":"2026-01-01T00:00:00Z",
      "annotations":{"kubernetes.io/config.mirror":"x"},
      "ownerReferences":[{"kind":"ReplicaSet","name":"cart-1","uid":"r",
                          "controller":true}]},
    "spec":{"nodeName":"n1"},
    "status":{"phase":"Running","startTime":"2026-01-01T00:00:00Z",
      "conditions":[{"type":"Ready","status":"False"}],
      "initContainerStatuses":[
        {"name":"done","restartCount":0,"state":{"terminated":{}}},
        {"name":"stuck","restartCount":4,
         "state":{"waiting":{"reason":"CrashLoopBackOff"}}}],
      "containerStatuses":[
        {"name":"app","ready":false,"restartCount":7,
         "state":{"waiting":{"reason":"CrashLoopBackOff"}},
         "lastState":{"terminated":{"reason":"OOMKilled","exitCode":137}}}]}})";
  const auto object = ParseObject(body, ObjectKind::kPod);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_TRUE(object->deleting);
  ASSERT_NE(object->Controller(), nullptr);
  EXPECT_EQ(object->Controller()->uid, "r");
  const auto* pod = object->As<PodState>();
  ASSERT_NE(pod, nullptr);
  EXPECT_EQ(pod->phase, "Running");
  EXPECT_EQ(pod->node, "n1");
  EXPECT_FALSE(pod->ready);
  EXPECT_TRUE(pod->mirror);
  ASSERT_EQ(pod->containers.size(), 2u);
  EXPECT_EQ(pod->containers[0].restarts, 7);
  EXPECT_EQ(pod->containers[0].waiting_reason, "CrashLoopBackOff");
  EXPECT_EQ(pod->containers[0].last_terminated_reason, "OOMKilled");
  EXPECT_EQ(pod->containers[0].last_exit_code, 137);
  EXPECT_EQ(pod->containers[1].name, "stuck");
}

TEST(ObjectMapper, MapsAnHpa) {
  const auto object = ParseObject(
      R"({"kind":"HorizontalPodAutoscaler",
          "metadata":{"name":"h","namespace":"s","uid":"u",
                      "resourceVersion":"1"},
          "spec":{"scaleTargetRef":{"kind":"Deployment","name":"cart"},
                  "maxReplicas":6},
          "status":{"currentReplicas":2,"desiredReplicas":3,
            "conditions":[{"type":"ScalingActive","status":"False"}]}})",
      ObjectKind::kHorizontalPodAutoscaler);
  ASSERT_TRUE(object.ok()) << object.error().message;
  const auto* hpa = object->As<HpaState>();
  EXPECT_EQ(hpa->target_name, "cart");
  EXPECT_EQ(hpa->min_replicas, 1);
  EXPECT_EQ(hpa->max_replicas, 6);
  EXPECT_EQ(hpa->desired_replicas, 3);
  EXPECT_FALSE(hpa->scaling_active);
}

TEST(ObjectMapper, TellsTheSelectorsOfDisruptionBudgetsApart) {
  const auto map = [](const char* spec) {
    return *ParseObject(std::string(R"({"metadata":{"name":"b","namespace":"s",
                  "uid":"u","resourceVersion":"1"},"spec":)") +
                            spec + R"(,"status":{"disruptionsAllowed":1}})",
                        ObjectKind::kPodDisruptionBudget)
                ->As<PdbState>();
  };
  EXPECT_TRUE(map(R"({"selector":{}})").selects_all);
  EXPECT_FALSE(map("{}").selects_all);
  EXPECT_FALSE(map(R"({"selector":null})").selects_all);
  const PdbState labels = map(R"({"selector":{"matchLabels":{"a":"b"}}})");
  EXPECT_FALSE(labels.selects_all);
  EXPECT_EQ(LabelOr(labels.selector, "a"), "b");
  const PdbState expressions = map(
      R"({"selector":{"matchExpressions":[{"key":"a","operator":"Exists"}]}})");
  EXPECT_TRUE(expressions.selector_has_expressions);
  EXPECT_FALSE(expressions.selects_all);
  EXPECT_EQ(expressions.disruptions_allowed, 1);
}

TEST(ObjectMapper, MapsANode) {
  const auto object = ParseObject(
      R"({"kind":"Node","metadata":{"name":"n","uid":"u","resourceVersion":"1",
            "labels":{"node-role.kubernetes.io/control-plane":""}},
          "spec":{"unschedulable":true},
          "status":{"conditions":[{"type":"Ready","status":"True"}]}})",
      ObjectKind::kNode);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_EQ(ToString(object->ref), "Node/n");
  EXPECT_TRUE(object->As<NodeState>()->unschedulable);
  EXPECT_TRUE(object->As<NodeState>()->control_plane);
  EXPECT_EQ(object->As<NodeState>()->conditions.at("Ready"), "True");
}

TEST(ObjectMapper, ControlPlanesByLabelOrTaint) {
  for (const char* key :
       {"control-plane", "master", "controlplane", "etcd", "worker"}) {
    const std::string role = std::string("node-role.kubernetes.io/") + key;
    json node = {
        {"metadata", {{"name", "n"}, {"uid", "u"}, {"resourceVersion", "1"}}},
        {"spec", json::object()}};
    json by_label = node;
    by_label["metadata"]["labels"][role] = "";
    json by_taint = node;
    by_taint["spec"]["taints"] = {{{"key", role}, {"effect", "NoSchedule"}}};
    for (const json& one : {by_label, by_taint}) {
      const auto object = ParseObject(one.dump(), ObjectKind::kNode);
      ASSERT_TRUE(object.ok()) << object.error().message;
      EXPECT_EQ(object->As<NodeState>()->control_plane,
                std::string(key) != "worker")
          << one.dump();
    }
  }
}

/// One value of a good Deployment replaced by a wrong one.
struct Spoiled {
  const char* pointer;
  json value;
};

TEST(ObjectMapper, AWrongTypeIsAnErrorNeverAGuess) {
  const std::vector<Spoiled> cases = {
      {"/kind", "Pod"},
      {"/kind", 7},
      {"/metadata", "x"},
      {"/metadata/name", ""},
      {"/metadata/namespace", nullptr},
      {"/metadata/uid", 5},
      {"/metadata/uid", nullptr},
      {"/metadata/resourceVersion", 77},
      {"/metadata/generation", "3"},
      {"/metadata/creationTimestamp", "yesterday"},
      {"/metadata/labels", json::array()},
      {"/metadata/labels/app", 1},
      {"/metadata/annotations", "x"},
      {"/metadata/ownerReferences", json::object()},
      {"/metadata/ownerReferences", json::array({"x"})},
      {"/spec/replicas", "5"},
      {"/spec/replicas", 5.5},
      {"/spec/replicas", 5000000000LL},
      {"/spec/replicas", 18446744073709551615ULL},
      {"/spec/replicas", true},
      {"/spec/paused", "false"},
      {"/spec/selector", "app=cart"},
      {"/spec/template", json::array()},
      {"/status", json::array()},
      {"/status/readyReplicas", "3"},
      {"/status/conditions", "x"},
      {"/status/conditions/0", 1},
  };
  for (const Spoiled& spoiled : cases) {
    json source = Deployment();
    source[json::json_pointer(spoiled.pointer)] = spoiled.value;
    const auto object = ParseObject(source.dump(), ObjectKind::kDeployment);
    ASSERT_FALSE(object.ok()) << spoiled.pointer << " " << spoiled.value;
    EXPECT_EQ(object.error().code, Code::kInternal);
  }
}

TEST(ObjectMapper, EveryTruncationIsAnError) {
  const std::string body = Deployment().dump();
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(
        ParseObject(body.substr(0, size), ObjectKind::kDeployment).ok());
  }
}

TEST(ObjectMapper, SurvivesDeepNesting) {
  std::string deep = R"({"kind":"Deployment","x":)";
  deep += std::string(300000, '[') + std::string(300000, ']') + "}";
  EXPECT_FALSE(ParseObject(deep, ObjectKind::kDeployment).ok());
}

std::string ListOf(const json& items, const std::string& token = "") {
  return json({{"kind", "DeploymentList"},
               {"metadata", {{"resourceVersion", "9"}, {"continue", token}}},
               {"items", items}})
      .dump();
}

TEST(ParsePage, MapsEachItemAndTheToken) {
  json item = Deployment();
  item.erase("kind");
  item.erase("apiVersion");
  const auto page = ParsePage(ListOf(json::array({item, item}), "t0"),
                              ObjectKind::kDeployment);
  ASSERT_TRUE(page.ok()) << page.error().message;
  ASSERT_EQ(page->items.size(), 2u);
  EXPECT_EQ(page->items[1].ref.name, "cart");
  EXPECT_EQ(page->items[1].As<WorkloadState>()->ready, 3);
  EXPECT_EQ(page->continue_token, "t0");
}

TEST(ParsePage, AnEmptyListIsNotAnAbsentOne) {
  EXPECT_TRUE(
      ParsePage(ListOf(json::array()), ObjectKind::kDeployment)->items.empty());
  EXPECT_TRUE(ParsePage(ListOf(nullptr), ObjectKind::kDeployment).ok());
  for (const std::string& body :
       {std::string(R"({"kind":"DeploymentList","metadata":{}})"),
        std::string("{}"), std::string("[]"), std::string(""),
        std::string("null"), ListOf(json::array({1})),
        ListOf(json::array({"x"})), ListOf(json::object()), ListOf("x"),
        ListOf(json::array({json::object()}))}) {
    EXPECT_FALSE(ParsePage(body, ObjectKind::kDeployment).ok()) << body;
  }
}

TEST(ParsePage, OneBadItemSpoilsThePage) {
  json bad = Deployment();
  bad["spec"]["replicas"] = "many";
  EXPECT_FALSE(ParsePage(ListOf(json::array({Deployment(), bad})),
                         ObjectKind::kDeployment)
                   .ok());
  EXPECT_FALSE(
      ParsePage(ListOf(json::array({Deployment()})), ObjectKind::kPod).ok());
}

}  // namespace
}  // namespace selfheal::kubernetes
