// The part of Argo Rollouts that the simulator plays.
#include <set>

#include "tests/kubesim/fixture.h"

namespace kubesim {
namespace {

constexpr char kRollout[] =
    "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web";

class RolloutsTest : public SimulatorTest {
 protected:
  void Make(const Json& steps) {
    Json rollout = DeploymentOf("web", 3);
    rollout["apiVersion"] = "argoproj.io/v1alpha1";
    rollout["kind"] = "Rollout";
    rollout["spec"]["strategy"] = {{"canary", {{"steps", steps}}}};
    simulator_.Apply(rollout);
    Seconds(20);
  }
  void SetImage(const std::string& image) {
    const Json container = {{"name", "app"}, {"image", image}};
    ASSERT_EQ(
        client_
            ->Patch(
                kRollout,
                {{"spec",
                  {{"template", {{"spec", {{"containers", {container}}}}}}}}})
            .code,
        200);
    Seconds(30);
  }
  Json Web() { return simulator_.Get("rollouts", "shop", "web"); }
  std::string Phase() { return Text(Web(), {"status", "phase"}); }
  std::string Hash(const char* field) { return Text(Web(), {"status", field}); }
  std::set<std::string> Uids() {
    std::set<std::string> uids;
    for (const Json& pod : simulator_.List("pods", "shop")) {
      uids.insert(Text(pod, {"metadata", "uid"}));
    }
    return uids;
  }
};

TEST_F(RolloutsTest, TheFirstRevisionSkipsTheSteps) {
  Make({{{"setWeight", 33}}, {{"pause", Json::object()}}});
  EXPECT_EQ(Phase(), "Healthy");
  EXPECT_EQ(Hash("stableRS"), Hash("currentPodHash"));
  EXPECT_EQ(Number(Web(), {"status", "availableReplicas"}), 3);
  EXPECT_EQ(Text(Web(), {"status", "observedGeneration"}), "1");
}

TEST_F(RolloutsTest, AnUpdateWaitsAtItsPauseAndIsAborted) {
  Make({{{"setWeight", 33}}, {{"pause", Json::object()}}});
  const std::string stable = Hash("stableRS");
  SetImage("app:2");
  EXPECT_EQ(Phase(), "Paused");
  EXPECT_EQ(Hash("stableRS"), stable);
  EXPECT_NE(Hash("currentPodHash"), stable);
  EXPECT_EQ(Number(Web(), {"status", "updatedReplicas"}), 1);
  const auto abort = [&](bool value) {
    return client_
        ->Patch(std::string(kRollout) + "/status",
                {{"status", {{"abort", value}}}})
        .code;
  };
  ASSERT_EQ(abort(true), 200);
  Seconds(30);
  EXPECT_EQ(Phase(), "Degraded");
  EXPECT_EQ(Number(Web(), {"status", "updatedReplicas"}), 0);
  EXPECT_EQ(Number(Web(), {"status", "availableReplicas"}), 3);
  ASSERT_EQ(abort(false), 200);
  Seconds(30);
  EXPECT_EQ(Phase(), "Paused");
  EXPECT_EQ(Number(Web(), {"status", "updatedReplicas"}), 1);
}

/// Its own template has no defaults; what its ReplicaSet keeps is the same
/// revision all the same.
TEST_F(RolloutsTest, TheTemplateOfAnOldSetIsItsRevision) {
  Make(Json::array());
  const std::string first = Hash("stableRS");
  const Json kept =
      simulator_.Get("replicasets", "shop", "web-" + first)["spec"]["template"];
  EXPECT_NE(kept["spec"], Web()["spec"]["template"]["spec"]);
  SetImage("app:2");
  EXPECT_NE(Hash("stableRS"), first);
  ASSERT_EQ(client_->Patch(kRollout, {{"spec", {{"template", kept}}}}).code,
            200);
  Seconds(30);
  EXPECT_EQ(Hash("stableRS"), first);
  EXPECT_EQ(Phase(), "Healthy");
  EXPECT_EQ(
      Text(Web(), {"metadata", "annotations", "rollout.argoproj.io/revision"}),
      "3");
}

TEST_F(RolloutsTest, ARestartReplacesOnePodAtATime) {
  Make(Json::array());
  const std::set<std::string> before = Uids();
  const std::string at = FormatTime(simulator_.Now());
  ASSERT_EQ(client_->Patch(kRollout, {{"spec", {{"restartAt", at}}}}).code,
            200);
  for (int i = 0; i < 120; ++i) {
    Seconds(0.5);
    EXPECT_GE(Number(Web(), {"status", "availableReplicas"}), 2);
  }
  EXPECT_EQ(Text(Web(), {"status", "restartedAt"}), at);
  EXPECT_EQ(Phase(), "Healthy");
  for (const std::string& uid : Uids()) EXPECT_EQ(before.count(uid), 0u);
}

}  // namespace
}  // namespace kubesim
