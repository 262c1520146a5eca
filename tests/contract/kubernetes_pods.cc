#include <gtest/gtest.h>

#include "tests/contract/kubernetes_contract.h"

namespace selfheal::testing {
namespace {

Json Options(const Json& more) {
  Json options = {{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
  options.update(more);
  return options;
}

Json Eviction(const std::string& name, const Json& options = nullptr) {
  Json eviction = {{"apiVersion", "policy/v1"},
                   {"kind", "Eviction"},
                   {"metadata", {{"name", name}}}};
  if (!options.is_null()) eviction["deleteOptions"] = options;
  return eviction;
}

/// A budget for pods labelled app=x, with the figures of its status.
void MakeBudget(const ContractScene& scene, const std::string& name,
                int allowed, bool observed) {
  const std::string path = scene.Path("poddisruptionbudgets", "");
  const Json budget = {
      {"apiVersion", "policy/v1"},
      {"kind", "PodDisruptionBudget"},
      {"metadata", {{"name", name}}},
      {"spec",
       {{"minAvailable", 1}, {"selector", {{"matchLabels", {{"app", "x"}}}}}}}};
  EXPECT_EQ(scene.api.Post(path, budget).code, 201);
  if (!observed) return;
  const Json status = {{"observedGeneration", 1},
                       {"disruptionsAllowed", allowed},
                       {"currentHealthy", 1 + allowed},
                       {"desiredHealthy", 1},
                       {"expectedPods", 1 + allowed}};
  EXPECT_EQ(
      scene.api.Patch(path + "/" + name + "/status", {{"status", status}}).code,
      200);
}

void PodDeletion(const ContractScene& scene) {
  const Json pod = scene.MakeRunningPod("one", {{"app", "x"}});
  const std::string path = scene.Path("pods", "one");
  const Answered wrong =
      scene.api.Delete(path, Options({{"preconditions", {{"uid", "other"}}}}));
  ExpectStatus(wrong, 409, "Conflict");
  EXPECT_NE(wrong.text.find("UID in the precondition"), std::string::npos);
  ExpectStatus(scene.api.Delete(path, Options({{"preconditions",
                                                {{"uid", Meta(pod, "uid")},
                                                 {"resourceVersion", "1"}}}})),
               409, "Conflict");
  // A body makes the query's options count for nothing.
  const Answered dry = scene.api.Delete(path, Options({{"dryRun", {"All"}}}));
  EXPECT_EQ(dry.code, 200) << dry.text;
  EXPECT_EQ(Meta(scene.api.Get(path).body, "deletionTimestamp"), "");
  const Answered gone = scene.api.Delete(
      path, Options({{"gracePeriodSeconds", 20},
                     {"preconditions",
                      {{"uid", Meta(pod, "uid")},
                       {"resourceVersion", Meta(pod, "resourceVersion")}}}}));
  EXPECT_EQ(gone.code, 200) << gone.text;
  EXPECT_EQ(kubesim::Text(gone.body, {"kind"}), "Pod");
  EXPECT_EQ(
      kubesim::Number(gone.body, {"metadata", "deletionGracePeriodSeconds"}),
      20);
  EXPECT_NE(Meta(gone.body, "deletionTimestamp"), "");
  EXPECT_EQ(scene.api.Get(path).code, 200);  // until its kubelet is done
  EXPECT_EQ(scene.api.Delete(path, Options({{"gracePeriodSeconds", 0}})).code,
            200);
  EXPECT_EQ(scene.api.Get(path).code, 404);
}

void PodUpdates(const ContractScene& scene) {
  scene.MakeRunningPod("one", {{"app", "x"}});
  const std::string path = scene.Path("pods", "one");
  const Json notes = {{"metadata", {{"annotations", {{"a", "b"}}}}}};
  EXPECT_EQ(scene.api.Patch(path, notes).code, 200);
  ExpectStatus(scene.api.Patch(path, {{"spec", {{"nodeName", "other"}}}}), 422,
               "Invalid");
}

void EvictionWithoutBudget(const ContractScene& scene) {
  scene.MakeRunningPod("one", {{"app", "x"}});
  const std::string path = scene.Path("pods", "one") + "/eviction";
  ExpectStatus(scene.api.Post(path, Eviction("other")), 400, "BadRequest");
  ExpectStatus(scene.api.Post(scene.Path("pods", "absent") + "/eviction",
                              Eviction("absent")),
               404, "NotFound");
  ExpectStatus(
      scene.api.Post(path,
                     Eviction("one", {{"preconditions", {{"uid", "other"}}}})),
      409, "Conflict");
  const Answered dry =
      scene.api.Post(path, Eviction("one", {{"dryRun", {"All"}}}));
  EXPECT_EQ(dry.code, 201) << dry.text;
  EXPECT_EQ(
      Meta(scene.api.Get(scene.Path("pods", "one")).body, "deletionTimestamp"),
      "");
  const Answered evicted = scene.api.Post(path, Eviction("one"));
  EXPECT_EQ(evicted.code, 201) << evicted.text;
  EXPECT_EQ(kubesim::Text(evicted.body, {"status"}), "Success");
  EXPECT_NE(
      Meta(scene.api.Get(scene.Path("pods", "one")).body, "deletionTimestamp"),
      "");
}

void EvictionUnderBudget(const ContractScene& scene) {
  scene.MakeRunningPod("one", {{"app", "x"}});
  const std::string path = scene.Path("pods", "one") + "/eviction";
  MakeBudget(scene, "budget", 0, true);
  const Answered blocked = scene.api.Post(path, Eviction("one"));
  ExpectStatus(blocked, 429, "TooManyRequests");
  EXPECT_EQ(blocked.headers.count("Retry-After"), 0u);
  EXPECT_EQ(blocked.body["details"]["causes"][0]["reason"], "DisruptionBudget");
  scene.api.Patch(
      scene.Path("poddisruptionbudgets", "budget") + "/status",
      {{"status", {{"disruptionsAllowed", 1}, {"currentHealthy", 2}}}});
  EXPECT_EQ(scene.api.Post(path, Eviction("one", {{"dryRun", {"All"}}})).code,
            201);
  EXPECT_EQ(scene.api.Post(path, Eviction("one")).code, 201);
  const Json budget =
      scene.api.Get(scene.Path("poddisruptionbudgets", "budget")).body;
  EXPECT_EQ(kubesim::Number(budget, {"status", "disruptionsAllowed"}), 0);
}

void EvictionUnderAnUnseenBudget(const ContractScene& scene) {
  scene.MakeRunningPod("one", {{"app", "x"}});
  MakeBudget(scene, "budget", 0, false);
  const Answered busy =
      scene.api.Post(scene.Path("pods", "one") + "/eviction", Eviction("one"));
  ExpectStatus(busy, 429, "TooManyRequests");
  EXPECT_EQ(busy.headers.at("Retry-After"), "10");
  EXPECT_EQ(kubesim::Number(busy.body, {"details", "retryAfterSeconds"}), 10);
}

void EvictionUnderTwoBudgets(const ContractScene& scene) {
  scene.MakeRunningPod("one", {{"app", "x"}});
  MakeBudget(scene, "budget", 1, true);
  MakeBudget(scene, "other", 1, true);
  const Answered failed =
      scene.api.Post(scene.Path("pods", "one") + "/eviction", Eviction("one"));
  ExpectStatus(failed, 500, "");
}

void FailedEvictionUsesUpTheBudget(const ContractScene& scene) {
  scene.MakeRunningPod("one", {{"app", "x"}});
  MakeBudget(scene, "budget", 1, true);
  const std::string path = scene.Path("pods", "one") + "/eviction";
  ExpectStatus(
      scene.api.Post(path,
                     Eviction("one", {{"preconditions", {{"uid", "other"}}}})),
      409, "Conflict");
  ExpectStatus(scene.api.Post(path, Eviction("one")), 429, "TooManyRequests");
}

}  // namespace

std::vector<ContractCheck> PodChecks() {
  return {{"PodDeletion", PodDeletion},
          {"PodUpdates", PodUpdates},
          {"EvictionWithoutBudget", EvictionWithoutBudget},
          {"EvictionUnderBudget", EvictionUnderBudget},
          {"EvictionUnderAnUnseenBudget", EvictionUnderAnUnseenBudget},
          {"EvictionUnderTwoBudgets", EvictionUnderTwoBudgets},
          {"FailedEvictionUsesUpTheBudget", FailedEvictionUsesUpTheBudget}};
}

}  // namespace selfheal::testing
