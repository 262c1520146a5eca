#include "execute/observe.h"

#include <gtest/gtest.h>

namespace selfheal {
namespace {

const ObjectRef kCart{ObjectKind::kDeployment, "shop", "cart"};
const ObjectRef kPod{ObjectKind::kPod, "shop", "cart-1"};

ClusterObject Live(const ObjectRef& ref, std::string rv) {
  ClusterObject object;
  object.ref = ref;
  object.uid = "uid-1";
  object.resource_version = std::move(rv);
  return object;
}

Observed See(const Mutation& mutation,
             const std::optional<ClusterObject>& live) {
  std::string why;
  const Observed observed = Observe(mutation, live, &why);
  EXPECT_FALSE(why.empty());
  return observed;
}

TEST(ObserveTest, ADeletedPodIsGoneReplacedOrGoing) {
  const Mutation mutation = DeletePod{kPod, "uid-1", "7"};
  EXPECT_EQ(See(mutation, std::nullopt), Observed::kApplied);
  ClusterObject other = Live(kPod, "9");
  other.uid = "uid-2";
  EXPECT_EQ(See(mutation, other), Observed::kApplied);
  ClusterObject going = Live(kPod, "8");
  going.deleting = true;
  EXPECT_EQ(See(mutation, going), Observed::kApplied);
  EXPECT_EQ(See(mutation, Live(kPod, "7")), Observed::kNotApplied);
  // It moved on without being deleted: the version that was named is past.
  EXPECT_EQ(See(mutation, Live(kPod, "8")), Observed::kNotApplied);
}

TEST(ObserveTest, ACordonShowsInTheNodeAndActionId) {
  const ObjectRef node{ObjectKind::kNode, "", "n1"};
  const Mutation mutation = SetUnschedulable{node, "uid-1", "7", true, "act"};
  EXPECT_EQ(See(mutation, Live(node, "7")), Observed::kNotApplied);
  ClusterObject done = Live(node, "8");
  NodeState state;
  state.unschedulable = true;
  done.state = state;
  EXPECT_EQ(See(mutation, done), Observed::kDiverged);
  done.annotations["selfheal.dev/last-action"] = "act";
  EXPECT_EQ(See(mutation, done), Observed::kApplied);
  const Mutation back = SetUnschedulable{node, "uid-1", "7", false, "act"};
  EXPECT_EQ(See(back, done), Observed::kDiverged);
}

TEST(ObserveTest, ARestartShowsInAnnotationAndActionId) {
  const Mutation mutation = SetRestartedAt{kCart, "uid-1", "7", "T1", "act"};
  EXPECT_EQ(See(mutation, Live(kCart, "7")), Observed::kNotApplied);
  ClusterObject done = Live(kCart, "8");
  done.annotations["selfheal.dev/last-action"] = "act";
  WorkloadState state;
  state.template_annotations["kubectl.kubernetes.io/restartedAt"] = "T1";
  done.state = state;
  EXPECT_EQ(See(mutation, done), Observed::kApplied);
  done.annotations.clear();
  EXPECT_EQ(See(mutation, done), Observed::kDiverged);
  EXPECT_EQ(See(mutation, std::nullopt), Observed::kDiverged);
}

TEST(ObserveTest, TheSameResourceVersionProvesThatNothingWasWritten) {
  const Mutation mutation = SetReplicas{kCart, "uid-1", "7", 5};
  ClusterObject live = Live(kCart, "7");
  WorkloadState state;
  state.replicas = 5;
  live.state = state;
  EXPECT_EQ(See(mutation, live), Observed::kNotApplied);
  live.resource_version = "8";
  EXPECT_EQ(See(mutation, live), Observed::kApplied);
  state.replicas = 4;
  live.state = state;
  EXPECT_EQ(See(mutation, live), Observed::kDiverged);
}

TEST(ObserveTest, AnAbortIsOursOnlyWhereItsManagerSaysSo) {
  const ObjectRef cart{ObjectKind::kRollout, "shop", "cart"};
  ClusterObject live = Live(cart, "8");
  for (const bool aborted : {true, false}) {
    const Mutation mutation = SetAborted{cart, "uid-1", "7", aborted};
    EXPECT_EQ(See(mutation, Live(cart, "7")), Observed::kNotApplied);
    for (const char* by : {"kubectl", "", "selfheal, kubectl", "selfheal"}) {
      WorkloadState state;
      state.rollout = RolloutState{};
      state.rollout->aborted = aborted;
      state.rollout->aborted_by = by;
      live.state = state;
      EXPECT_EQ(See(mutation, live), std::string(by) == "selfheal"
                                         ? Observed::kApplied
                                         : Observed::kDiverged)
          << by;
    }
  }
}

TEST(ObserveTest, AVolumeThatWasAskedForShowsItsSizeAndActionId) {
  const ObjectRef claim{ObjectKind::kPersistentVolumeClaim, "shop", "data"};
  const Mutation mutation = SetVolumeRequest{claim, "uid-1", "7", "12Gi", "a"};
  EXPECT_EQ(See(mutation, Live(claim, "7")), Observed::kNotApplied);
  ClusterObject live = Live(claim, "8");
  ClaimState claim_state;
  claim_state.requested = "12Gi";
  live.state = claim_state;
  EXPECT_EQ(See(mutation, live), Observed::kDiverged);
  live.annotations["selfheal.dev/last-action"] = "a";
  EXPECT_EQ(See(mutation, live), Observed::kApplied);
  claim_state.requested = "11Gi";
  live.state = claim_state;
  EXPECT_EQ(See(mutation, live), Observed::kDiverged);
}

TEST(ObserveTest, ARenewalShowsInItsConditionOrInTheNewCertificate) {
  const ObjectRef tls{ObjectKind::kCertificate, "shop", "tls"};
  const Mutation mutation =
      RequestRenewal{tls, "uid-1", "7", "2026-11-25T12:00:00Z", -1, 3, "a"};
  ClusterObject live = Live(tls, "8");
  CertificateState state;
  state.revision = 3;
  live.state = state;
  EXPECT_EQ(See(mutation, live), Observed::kDiverged);
  state.issuing = true;
  state.issuing_since = "2026-11-25T12:00:00Z";
  live.state = state;
  EXPECT_EQ(See(mutation, live), Observed::kApplied);
  state.issuing_since = "2026-11-25T11:00:00Z";
  live.state = state;
  EXPECT_EQ(See(mutation, live), Observed::kDiverged);
  state = CertificateState{};
  state.revision = 4;
  live.state = state;
  EXPECT_EQ(See(mutation, live), Observed::kApplied);
}

}  // namespace
}  // namespace selfheal
