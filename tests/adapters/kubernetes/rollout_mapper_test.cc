#include "adapters/kubernetes/rollout_mapper.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "adapters/kubernetes/object_mapper.h"

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

json Rollout() {
  return json::parse(R"({
    "kind":"Rollout","metadata":{"name":"cart","namespace":"shop","uid":"u",
      "resourceVersion":"9","generation":7,
      "annotations":{"rollout.argoproj.io/revision":"3"}},
    "spec":{"replicas":4,"restartAt":"2026-11-25T12:00:00Z",
      "selector":{"matchLabels":{"app":"cart"}},
      "strategy":{"blueGreen":{"activeService":"cart"}},
      "template":{"metadata":{"labels":{"app":"cart"}},
        "spec":{"containers":[{"name":"app","image":"cart:3"}]}}},
    "status":{"observedGeneration":"7","phase":"Degraded","abort":true,
      "message":"RolloutAborted: by hand","stableRS":"one",
      "currentPodHash":"two","restartedAt":"2026-11-25T12:00:00Z",
      "replicas":5,"updatedReplicas":1,"readyReplicas":4,
      "availableReplicas":3}})");
}

TEST(RolloutMapper, ReadsWhatADeploymentHasNot) {
  const auto object = ParseObject(Rollout().dump(), ObjectKind::kRollout);
  ASSERT_TRUE(object.ok()) << object.error().message;
  const auto* state = object->As<WorkloadState>();
  ASSERT_NE(state, nullptr);
  EXPECT_EQ(state->observed_generation, 7);
  EXPECT_EQ(state->update_strategy, "BlueGreen");
  EXPECT_EQ(state->revision, "3");
  EXPECT_EQ(state->replicas, 4);
  EXPECT_EQ(state->current_replicas, 5);
  EXPECT_EQ(state->available, 3);
  EXPECT_EQ(LabelOr(state->selector, "app"), "cart");
  EXPECT_FALSE(state->pod_template.empty());
  ASSERT_TRUE(state->rollout.has_value());
  EXPECT_TRUE(state->rollout->aborted);
  EXPECT_TRUE(state->rollout->Updates());
  EXPECT_FALSE(state->rollout->Restarts());
  EXPECT_EQ(state->rollout->stable_hash, "one");
  EXPECT_EQ(state->rollout->message, "RolloutAborted: by hand");
  EXPECT_EQ(state->rollout->template_of, "");
}

TEST(RolloutMapper, TellsWhoHasAbortedIt) {
  const auto told = [](const json& managers) {
    json rollout = Rollout();
    rollout["metadata"]["managedFields"] = managers;
    const auto object = ParseObject(rollout.dump(), ObjectKind::kRollout);
    EXPECT_TRUE(object.ok());
    return object->As<WorkloadState>()->rollout->aborted_by;
  };
  const json spec = {{"manager", "kubectl"},
                     {"fieldsV1", {{"f:spec", {{"f:replicas", {}}}}}}};
  const auto of = [](const char* manager, const char* field) {
    const json fields = {{field, json::object()}};
    return json{{"manager", manager}, {"fieldsV1", {{"f:status", fields}}}};
  };
  EXPECT_EQ(told(json::array()), "");
  EXPECT_EQ(told({spec, of("argo", "f:phase")}), "");
  EXPECT_EQ(told({spec, of("argo", "f:phase"), of("selfheal", "f:abort")}),
            "selfheal");
  EXPECT_EQ(told({of("selfheal", "f:abort"), of("kubectl", "f:abort")}),
            "selfheal, kubectl");
}

TEST(RolloutMapper, AGenerationThatIsNoNumberWasNotObserved) {
  for (const char* text : {"", "5d8f7c9b", "7x", "x7"}) {
    json rollout = Rollout();
    rollout["status"]["observedGeneration"] = text;
    const auto object = MapObject(rollout, ObjectKind::kRollout);
    ASSERT_TRUE(object.ok());
    EXPECT_EQ(object->As<WorkloadState>()->observed_generation, 0) << text;
  }
  json rollout = Rollout();
  rollout["status"]["observedGeneration"] = 7;
  EXPECT_FALSE(MapObject(rollout, ObjectKind::kRollout).ok());
}

TEST(RolloutMapper, NamesTheWorkloadThatHasItsTemplate) {
  json rollout = Rollout();
  rollout["spec"].erase("template");
  rollout["spec"]["workloadRef"] = {{"kind", "Deployment"}, {"name", "cart"}};
  const auto object = MapObject(rollout, ObjectKind::kRollout);
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(object->As<WorkloadState>()->rollout->template_of,
            "Deployment/cart");
}

/// The label of its hash is its controller's, not a part of the template.
TEST(RolloutMapper, ItsReplicaSetKeepsTheTemplateWithoutItsHash) {
  json set = Rollout();
  set["kind"] = "ReplicaSet";
  set["spec"].erase("restartAt");
  set["status"] = json::object();
  set["metadata"]["labels"] = {{"rollouts-pod-template-hash", "two"}};
  set["spec"]["template"]["metadata"]["labels"]["rollouts-pod-template-hash"] =
      "two";
  const auto object = MapObject(set, ObjectKind::kReplicaSet);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_EQ(RolloutHash(*object), "two");
  const auto* state = object->As<WorkloadState>();
  EXPECT_FALSE(state->rollout.has_value());
  EXPECT_EQ(state->revision, "3");
  EXPECT_EQ(state->pod_template.find("rollouts-pod-template-hash"),
            std::string::npos);
}

}  // namespace
}  // namespace selfheal::kubernetes
