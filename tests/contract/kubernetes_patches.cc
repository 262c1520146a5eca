#include <gtest/gtest.h>

#include "tests/contract/kubernetes_contract.h"

namespace selfheal::testing {
namespace {

constexpr char kOtherUid[] = "11111111-1111-1111-1111-111111111111";

Json Annotated(const std::string& value) {
  return {{"metadata", {{"annotations", {{"note", value}}}}}};
}

Json RestartedAt(const std::string& value) {
  const Json notes = {{"kubectl.kubernetes.io/restartedAt", value}};
  return {{"spec", {{"template", {{"metadata", {{"annotations", notes}}}}}}}};
}

void Preconditions(const ContractScene& scene) {
  const Json made = scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  Json patch = Annotated("1");
  patch["metadata"]["resourceVersion"] = "1";
  const Answered stale = scene.api.Patch(path, patch);
  ExpectStatus(stale, 409, "Conflict");
  EXPECT_NE(stale.text.find("the object has been modified"), std::string::npos);
  // A wrong uid is an immutable field to a patch, not a conflict.
  patch["metadata"]["uid"] = kOtherUid;
  patch["metadata"]["resourceVersion"] = Meta(made, "resourceVersion");
  ExpectStatus(scene.api.Patch(path, patch), 422, "Invalid");
  patch["metadata"]["uid"] = Meta(made, "uid");
  const Answered first = scene.api.Patch(path, patch);
  EXPECT_EQ(first.code, 200) << first.text;
  EXPECT_NE(Meta(first.body, "resourceVersion"), Meta(made, "resourceVersion"));
  // The very same bytes again: the version they name is gone.
  ExpectStatus(scene.api.Patch(path, patch), 409, "Conflict");
  ExpectStatus(scene.api.Patch(path, patch, kubesim::kStrategic), 409,
               "Conflict");
}

void NoChange(const ContractScene& scene) {
  scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  const Json first = scene.api.Patch(path, Annotated("1")).body;
  const Answered again = scene.api.Patch(path, Annotated("1"));
  EXPECT_EQ(again.code, 200);
  EXPECT_EQ(Meta(again.body, "resourceVersion"),
            Meta(first, "resourceVersion"));
  EXPECT_EQ(Generation(again.body), Generation(first));
}

void Generations(const ContractScene& scene) {
  scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  const Json labelled =
      scene.api.Patch(path, {{"metadata", {{"labels", {{"x", "1"}}}}}}).body;
  EXPECT_EQ(Generation(labelled), 1);
  // A Deployment counts its annotations into the generation.
  EXPECT_EQ(Generation(scene.api.Patch(path, Annotated("1")).body), 2);
  EXPECT_EQ(
      Generation(scene.api.Patch(path, {{"spec", {{"replicas", 3}}}}).body), 3);
  const Answered status =
      scene.api.Patch(path + "/status", {{"status", {{"replicas", 1}}}});
  EXPECT_EQ(status.code, 200) << status.text;
  EXPECT_EQ(Generation(status.body), 3);
  // Status does not change through the main resource, nor the reverse.
  const Json both = scene.api.Patch(path, {{"status", {{"replicas", 7}}}}).body;
  EXPECT_EQ(kubesim::Number(both, {"status", "replicas"}), 1);
  Json set = ContractDeployment("orders");
  set["kind"] = "StatefulSet";
  set["spec"]["serviceName"] = "orders";
  const std::string sets = scene.Path("statefulsets", "");
  EXPECT_EQ(scene.api.Post(sets, set).code, 201);
  EXPECT_EQ(Generation(scene.api.Patch(sets + "/orders", Annotated("1")).body),
            1);
}

void DryRun(const ContractScene& scene) {
  const Json made = scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  const Answered dry =
      scene.api.Patch(path + "?dryRun=All", {{"spec", {{"replicas", 9}}}});
  EXPECT_EQ(dry.code, 200) << dry.text;
  EXPECT_EQ(kubesim::Number(dry.body, {"spec", "replicas"}), 9);
  EXPECT_EQ(Meta(dry.body, "resourceVersion"), Meta(made, "resourceVersion"));
  EXPECT_EQ(Generation(dry.body), 2);
  const Json after = scene.api.Get(path).body;
  EXPECT_EQ(kubesim::Number(after, {"spec", "replicas"}), 2);
  EXPECT_EQ(Meta(after, "resourceVersion"), Meta(made, "resourceVersion"));
  ExpectStatus(
      scene.api.Patch(path + "?dryRun=Maybe", {{"spec", {{"replicas", 9}}}}),
      422, "Invalid");
  ExpectStatus(
      scene.api.Patch(path + "?dryRun=All", {{"spec", {{"replicas", -1}}}}),
      422, "Invalid");
}

void RestartTwiceIsOne(const ContractScene& scene) {
  scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  const Answered first = scene.api.Patch(
      path, RestartedAt("2026-11-25T12:00:00Z"), kubesim::kStrategic);
  EXPECT_EQ(first.code, 200) << first.text;
  const Answered again = scene.api.Patch(
      path, RestartedAt("2026-11-25T12:00:00Z"), kubesim::kStrategic);
  EXPECT_EQ(Meta(again.body, "resourceVersion"),
            Meta(first.body, "resourceVersion"));
  EXPECT_EQ(Generation(again.body), Generation(first.body));
  const Answered later = scene.api.Patch(
      path, RestartedAt("2026-11-25T12:00:01Z"), kubesim::kStrategic);
  EXPECT_EQ(Generation(later.body), Generation(first.body) + 1);
}

Json TwoContainers(const ContractScene& scene) {
  Json deployment = ContractDeployment("cart");
  Json& containers = deployment["spec"]["template"]["spec"]["containers"];
  containers[0]["env"] = {{{"name", "A"}, {"value", "1"}}};
  containers.push_back({{"name", "side"}, {"image", "side:1"}});
  const Answered made =
      scene.api.Post(scene.Path("deployments", ""), deployment);
  EXPECT_EQ(made.code, 201) << made.text;
  return made.body;
}

void Strategic(const ContractScene& scene) {
  TwoContainers(scene);
  const std::string path = scene.Path("deployments", "cart");
  const auto template_patch = [](const Json& container) {
    return Json{
        {"spec", {{"template", {{"spec", {{"containers", {container}}}}}}}}};
  };
  const Json env = {{{"name", "B"}, {"value", "2"}}};
  Json patched =
      scene.api
          .Patch(path, template_patch({{"name", "app"}, {"env", env}}),
                 kubesim::kStrategic)
          .body;
  const Json* containers =
      kubesim::Member(patched, {"spec", "template", "spec", "containers"});
  ASSERT_NE(containers, nullptr) << patched;
  ASSERT_EQ(containers->size(), 2u);
  EXPECT_EQ((*containers)[0]["env"].size(), 2u);
  EXPECT_EQ((*containers)[0]["image"], "app:1");
  const Json gone = {{"name", "side"}, {"$patch", "delete"}};
  patched =
      scene.api.Patch(path, template_patch(gone), kubesim::kStrategic).body;
  EXPECT_EQ(patched["spec"]["template"]["spec"]["containers"].size(), 1u);
}

void StrategicReplacesTheWholeTemplate(const ContractScene& scene) {
  const Json made = TwoContainers(scene);
  const std::string path = scene.Path("deployments", "cart");
  scene.api.Patch(path, RestartedAt("1"), kubesim::kStrategic);
  Json whole = made["spec"]["template"];
  whole["$patch"] = "replace";
  const Answered back = scene.api.Patch(path, {{"spec", {{"template", whole}}}},
                                        kubesim::kStrategic);
  EXPECT_EQ(back.code, 200) << back.text;
  EXPECT_EQ(back.body["spec"]["template"]["metadata"]["labels"],
            made["spec"]["template"]["metadata"]["labels"]);
  EXPECT_EQ(
      kubesim::Text(back.body, {"spec", "template", "metadata", "annotations",
                                "kubectl.kubernetes.io/restartedAt"}),
      "");
}

void MergeReplacesLists(const ContractScene& scene) {
  TwoContainers(scene);
  const Json container = {{"name", "app"}, {"image", "app:2"}};
  const Json spec = {{"containers", {container}}};
  const Answered merged =
      scene.api.Patch(scene.Path("deployments", "cart"),
                      {{"spec", {{"template", {{"spec", spec}}}}}});
  EXPECT_EQ(merged.code, 200) << merged.text;
  EXPECT_EQ(merged.body["spec"]["template"]["spec"]["containers"].size(), 1u);
  scene.api.Patch(scene.Path("deployments", "cart"), Annotated("1"));
  const Answered removed =
      scene.api.Patch(scene.Path("deployments", "cart"),
                      {{"metadata", {{"annotations", {{"note", nullptr}}}}}});
  EXPECT_EQ(kubesim::Text(removed.body, {"metadata", "annotations", "note"}),
            "");
}

void JsonPatch(const ContractScene& scene) {
  const Json made = scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  const auto test = [](const std::string& version) {
    return Json{{"op", "test"},
                {"path", "/metadata/resourceVersion"},
                {"value", version}};
  };
  const Json replace = {
      {"op", "replace"}, {"path", "/spec/replicas"}, {"value", 5}};
  ExpectStatus(scene.api.Patch(path, Json::array({test("1"), replace}),
                               kubesim::kJsonPatch),
               422, "Invalid");
  const Answered done = scene.api.Patch(
      path, Json::array({test(Meta(made, "resourceVersion")), replace}),
      kubesim::kJsonPatch);
  EXPECT_EQ(done.code, 200) << done.text;
  EXPECT_EQ(kubesim::Number(done.body, {"spec", "replicas"}), 5);
  const Json remove = {{"op", "remove"}, {"path", "/spec/absent"}};
  ExpectStatus(
      scene.api.Patch(path, Json::array({remove}), kubesim::kJsonPatch), 422,
      "Invalid");
  const Json add = {
      {"op", "add"}, {"path", "/metadata/labels"}, {"value", {{"x", "1"}}}};
  EXPECT_EQ(scene.api.Patch(path, Json::array({add}), kubesim::kJsonPatch).code,
            200);
}

void ForbiddenChanges(const ContractScene& scene) {
  scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  ExpectStatus(scene.api.Patch(path, {{"metadata", {{"name", "other"}}}}), 400,
               "BadRequest");
  ExpectStatus(scene.api.Patch(path, {{"spec", {{"replicas", -1}}}}), 422,
               "Invalid");
  ExpectStatus(scene.api.Patch(path, {{"spec", {{"replicas", "many"}}}}), 422,
               "Invalid");
  const Json selector = {{"matchLabels", {{"app", "other"}}}};
  ExpectStatus(scene.api.Patch(path, {{"spec", {{"selector", selector}}}}), 422,
               "Invalid");
}

}  // namespace

std::vector<ContractCheck> PatchChecks() {
  return {
      {"Preconditions", Preconditions},
      {"NoChange", NoChange},
      {"Generations", Generations},
      {"DryRun", DryRun},
      {"RestartTwiceIsOne", RestartTwiceIsOne},
      {"Strategic", Strategic},
      {"StrategicReplacesTheWholeTemplate", StrategicReplacesTheWholeTemplate},
      {"MergeReplacesLists", MergeReplacesLists},
      {"JsonPatch", JsonPatch},
      {"ForbiddenChanges", ForbiddenChanges}};
}

}  // namespace selfheal::testing
