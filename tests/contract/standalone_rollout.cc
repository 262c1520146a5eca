#include <type_traits>

#include "tests/contract/standalone_world.h"

namespace selfheal::testing {
namespace {

constexpr char kRollouts[] =
    "/apis/argoproj.io/v1alpha1/namespaces/standalone/rollouts";

Json Template(const std::string& image) {
  return {{"metadata", {{"labels", {{"app", "cart"}}}}},
          {"spec", {{"containers", {{{"name", "app"}, {"image", image}}}}}}};
}

ClusterObject Cart(World& world) {
  return world.Live(ObjectKind::kRollout, "cart");
}

const RolloutState& StateOf(const ClusterObject& rollout) {
  return *rollout.As<WorkloadState>()->rollout;
}

/// Sent, and sent again when its precondition has become false.
template <typename M>
void Once(World& world, M mutation) {
  // A status takes no metadata but the version, which no other object has.
  if constexpr (!std::is_same_v<M, SetAborted>) {
    M foreign = mutation;
    foreign.uid = "00000000-0000-0000-0000-000000000000";
    EXPECT_NE(world.Apply(foreign), ApplyResult::kApplied);
    EXPECT_EQ(Cart(world).resource_version, mutation.resource_version);
  }
  EXPECT_EQ(world.Apply(mutation), ApplyResult::kApplied);
  EXPECT_EQ(world.Apply(mutation), ApplyResult::kConflict);
}

void IsReadMidUpdate(World& world) {
  const ClusterObject cart = Cart(world);
  const auto* state = cart.As<WorkloadState>();
  ASSERT_NE(state, nullptr);
  EXPECT_EQ(state->observed_generation, cart.generation);
  EXPECT_EQ(state->update_strategy, "Canary");
  EXPECT_EQ(state->replicas, 3);
  EXPECT_EQ(state->updated, 1);
  EXPECT_EQ(state->revision, "2");
  EXPECT_TRUE(StateOf(cart).Updates());
  EXPECT_FALSE(StateOf(cart).aborted);
  EXPECT_EQ(StateOf(cart).phase, "Paused");
  const auto all = world.view.List(
      {.kind = ObjectKind::kRollout, .ns = "standalone", .selector = {}});
  ASSERT_TRUE(all.ok()) << all.error().message;
  EXPECT_EQ(all->size(), 1u);
}

void IsRestarted(World& world) {
  const ClusterObject before = Cart(world);
  Once(world, SetRestartedAt{before.ref, before.uid, before.resource_version,
                             "2026-11-25T12:00:00Z", "act"});
  const ClusterObject after = Cart(world);
  EXPECT_EQ(StateOf(after).restart_at, "2026-11-25T12:00:00Z");
  EXPECT_TRUE(StateOf(after).Restarts());
  EXPECT_EQ(after.generation, before.generation + 1);
  EXPECT_EQ(LabelOr(after.annotations, "selfheal.dev/last-action"), "act");
  EXPECT_EQ(after.As<WorkloadState>()->pod_template,
            before.As<WorkloadState>()->pod_template);
  Once(world,
       SetRestartedAt{after.ref, after.uid, after.resource_version, "", "act"});
  EXPECT_EQ(StateOf(Cart(world)).restart_at, "");
}

void IsAbortedAndGoesOn(World& world) {
  for (const bool aborted : {true, false}) {
    const ClusterObject before = Cart(world);
    Once(world,
         SetAborted{before.ref, before.uid, before.resource_version, aborted});
    const ClusterObject after = Cart(world);
    EXPECT_TRUE(StateOf(after).IsOurs(aborted)) << StateOf(after).aborted_by;
    EXPECT_EQ(StateOf(after).phase, "Paused") << "the rest of it stands";
    EXPECT_EQ(after.generation, before.generation) << "no change of its spec";
  }
}

/// A write of somebody else's is theirs; what stays as it is stays ours.
void IsAbortedByAPerson(World& world) {
  const std::string path = std::string(kRollouts) + "/cart/status";
  const ClusterObject before = Cart(world);
  Once(world,
       SetAborted{before.ref, before.uid, before.resource_version, true});
  const auto patch = [&](const Json& status) {
    const Answered answer = world.raw.Patch(path, {{"status", status}});
    EXPECT_EQ(answer.code, 200) << answer.text;
    return StateOf(Cart(world));
  };
  EXPECT_TRUE(patch({{"abort", true}, {"phase", "Degraded"}}).IsOurs(true));
  EXPECT_FALSE(patch({{"abort", false}}).IsOurs(false));
  EXPECT_FALSE(patch({{"abort", true}}).IsOurs(true));
  patch({{"abort", false}, {"phase", "Paused"}});
}

void IsScaled(World& world) {
  const ClusterObject before = Cart(world);
  Once(world, SetReplicas{before.ref, before.uid, before.resource_version, 5});
  EXPECT_EQ(Cart(world).As<WorkloadState>()->replicas, 5);
}

void GetsATemplateBack(World& world) {
  const ClusterObject before = Cart(world);
  Json old = Template("cart:1");
  old["spec"]["dnsPolicy"] = "ClusterFirst";
  const std::string text = old.dump();
  Once(world, SetTemplate{before.ref, before.uid, before.resource_version, text,
                          "act-2"});
  const ClusterObject after = Cart(world);
  EXPECT_EQ(after.As<WorkloadState>()->pod_template, text);
  EXPECT_EQ(LabelOr(after.annotations, "selfheal.dev/last-action"), "act-2");
  EXPECT_EQ(LabelOr(after.annotations, "rollout.argoproj.io/revision"), "2");
}

}  // namespace

void HandlesARollout(World& world) {
  Teach(world.raw, {.group = "argoproj.io",
                    .version = "v1alpha1",
                    .plural = "rollouts",
                    .kind = "Rollout",
                    .scales = true});
  Made(world.raw.Post(
      kRollouts, {{"apiVersion", "argoproj.io/v1alpha1"},
                  {"kind", "Rollout"},
                  {"metadata",
                   {{"name", "cart"},
                    {"annotations", {{"rollout.argoproj.io/revision", "2"}}}}},
                  {"spec",
                   {{"replicas", 3},
                    {"selector", {{"matchLabels", {{"app", "cart"}}}}},
                    {"strategy", {{"canary", Json::object()}}},
                    {"template", Template("cart:2")}}}}));
  const Answered status = world.raw.Patch(
      std::string(kRollouts) + "/cart/status", {{"status",
                                                 {{"observedGeneration", "1"},
                                                  {"phase", "Paused"},
                                                  {"replicas", 3},
                                                  {"updatedReplicas", 1},
                                                  {"selector", "app=cart"},
                                                  {"currentPodHash", "two"},
                                                  {"stableRS", "one"}}}});
  ASSERT_EQ(status.code, 200) << status.text;
  IsReadMidUpdate(world);
  IsRestarted(world);
  IsAbortedAndGoesOn(world);
  IsAbortedByAPerson(world);
  IsScaled(world);
  GetsATemplateBack(world);
}

}  // namespace selfheal::testing
