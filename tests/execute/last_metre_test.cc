#include "execute/last_metre.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/fakes/fake_audit_store.h"
#include "tests/support/guard_world.h"

namespace selfheal {
namespace {

using guard::GuardWorld;
using guard::Scene;

/// An intent as the flow would have it, and the last metre in front of it.
class LastMetreTest : public ::testing::Test {
 protected:
  Intent Make(GuardWorld& world, guard::GuardRequest request) {
    static constexpr guard::GuardEntry kNone[] = {
        {"none", [](const guard::GuardInput&) { return guard::Allow("yes"); }}};
    guard::GuardChain chain(
        world.policy,
        {world.cluster, world.history, world.switches, world.surroundings},
        world.clock, kNone);
    auto permit = std::move(chain.Check(request).permit);
    auto intent = audit_.RecordIntent(std::move(*permit), world.incident, {});
    audit_.intents.clear();
    return *std::move(intent);
  }
  Intent Make(GuardWorld& world) { return Make(world, world.Request()); }

  Result<void> Check(GuardWorld& world, const Intent& intent) {
    LastMetre last(world.cluster, client_, world.switches, world.clock,
                   wall_ != nullptr ? *wall_ : world.clock,
                   {.namespaces = {"shop"},
                    .excluded = {"monitoring"},
                    .own_namespace = "selfheal",
                    .max_replicas = 10});
    return last.Check(intent);
  }

  /// The machine's clock, where it is another one than the guards'.
  const Clock* wall_ = nullptr;
  testing::FakeClusterClient client_;
  testing::FakeAuditStore audit_;
};

TEST_F(LastMetreTest, LetsEverySoundIntentPass) {
  for (const Scene scene : guard::kAllScenes) {
    GuardWorld world(scene);
    const Intent intent = Make(world);
    const auto result = Check(world, intent);
    EXPECT_TRUE(result.ok()) << result.error().message;
  }
}

TEST_F(LastMetreTest, AWallClockThatWasSetStopsAllButAnUndo) {
  for (const Scene scene : guard::kAllScenes) {
    for (const seconds skew : {seconds(1), seconds(30), seconds(31),
                               seconds(300), seconds(3600), seconds(86400)}) {
      for (const seconds set : {skew, -skew}) {
        GuardWorld world(scene);
        const Intent intent = Make(world);
        testing::FakeClock wall;
        wall.SetWall(world.now() + set);
        wall_ = &wall;
        const bool stopped = skew > seconds(30) && !guard::IsUndoScene(scene);
        const auto result = Check(world, intent);
        EXPECT_EQ(!result.ok(), stopped) << set.count();
        if (stopped) {
          EXPECT_EQ(result.error().code, Code::kAborted);
        }
        wall_ = nullptr;
      }
    }
  }
}

TEST_F(LastMetreTest, TwoSecondsAfterTheGuardsItIsTooLate) {
  GuardWorld world(Scene::kCanary);
  const Intent intent = Make(world);
  world.clock.Advance(seconds(2));
  EXPECT_TRUE(Check(world, intent).ok());
  world.clock.Advance(Duration(1));
  EXPECT_EQ(Check(world, intent).error().code, Code::kAborted);
  world.clock.Advance(seconds(3600));
  EXPECT_EQ(Check(world, intent).error().code, Code::kAborted);
  world.clock.SetWall(intent.guarded_at() - seconds(1));
  EXPECT_FALSE(Check(world, intent).ok()) << "the clock was set back";
}

TEST_F(LastMetreTest, TheKillSwitchStops) {
  GuardWorld world(Scene::kUndoRestart);
  const Intent intent = Make(world);
  world.switches.TurnOn("process");
  EXPECT_EQ(Check(world, intent).error().code, Code::kPermissionDenied);
}

TEST_F(LastMetreTest, OnlyTheBytesOfTheMutation) {
  GuardWorld world(Scene::kScale);
  guard::GuardRequest request = world.Request();
  request.request.body += " ";
  EXPECT_FALSE(Check(world, Make(world, request)).ok());
  request = world.Request();
  request.request = testing::FakeClusterClient::EncodePlainly(
      SetReplicas{world.deployment, "uid-dep", "1001", 1});
  EXPECT_FALSE(Check(world, Make(world, request)).ok());
  // What the text may say, but the mutation does not.
  request = world.Request();
  const std::size_t mark = request.request.path.find('?');
  request.request.path.resize(std::min(mark, request.request.path.size()));
  request.request.path += "?fieldManager=somebody";
  EXPECT_FALSE(Check(world, Make(world, request)).ok());
}

/// The reads of the last look itself take too long.
TEST_F(LastMetreTest, TheTimeIsTakenOnceMoreAtTheEnd) {
  class SlowSwitches final : public SwitchReader {
   public:
    explicit SlowSwitches(testing::FakeClock& clock) : clock_(clock) {}
    SwitchReading Read() override {
      clock_.Advance(seconds(3));
      return {};
    }

   private:
    testing::FakeClock& clock_;
  };
  GuardWorld world(Scene::kScale);
  const Intent intent = Make(world);
  SlowSwitches switches(world.clock);
  LastMetre last(world.cluster, client_, switches, world.clock, world.clock,
                 {.namespaces = {"shop"},
                  .excluded = {},
                  .own_namespace = "selfheal",
                  .max_replicas = 10});
  EXPECT_EQ(last.Check(intent).error().code, Code::kAborted);
}

/// The history itself may hold what the template that stands does not allow.
TEST_F(LastMetreTest, AKeptTemplateThatWidensIsRefused) {
  const std::string wide =
      R"({"metadata":{"labels":{"app":"cart"}},"spec":{"containers":)"
      R"([{"image":"cart:1","name":"app"}],"hostNetwork":true}})";
  GuardWorld world(Scene::kRollback);
  world.As<SetTemplate>().pod_template = wide;
  EXPECT_FALSE(Check(world, Make(world)).ok()) << "in no revision";
  world.cluster.Edit({ObjectKind::kReplicaSet, "shop", "cart-old"},
                     [&](ClusterObject& o) {
                       std::get<WorkloadState>(o.state).pod_template = wide;
                     });
  const auto refused = Check(world, Make(world));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "it would set spec.hostNetwork to true");
  // Where it stands already, the way back may keep it.
  world.EditWorkload([&](ClusterObject& o) {
    std::get<WorkloadState>(o.state).pod_template = wide;
  });
  EXPECT_TRUE(Check(world, Make(world)).ok());
}

TEST_F(LastMetreTest, AHistoryThatCannotBeReadIsNone) {
  GuardWorld world(Scene::kRollback);
  const Intent intent = Make(world);
  world.cluster.FailList(ObjectKind::kReplicaSet,
                         {Code::kDeadlineExceeded, "no answer"});
  EXPECT_EQ(Check(world, intent).error().code, Code::kDeadlineExceeded);
}

TEST_F(LastMetreTest, ASyncIsToARevisionThatTheApplicationKnows) {
  const ObjectRef ref{ObjectKind::kApplication, "shop", "cart"};
  GuardWorld world(Scene::kRollback);
  world.mutation = RequestSync{ref, "uid-app", "7", "c2", "action"};
  ApplicationState state;
  state.sync_revision = "c3";
  state.history = {{"c2", {}}, {"c3", {}}};
  const auto allowed = [&] {
    ClusterObject object;
    object.ref = ref;
    object.uid = "uid-app";
    object.resource_version = "7";
    object.state = state;
    world.cluster.Put(object);
    return Check(world, Make(world)).ok();
  };
  EXPECT_TRUE(allowed());
  state.busy = true;
  EXPECT_FALSE(allowed());
  state.busy = false;
  world.As<RequestSync>().revision = "c9";
  EXPECT_FALSE(allowed());
}

TEST_F(LastMetreTest, AnEncoderThatErrsOrLiesIsNotTrusted) {
  GuardWorld world(Scene::kScale);
  client_.encode = [](const Mutation&) -> Result<WireRequest> {
    return Error{Code::kInvalidArgument, "no"};
  };
  EXPECT_FALSE(Check(world, Make(world)).ok());
  // The encoder and the stored bytes agree on something else.
  const auto lie = [](const Mutation& m) -> Result<WireRequest> {
    WireRequest request = testing::FakeClusterClient::EncodePlainly(m);
    request.path = "/api/v1/namespaces/kube-system/secrets/x";
    return request;
  };
  client_.encode = lie;
  guard::GuardRequest request = world.Request();
  request.request = *lie(world.mutation);
  EXPECT_EQ(Check(world, Make(world, request)).error().code,
            Code::kPermissionDenied);
}

TEST_F(LastMetreTest, TheObjectMustBeAsItWasGuarded) {
  const struct {
    std::function<void(ClusterObject&)> edit;
    Code code;
  } cases[] = {
      {[](ClusterObject& o) { o.uid = "uid-new"; }, Code::kPermissionDenied},
      {[](ClusterObject& o) { o.resource_version = "1002"; }, Code::kAborted},
      {[](ClusterObject& o) { o.deleting = true; }, Code::kPermissionDenied},
      {[](ClusterObject& o) { o.labels["selfheal.dev/enabled"] = "false"; },
       Code::kPermissionDenied},
      {[](ClusterObject& o) { o.labels["app"] = "selfhealstack"; },
       Code::kPermissionDenied},
      {[](ClusterObject& o) {
         o.labels["app.kubernetes.io/name"] = "selfhealstack";
       },
       Code::kPermissionDenied},
  };
  int index = 0;
  for (const auto& c : cases) {
    for (const Scene scene : guard::kAllScenes) {
      GuardWorld world(scene);
      const Intent intent = Make(world);
      world.cluster.Edit(ObjectOf(world.mutation), c.edit);
      const auto result = Check(world, intent);
      ASSERT_FALSE(result.ok()) << index;
      EXPECT_EQ(result.error().code, c.code) << index;
    }
    ++index;
  }
}

TEST_F(LastMetreTest, AnyReadThatFailsRefuses) {
  for (const Code code : {Code::kUnavailable, Code::kDeadlineExceeded,
                          Code::kPermissionDenied, Code::kInternal}) {
    GuardWorld world(Scene::kCanary);
    const Intent intent = Make(world);
    world.cluster.FailGet(world.pods[1], {code, "no answer"});
    EXPECT_FALSE(Check(world, intent).ok());
  }
  GuardWorld gone(Scene::kCanary);
  const Intent intent = Make(gone);
  gone.cluster.Remove(gone.pods[1]);
  EXPECT_EQ(Check(gone, intent).error().code, Code::kAborted);
}

TEST_F(LastMetreTest, ReplicasStayInReachOfTheLiveOnes) {
  const struct {
    int live, to;
    bool ok;
  } cases[] = {{4, 6, true},  {4, 8, true},   {4, 9, false}, {4, 3, false},
               {0, 1, false}, {4, 10, false}, {5, 10, true}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kScale);
    world.As<SetReplicas>().replicas = c.to;
    world.EditWorkload([&](ClusterObject& o) {
      std::get<WorkloadState>(o.state).replicas = c.live;
    });
    EXPECT_EQ(Check(world, Make(world)).ok(), c.ok) << c.live << " " << c.to;
  }
  GuardWorld undo(Scene::kUndoScale);
  undo.As<SetReplicas>().replicas = 9;
  EXPECT_FALSE(Check(undo, Make(undo)).ok()) << "an undo only takes away";
}

TEST_F(LastMetreTest, BoundsStayInReachOfTheLiveOnes) {
  const struct {
    int live, to;
    bool ok;
  } cases[] = {{4, 8, true}, {4, 9, false}, {4, 3, false}, {0, 1, false}};
  for (const auto& c : cases) {
    GuardWorld world(Scene::kScaleHpa);
    world.As<SetHpaBounds>().min_replicas = 1;
    world.As<SetHpaBounds>().max_replicas = c.to;
    world.cluster.Edit(world.hpa, [&](ClusterObject& o) {
      std::get<HpaState>(o.state).max_replicas = c.live;
    });
    EXPECT_EQ(Check(world, Make(world)).ok(), c.ok) << c.live << " " << c.to;
  }
  GuardWorld undo(Scene::kUndoHpa);
  undo.As<SetHpaBounds>().max_replicas = 10;
  undo.cluster.Edit(undo.hpa, [](ClusterObject& o) {
    std::get<HpaState>(o.state).max_replicas = 9;
  });
  EXPECT_FALSE(Check(undo, Make(undo)).ok()) << "an undo only takes away";
  GuardWorld none(Scene::kUndoScale);
  none.EditWorkload(
      [](ClusterObject& o) { std::get<WorkloadState>(o.state).replicas = 0; });
  EXPECT_FALSE(Check(none, Make(none)).ok()) << "nothing is there";
}

TEST_F(LastMetreTest, AnObjectWithoutItsStateIsNotTouched) {
  for (const Scene scene : {Scene::kScale, Scene::kScaleHpa}) {
    GuardWorld world(scene);
    const Intent intent = Make(world);
    world.cluster.Edit(ObjectOf(world.mutation),
                       [](ClusterObject& o) { o.state = std::monostate(); });
    EXPECT_FALSE(Check(world, intent).ok());
  }
}

TEST_F(LastMetreTest, StaticPodsAreLeftAlone) {
  GuardWorld world(Scene::kRestartPod);
  world.cluster.Edit(world.pods[0], [](ClusterObject& o) {
    std::get<PodState>(o.state).mirror = true;
  });
  EXPECT_FALSE(Check(world, Make(world)).ok());
}

}  // namespace
}  // namespace selfheal
