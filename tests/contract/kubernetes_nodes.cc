#include <gtest/gtest.h>

#include "tests/contract/kubernetes_contract.h"

namespace selfheal::testing {
namespace {

/// A node of the scene's own, since a real server has none to begin with.
Json MakeNode(const ContractScene& scene) {
  const Answered made = scene.api.Post(
      "/api/v1/nodes", {{"apiVersion", "v1"},
                        {"kind", "Node"},
                        {"metadata", {{"name", scene.name_space}}}});
  EXPECT_EQ(made.code, 201) << made.text;
  return made.body;
}

Json Cordon(const Json& node, const Json& value, const Json& mark) {
  return {{"metadata",
           {{"uid", Meta(node, "uid")},
            {"resourceVersion", Meta(node, "resourceVersion")},
            {"annotations", {{"selfheal.dev/cordoned", mark}}}}},
          {"spec", {{"unschedulable", value}}}};
}

void CordonAndBack(const ContractScene& scene) {
  const Json made = MakeNode(scene);
  const std::string path = "/api/v1/nodes/" + scene.name_space;
  const Answered dry =
      scene.api.Patch(path + "?dryRun=All", Cordon(made, true, "a1"));
  EXPECT_EQ(dry.code, 200) << dry.text;
  EXPECT_FALSE(scene.api.Get(path).body["spec"].contains("unschedulable"));
  const Answered cordoned = scene.api.Patch(path, Cordon(made, true, "a1"));
  EXPECT_EQ(cordoned.code, 200) << cordoned.text;
  EXPECT_TRUE(cordoned.body["spec"]["unschedulable"].get<bool>());
  EXPECT_EQ(cordoned.body["metadata"]["annotations"]["selfheal.dev/cordoned"],
            "a1");
  EXPECT_NE(Meta(cordoned.body, "resourceVersion"),
            Meta(made, "resourceVersion"));
  const Answered back =
      scene.api.Patch(path, Cordon(cordoned.body, nullptr, nullptr));
  EXPECT_EQ(back.code, 200) << back.text;
  EXPECT_FALSE(back.body["spec"].contains("unschedulable"));
  EXPECT_FALSE(back.body["metadata"]
                   .value("annotations", Json::object())
                   .contains("selfheal.dev/cordoned"));
  EXPECT_EQ(scene.api.Delete(path).code, 200);
}

void CordonOfAnotherNode(const ContractScene& scene) {
  const Json made = MakeNode(scene);
  const std::string path = "/api/v1/nodes/" + scene.name_space;
  const Json edit = Cordon(made, true, "a1");
  EXPECT_EQ(scene.api.Patch(path, edit).code, 200);
  // The same bytes once more: the version that they name is past.
  ExpectStatus(scene.api.Patch(path, edit), 409, "Conflict");
  Json other = Cordon(scene.api.Get(path).body, nullptr, nullptr);
  other["metadata"]["uid"] = "00000000-0000-0000-0000-000000000000";
  // A wrong uid is an immutable field to a patch, not a conflict.
  ExpectStatus(scene.api.Patch(path, other), 422, "Invalid");
  ExpectStatus(scene.api.Patch("/api/v1/nodes/absent", edit), 404, "NotFound");
  EXPECT_EQ(scene.api.Delete(path).code, 200);
}

void EvictionOfAVersionThatIsPast(const ContractScene& scene) {
  const Json pod = scene.MakeRunningPod("one", {{"app", "x"}});
  const std::string path = scene.Path("pods", "one");
  const Json notes = {{"metadata", {{"annotations", {{"a", "b"}}}}}};
  EXPECT_EQ(scene.api.Patch(path, notes).code, 200);
  const auto evict = [&](const Json& of) {
    return scene.api.Post(
        path + "/eviction",
        {{"apiVersion", "policy/v1"},
         {"kind", "Eviction"},
         {"metadata", {{"name", "one"}, {"namespace", scene.name_space}}},
         {"deleteOptions",
          {{"preconditions",
            {{"uid", Meta(of, "uid")},
             {"resourceVersion", Meta(of, "resourceVersion")}}}}}});
  };
  ExpectStatus(evict(pod), 409, "Conflict");
  EXPECT_EQ(Meta(scene.api.Get(path).body, "deletionTimestamp"), "");
  EXPECT_EQ(evict(scene.api.Get(path).body).code, 201);
}

}  // namespace

std::vector<ContractCheck> NodeChecks() {
  return {{"CordonAndBack", CordonAndBack},
          {"CordonOfAnotherNode", CordonOfAnotherNode},
          {"EvictionOfAVersionThatIsPast", EvictionOfAVersionThatIsPast}};
}

}  // namespace selfheal::testing
