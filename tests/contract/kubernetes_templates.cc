// The requests of our own encoder that change a pod template, as an API server
// takes them.
#include <gtest/gtest.h>

#include "adapters/kubernetes/object_mapper.h"
#include "adapters/kubernetes/wire_encoder.h"
#include "tests/contract/kubernetes_contract.h"

namespace selfheal::testing {
namespace {

constexpr char kLastAction[] = "selfheal.dev/last-action";

ObjectRef RefOf(const ContractScene& scene) {
  return {ObjectKind::kDeployment, scene.name_space, "cart"};
}

ClusterObject Read(const ContractScene& scene) {
  const Answered got = scene.api.Get(scene.Path("deployments", "cart"));
  EXPECT_EQ(got.code, 200) << got.text;
  auto object = kubernetes::ParseObject(got.text, ObjectKind::kDeployment);
  EXPECT_TRUE(object.ok());
  return *std::move(object);
}

const std::string& TemplateOf(const ClusterObject& object) {
  return object.As<WorkloadState>()->pod_template;
}

Answered Send(const ContractScene& scene, const Mutation& mutation) {
  const auto request = kubernetes::EncodeMutation(mutation);
  EXPECT_TRUE(request.ok());
  return scene.api.Send(request->method, request->path, request->body,
                        request->content_type);
}

/// Two containers, one with all that a server might add defaults to.
ClusterObject Make(const ContractScene& scene) {
  Json deployment = ContractDeployment("cart");
  Json& pod = deployment["spec"]["template"]["spec"];
  pod["containers"][0]["env"] = {{{"name", "A"}, {"value", "1"}}};
  pod["containers"][0]["ports"] = {{{"containerPort", 80}}};
  pod["containers"][0]["resources"] = {
      {"limits", {{"memory", "128Mi"}, {"cpu", "1"}}},
      {"requests", {{"memory", "64Mi"}}}};
  pod["containers"].push_back({{"name", "side"}, {"image", "side:1"}});
  EXPECT_EQ(scene.api.Post(scene.Path("deployments", ""), deployment).code,
            201);
  return Read(scene);
}

void TemplateIsPutBack(const ContractScene& scene) {
  const ClusterObject first = Make(scene);
  const std::string path = scene.Path("deployments", "cart");
  const Json worse = {{"name", "app"},
                      {"image", "app:2"},
                      {"env", {{{"name", "B"}, {"value", "2"}}}}};
  const Json gone = {{"name", "side"}, {"$patch", "delete"}};
  const Json spec = {{"containers", {worse, gone}}};
  EXPECT_EQ(scene.api
                .Patch(path, {{"spec", {{"template", {{"spec", spec}}}}}},
                       kubesim::kStrategic)
                .code,
            200);
  EXPECT_EQ(
      scene.api
          .Patch(path, {{"metadata", {{"annotations", {{"team", "shop"}}}}}})
          .code,
      200);
  const ClusterObject second = Read(scene);
  EXPECT_NE(TemplateOf(second), TemplateOf(first));
  SetTemplate back{RefOf(scene), second.uid, first.resource_version,
                   TemplateOf(first), "action-1"};
  ExpectStatus(Send(scene, back), 409, "Conflict");
  back.resource_version = second.resource_version;
  const Answered done = Send(scene, back);
  EXPECT_EQ(done.code, 200) << done.text;
  const ClusterObject third = Read(scene);
  EXPECT_EQ(TemplateOf(third), TemplateOf(first));
  EXPECT_EQ(third.generation, second.generation + 1);
  EXPECT_EQ(LabelOr(third.annotations, kLastAction), "action-1");
  EXPECT_EQ(LabelOr(third.annotations, "team"), "shop");
  // The very same bytes once more.
  ExpectStatus(Send(scene, back), 409, "Conflict");
  // And forward to what stood before.
  const Answered forward =
      Send(scene, SetTemplate{RefOf(scene), third.uid, third.resource_version,
                              TemplateOf(second), "action-2"});
  EXPECT_EQ(forward.code, 200) << forward.text;
  EXPECT_EQ(TemplateOf(Read(scene)), TemplateOf(second));
}

void MemoryOfOneContainer(const ContractScene& scene) {
  const ClusterObject first = Make(scene);
  const SetMemory more{RefOf(scene), first.uid, first.resource_version,
                       "app",        "192Mi",   "",
                       "action-1"};
  const Answered done = Send(scene, more);
  EXPECT_EQ(done.code, 200) << done.text;
  const ClusterObject second = Read(scene);
  const auto& memory = second.As<WorkloadState>()->memory;
  ASSERT_EQ(memory.size(), 2u);
  EXPECT_EQ(memory[0].limit, "192Mi");
  EXPECT_EQ(memory[0].request, "64Mi");
  EXPECT_EQ(memory[1].limit, "");
  ExpectStatus(Send(scene, more), 409, "Conflict");
  const Answered back =
      Send(scene, SetMemory{RefOf(scene), second.uid, second.resource_version,
                            "app", "128Mi", "", "action-2"});
  EXPECT_EQ(back.code, 200) << back.text;
  EXPECT_EQ(TemplateOf(Read(scene)), TemplateOf(first));
}

}  // namespace

std::vector<ContractCheck> TemplateChecks() {
  return {{"TemplateIsPutBack", TemplateIsPutBack},
          {"MemoryOfOneContainer", MemoryOfOneContainer}};
}

}  // namespace selfheal::testing
