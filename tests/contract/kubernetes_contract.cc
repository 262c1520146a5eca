#include "tests/contract/kubernetes_contract.h"

#include <gtest/gtest.h>

namespace selfheal::testing {

std::string ContractScene::Path(const std::string& plural,
                                const std::string& name) const {
  std::string group = "/apis/apps/v1";
  if (plural == "pods" || plural == "services") group = "/api/v1";
  if (plural == "poddisruptionbudgets") group = "/apis/policy/v1";
  if (plural == "horizontalpodautoscalers") group = "/apis/autoscaling/v2";
  if (plural == "events") group = "/apis/events.k8s.io/v1";
  std::string path = group + "/namespaces/" + name_space + "/" + plural;
  if (!name.empty()) path += "/" + name;
  return path;
}

Json ContractScene::MakeDeployment(const std::string& name) const {
  const Answered made =
      api.Post(Path("deployments", ""), ContractDeployment(name));
  EXPECT_EQ(made.code, 201) << made.text;
  return made.body;
}

Json ContractScene::MakeRunningPod(const std::string& name,
                                   const Json& labels) const {
  const Json container = {{"name", "app"}, {"image", "app:1"}};
  const Json pod = {
      {"apiVersion", "v1"},
      {"kind", "Pod"},
      {"metadata", {{"name", name}, {"labels", labels}}},
      {"spec", {{"nodeName", "node-1"}, {"containers", {container}}}}};
  const Answered made = api.Post(Path("pods", ""), pod);
  EXPECT_EQ(made.code, 201) << made.text;
  const Json ready = {{"type", "Ready"}, {"status", "True"}};
  const Answered running =
      api.Patch(Path("pods", name) + "/status",
                {{"status", {{"phase", "Running"}, {"conditions", {ready}}}}});
  EXPECT_EQ(running.code, 200) << running.text;
  return running.body;
}

Json ContractDeployment(const std::string& name) {
  const Json container = {{"name", "app"}, {"image", "app:1"}};
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", name}}},
          {"spec",
           {{"replicas", 2},
            {"selector", {{"matchLabels", {{"app", name}}}}},
            {"template",
             {{"metadata", {{"labels", {{"app", name}}}}},
              {"spec", {{"containers", {container}}}}}}}}};
}

std::vector<std::string> NamesOf(const Answered& list) {
  std::vector<std::string> names;
  EXPECT_EQ(list.code, 200) << list.text;
  for (const Json& item : list.body.value("items", Json::array())) {
    names.push_back(Meta(item, "name"));
  }
  return names;
}

std::string Meta(const Json& object, const char* field) {
  return kubesim::Text(object, {"metadata", field});
}

std::int64_t Generation(const Json& object) {
  return kubesim::Number(object, {"metadata", "generation"});
}

void ExpectStatus(const Answered& answer, int code, const std::string& reason) {
  EXPECT_EQ(answer.code, code) << answer.text;
  EXPECT_EQ(kubesim::Text(answer.body, {"kind"}), "Status") << answer.text;
  EXPECT_EQ(kubesim::Text(answer.body, {"status"}), "Failure");
  EXPECT_EQ(kubesim::Number(answer.body, {"code"}), code);
  EXPECT_EQ(answer.Reason(), reason) << answer.text;
  EXPECT_EQ(answer.content_type, "application/json");
}

}  // namespace selfheal::testing
