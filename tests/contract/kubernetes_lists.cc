#include <gtest/gtest.h>

#include "tests/contract/kubernetes_contract.h"

namespace selfheal::testing {
namespace {

using Names = std::vector<std::string>;

void MakePods(const ContractScene& scene) {
  for (const char* name : {"a1", "a2", "a3", "b1"}) {
    const std::string text = name;
    const Json labels = {{"app", text.substr(0, 1)}, {"n", text.substr(1)}};
    scene.MakeRunningPod(name, labels);
  }
}

void Selectors(const ContractScene& scene) {
  MakePods(scene);
  const auto list = [&](const std::string& query) {
    return NamesOf(scene.api.Get(scene.Path("pods", "") + "?" + query));
  };
  EXPECT_EQ(list("labelSelector=app%3Da"), (Names{"a1", "a2", "a3"}));
  EXPECT_EQ(list("labelSelector=app%3Da,n%3D2"), (Names{"a2"}));
  EXPECT_EQ(list("labelSelector=app%21%3Da"), (Names{"b1"}));
  EXPECT_EQ(list("labelSelector=n%20in%20%281,3%29"),
            (Names{"a1", "a3", "b1"}));
  EXPECT_EQ(list("labelSelector=n%20notin%20%281,3%29"), (Names{"a2"}));
  EXPECT_EQ(list("labelSelector=absent"), (Names{}));
  EXPECT_EQ(list("labelSelector=%21absent,app%3Db"), (Names{"b1"}));
  EXPECT_EQ(list("fieldSelector=spec.nodeName%3Dnode-1").size(), 4u);
  EXPECT_EQ(list("fieldSelector=spec.nodeName%3Dnode-9"), (Names{}));
  EXPECT_EQ(list("fieldSelector=metadata.name%3Da3"), (Names{"a3"}));
  ExpectStatus(
      scene.api.Get(scene.Path("pods", "") + "?fieldSelector=spec.absent%3Dx"),
      400, "BadRequest");
}

void Pages(const ContractScene& scene) {
  MakePods(scene);
  const std::string path = scene.Path("pods", "") + "?limit=3";
  const Answered first = scene.api.Get(path);
  EXPECT_EQ(NamesOf(first), (Names{"a1", "a2", "a3"}));
  const std::string next = kubesim::Text(first.body, {"metadata", "continue"});
  ASSERT_FALSE(next.empty());
  std::string escaped;
  for (const char c : next) {
    escaped += c == '/' ? "%2F" : std::string(1, c);
  }
  const Answered second = scene.api.Get(path + "&continue=" + escaped);
  EXPECT_EQ(NamesOf(second), (Names{"b1"}));
  EXPECT_EQ(kubesim::Text(second.body, {"metadata", "continue"}), "");
}

void ListShape(const ContractScene& scene) {
  MakePods(scene);
  const Answered list = scene.api.Get(scene.Path("pods", ""));
  EXPECT_EQ(kubesim::Text(list.body, {"kind"}), "PodList");
  EXPECT_EQ(kubesim::Text(list.body, {"apiVersion"}), "v1");
  EXPECT_FALSE(
      kubesim::Text(list.body, {"metadata", "resourceVersion"}).empty());
  EXPECT_FALSE(list.body["items"][0].contains("kind"));
  const Answered none = scene.api.Get(scene.Path("deployments", ""));
  EXPECT_TRUE(none.body["items"].is_array());
  EXPECT_TRUE(none.body["items"].empty());
}

}  // namespace

std::vector<ContractCheck> ListChecks() {
  return {{"Selectors", Selectors}, {"Pages", Pages}, {"ListShape", ListShape}};
}

}  // namespace selfheal::testing
