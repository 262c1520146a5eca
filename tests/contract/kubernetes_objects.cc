#include <gtest/gtest.h>

#include "tests/contract/kubernetes_contract.h"

namespace selfheal::testing {
namespace {

void Creation(const ContractScene& scene) {
  const Json made = scene.MakeDeployment("cart");
  EXPECT_EQ(Generation(made), 1);
  EXPECT_EQ(Meta(made, "uid").size(), 36u);
  EXPECT_FALSE(Meta(made, "resourceVersion").empty());
  EXPECT_EQ(Meta(made, "namespace"), scene.name_space);
  EXPECT_EQ(kubesim::Number(made, {"spec", "revisionHistoryLimit"}), 10);
  EXPECT_EQ(kubesim::Text(
                made, {"spec", "strategy", "rollingUpdate", "maxUnavailable"}),
            "25%");
  ExpectStatus(
      scene.api.Post(scene.Path("deployments", ""), ContractDeployment("cart")),
      409, "AlreadyExists");
  Json bad = ContractDeployment("Bad_Name");
  ExpectStatus(scene.api.Post(scene.Path("deployments", ""), bad), 422,
               "Invalid");
  bad = ContractDeployment("bad");
  bad["spec"]["selector"]["matchLabels"]["app"] = "other";
  const Answered mismatch = scene.api.Post(scene.Path("deployments", ""), bad);
  ExpectStatus(mismatch, 422, "Invalid");
  EXPECT_EQ(mismatch.body["details"]["causes"][0]["field"],
            "spec.template.metadata.labels");
  ExpectStatus(scene.api.Post("/apis/apps/v1/namespaces/absent/deployments",
                              ContractDeployment("cart")),
               404, "NotFound");
}

void Absence(const ContractScene& scene) {
  const Answered absent = scene.api.Get(scene.Path("deployments", "absent"));
  ExpectStatus(absent, 404, "NotFound");
  EXPECT_EQ(absent.body["details"]["name"], "absent");
  EXPECT_EQ(absent.body["details"]["kind"], "deployments");
  EXPECT_EQ(absent.body["details"]["group"], "apps");
  ExpectStatus(scene.api.Get(scene.Path("deployments", "absent") + "/scale"),
               404, "NotFound");
  ExpectStatus(scene.api.Patch(scene.Path("deployments", "absent"),
                               {{"spec", {{"replicas", 1}}}}),
               404, "NotFound");
  ExpectStatus(scene.api.Delete(scene.Path("pods", "absent")), 404, "NotFound");
  EXPECT_EQ(scene.api.Get("/apis/none.example/v1/namespaces/x/foos").code, 404);
  ExpectStatus(scene.api.Put(scene.Path("pods", ""), Json::object()), 405,
               "MethodNotAllowed");
}

void WrongBodies(const ContractScene& scene) {
  scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  ExpectStatus(scene.api.Send("PATCH", path, "{", kubesim::kMerge), 400,
               "BadRequest");
  ExpectStatus(scene.api.Send("PATCH", path, "[]", kubesim::kMerge), 400,
               "BadRequest");
  ExpectStatus(scene.api.Send("PATCH", path, "{}", kubesim::kJsonPatch), 400,
               "BadRequest");
  ExpectStatus(scene.api.Send("PATCH", path, "{}", "application/json"), 415,
               "UnsupportedMediaType");
  ExpectStatus(
      scene.api.Send("POST", scene.Path("deployments", ""), "{}", "text/plain"),
      415, "UnsupportedMediaType");
  ExpectStatus(scene.api.Send("POST", scene.Path("deployments", ""),
                              "{\"a\":", "application/json"),
               400, "BadRequest");
  const Answered strict = scene.api.Patch(path + "?fieldValidation=Strict",
                                          {{"spec", {{"unknownField", 1}}}});
  ExpectStatus(strict, 422, "Invalid");
  const Answered warned =
      scene.api.Patch(path, {{"spec", {{"unknownField", 1}}}});
  EXPECT_EQ(warned.code, 200);
  EXPECT_FALSE(warned.body["spec"].contains("unknownField"));
}

void Replacement(const ContractScene& scene) {
  const Json made = scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  Json edited = made;
  edited["spec"]["replicas"] = 5;
  const Answered first = scene.api.Put(path, edited);
  EXPECT_EQ(first.code, 200) << first.text;
  EXPECT_EQ(Generation(first.body), 2);
  ExpectStatus(scene.api.Put(path, edited), 409, "Conflict");
  edited["metadata"].erase("resourceVersion");
  EXPECT_EQ(scene.api.Put(path, edited).code, 200);
  edited["metadata"]["name"] = "other";
  ExpectStatus(scene.api.Put(path, edited), 400, "BadRequest");
}

void Deletion(const ContractScene& scene) {
  const Json made = scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart");
  const auto options = [](const Json& preconditions) {
    return Json{{"kind", "DeleteOptions"},
                {"apiVersion", "v1"},
                {"preconditions", preconditions}};
  };
  ExpectStatus(scene.api.Delete(path, options({{"uid", "other"}})), 409,
               "Conflict");
  ExpectStatus(scene.api.Delete(path, options({{"resourceVersion", "1"}})), 409,
               "Conflict");
  const Answered dry = scene.api.Delete(
      path,
      {{"kind", "DeleteOptions"}, {"apiVersion", "v1"}, {"dryRun", {"All"}}});
  EXPECT_EQ(dry.code, 200);
  EXPECT_EQ(scene.api.Get(path).code, 200);
  const Answered gone = scene.api.Delete(
      path, options({{"uid", Meta(made, "uid")},
                     {"resourceVersion", Meta(made, "resourceVersion")}}));
  EXPECT_EQ(gone.code, 200) << gone.text;
  EXPECT_EQ(kubesim::Text(gone.body, {"status"}), "Success");
  EXPECT_EQ(gone.body["details"]["uid"], Meta(made, "uid"));
  ExpectStatus(scene.api.Delete(path), 404, "NotFound");
}

void Scaling(const ContractScene& scene) {
  const Json made = scene.MakeDeployment("cart");
  const std::string path = scene.Path("deployments", "cart") + "/scale";
  const Answered scale = scene.api.Get(path);
  EXPECT_EQ(scale.code, 200);
  EXPECT_EQ(kubesim::Text(scale.body, {"kind"}), "Scale");
  EXPECT_EQ(kubesim::Number(scale.body, {"spec", "replicas"}), 2);
  EXPECT_EQ(kubesim::Text(scale.body, {"status", "selector"}), "app=cart");
  EXPECT_EQ(Meta(scale.body, "uid"), Meta(made, "uid"));
  EXPECT_EQ(Meta(scale.body, "resourceVersion"), Meta(made, "resourceVersion"));
  Json wanted = scale.body;
  wanted["spec"]["replicas"] = 4;
  const Answered dry = scene.api.Put(path + "?dryRun=All", wanted);
  EXPECT_EQ(kubesim::Number(dry.body, {"spec", "replicas"}), 4);
  EXPECT_EQ(kubesim::Number(scene.api.Get(path).body, {"spec", "replicas"}), 2);
  EXPECT_EQ(scene.api.Put(path, wanted).code, 200);
  ExpectStatus(scene.api.Put(path, wanted), 409, "Conflict");
  const Answered patched = scene.api.Patch(path, {{"spec", {{"replicas", 3}}}});
  EXPECT_EQ(patched.code, 200);
  ExpectStatus(scene.api.Patch(path, {{"metadata", {{"resourceVersion", "1"}}},
                                      {"spec", {{"replicas", 5}}}}),
               409, "Conflict");
  ExpectStatus(scene.api.Patch(path, {{"metadata", {{"uid", "other"}}},
                                      {"spec", {{"replicas", 5}}}}),
               409, "Conflict");
  ExpectStatus(scene.api.Patch(path, {{"spec", {{"replicas", -1}}}}), 422,
               "Invalid");
  const Json after = scene.api.Get(scene.Path("deployments", "cart")).body;
  EXPECT_EQ(kubesim::Number(after, {"spec", "replicas"}), 3);
  EXPECT_EQ(Generation(after), 3);
}

void Autoscalers(const ContractScene& scene) {
  const std::string path = scene.Path("horizontalpodautoscalers", "");
  const Json made = {
      {"apiVersion", "autoscaling/v2"},
      {"kind", "HorizontalPodAutoscaler"},
      {"metadata", {{"name", "cart"}}},
      {"spec",
       {{"scaleTargetRef",
         {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "cart"}}},
        {"minReplicas", 2},
        {"maxReplicas", 4}}}};
  const Answered answer = scene.api.Post(path, made);
  EXPECT_EQ(answer.code, 201) << answer.text;
  EXPECT_FALSE(answer.body["metadata"].contains("generation"));
  const Answered raised = scene.api.Patch(
      path + "/cart",
      {{"metadata",
        {{"resourceVersion", Meta(answer.body, "resourceVersion")}}},
       {"spec", {{"minReplicas", 3}}}});
  EXPECT_EQ(raised.code, 200) << raised.text;
  ExpectStatus(
      scene.api.Patch(path + "/cart", {{"spec", {{"minReplicas", 9}}}}), 422,
      "Invalid");
}

void Reviews(const ContractScene& scene) {
  const Answered review =
      scene.api.Post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                     {{"apiVersion", "authorization.k8s.io/v1"},
                      {"kind", "SelfSubjectAccessReview"},
                      {"spec",
                       {{"resourceAttributes",
                         {{"namespace", scene.name_space},
                          {"verb", "create"},
                          {"resource", "pods"},
                          {"subresource", "eviction"}}}}}});
  EXPECT_EQ(review.code, 201) << review.text;
  EXPECT_TRUE(review.body["status"]["allowed"].get<bool>());
}

void Events(const ContractScene& scene) {
  Json event = {
      {"apiVersion", "events.k8s.io/v1"},
      {"kind", "Event"},
      {"metadata", {{"name", "one"}, {"namespace", scene.name_space}}},
      {"eventTime", "2026-11-25T12:00:00.000000Z"},
      {"reportingController", "selfheal.dev/selfheal"},
      {"reportingInstance", "selfheal-0"},
      {"action", "RollingRestart"},
      {"reason", "RemediationExecuted"},
      {"type", "Normal"},
      {"note", "done"},
      {"regarding",
       {{"apiVersion", "apps/v1"},
        {"kind", "Deployment"},
        {"namespace", scene.name_space},
        {"name", "cart"}}}};
  const std::string path = scene.Path("events", "");
  EXPECT_EQ(scene.api.Post(path, event).code, 201);
  event["metadata"]["name"] = "two";
  event["note"] = std::string(1025, 'x');
  ExpectStatus(scene.api.Post(path, event), 422, "Invalid");
  event["note"] = "done";
  event["type"] = "Strange";
  ExpectStatus(scene.api.Post(path, event), 422, "Invalid");
}

}  // namespace

std::vector<ContractCheck> ObjectChecks() {
  return {{"Creation", Creation},
          {"Absence", Absence},
          {"WrongBodies", WrongBodies},
          {"Replacement", Replacement},
          {"Deletion", Deletion},
          {"Scaling", Scaling},
          {"Autoscalers", Autoscalers},
          {"Reviews", Reviews},
          {"Events", Events}};
}

}  // namespace selfheal::testing
