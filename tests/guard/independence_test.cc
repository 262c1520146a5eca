// Two layers, two implementations: what one lets through by mistake, the other
// stops. Each hazard is met by the guards without the last metre, and by the
// last metre without the guards; so no single deletion lets it through.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "execute/last_metre.h"
#include "tests/fakes/fake_audit_store.h"
#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

struct Hazard {
  const char* name;
  std::function<void(GuardWorld&)> spoil;
};

void EditObject(GuardWorld& world,
                const std::function<void(ClusterObject&)>& change) {
  world.cluster.Edit(ObjectOf(world.mutation), change);
}

/// Aims the mutation, the plan and the target at another namespace that holds
/// the same objects.
void MoveObject(GuardWorld& world, const std::string& ns) {
  ObjectRef old_set = world.replica_set;
  old_set.name = "cart-old";
  const ObjectRef refs[] = {world.ns, world.deployment, world.replica_set,
                            old_set};
  for (const ObjectRef& ref : refs) {
    ClusterObject object = *world.cluster.Get(ref);
    (object.ref.ns.empty() ? object.ref.name : object.ref.ns) = ns;
    world.cluster.Put(object);
  }
  for (const ObjectRef& ref : world.pods) {
    ClusterObject pod = *world.cluster.Get(ref);
    pod.ref.ns = ns;
    world.cluster.Put(pod);
  }
  if (auto hpa = world.cluster.Get(world.hpa); hpa.ok()) {
    hpa->ref.ns = ns;
    world.cluster.Put(*hpa);
  }
  std::visit(
      [&](auto& m) {
        if constexpr (requires { m.pod; }) m.pod.ns = ns;
        if constexpr (requires { m.workload; }) m.workload.ns = ns;
        if constexpr (requires { m.hpa; }) m.hpa.ns = ns;
      },
      world.mutation);
  world.plan.change.object.ns = ns;
  world.plan.target.ns = world.incident.target.ns = world.purpose.target.ns =
      ns;
}

/// A template that nobody ever rolled out, or one of somebody else's.
void Invent(GuardWorld& world) {
  if (auto* m = std::get_if<SetTemplate>(&world.mutation)) {
    std::string& planned = IsUndoScene(world.scene)
                               ? world.plan.change.from_value
                               : world.plan.change.to_value;
    m->pod_template = planned =
        R"({"spec":{"containers":[{"image":"evil:1","name":"app"}]}})";
  } else {
    world.switches.TurnOn("file");  // This scene has no template to spoil.
  }
}

void SetNumbers(GuardWorld& world, int low, int high) {
  if (auto* m = std::get_if<SetReplicas>(&world.mutation)) {
    m->replicas = world.plan.change.to = high;
  } else if (auto* h = std::get_if<SetHpaBounds>(&world.mutation)) {
    h->min_replicas = world.plan.change.to = low;
    h->max_replicas = world.plan.change.to_max = high;
  } else if (auto* s = std::get_if<SetMemory>(&world.mutation)) {
    s->limit = std::to_string(high) + "Gi";
    (IsUndoScene(world.scene) ? world.plan.change.from_value
                              : world.plan.change.to_value) = s->limit;
  } else {
    world.switches.TurnOn("file");  // This scene has no numbers to spoil.
  }
}

const std::vector<Hazard>& Hazards() {
  static const std::vector<Hazard> list = {
      {"kill switch", [](GuardWorld& w) { w.switches.TurnOn("file"); }},
      {"not opted in", [](GuardWorld& w) { MoveObject(w, "other"); }},
      {"cluster's own", [](GuardWorld& w) { MoveObject(w, "kube-system"); }},
      {"reserved", [](GuardWorld& w) { MoveObject(w, "kube-flannel"); }},
      {"excluded", [](GuardWorld& w) { MoveObject(w, "monitoring"); }},
      {"our own", [](GuardWorld& w) { MoveObject(w, "selfheal"); }},
      {"opted out",
       [](GuardWorld& w) {
         EditObject(w, [](ClusterObject& o) {
           o.labels["selfheal.dev/enabled"] = "false";
         });
       }},
      {"ourselves",
       [](GuardWorld& w) {
         EditObject(
             w, [](ClusterObject& o) { o.labels["app"] = "selfhealstack"; });
       }},
      {"replaced",
       [](GuardWorld& w) {
         EditObject(w, [](ClusterObject& o) { o.uid = "uid-new"; });
       }},
      {"going",
       [](GuardWorld& w) {
         EditObject(w, [](ClusterObject& o) { o.deleting = true; });
       }},
      {"moved",
       [](GuardWorld& w) {
         EditObject(w, [](ClusterObject& o) { o.resource_version = "9"; });
       }},
      {"gone", [](GuardWorld& w) { w.cluster.Remove(ObjectOf(w.mutation)); }},
      {"unreadable",
       [](GuardWorld& w) {
         w.cluster.FailGet(ObjectOf(w.mutation),
                           {Code::kDeadlineExceeded, "no answer"});
       }},
      {"no uid",
       [](GuardWorld& w) {
         std::visit([](auto& m) { m.uid = ""; }, w.mutation);
       }},
      {"no version",
       [](GuardWorld& w) {
         std::visit([](auto& m) { m.resource_version = ""; }, w.mutation);
       }},
      {"none left", [](GuardWorld& w) { SetNumbers(w, 0, 0); }},
      {"too many", [](GuardWorld& w) { SetNumbers(w, 6, 50); }},
      {"invented template", Invent},
  };
  return list;
}

RequestLimits LimitsOf(const GuardPolicy& policy) {
  return {.namespaces = policy.namespaces,
          .excluded = policy.guards.excluded_namespaces,
          .own_namespace = policy.own_namespace,
          .max_replicas = policy.guards.scale.max_replicas};
}

/// What the last metre says where nothing at all was guarded.
Result<void> LastMetreAlone(GuardWorld& world) {
  static constexpr GuardEntry kNone[] = {
      {"none", [](const GuardInput&) { return Allow("yes"); }}};
  GuardChain chain(
      world.policy,
      {world.cluster, world.history, world.switches, world.surroundings},
      world.clock, kNone);
  auto permit = std::move(chain.Check(world.Request()).permit);
  testing::FakeAuditStore audit;
  auto intent = audit.RecordIntent(std::move(*permit), world.incident, {});
  testing::FakeClusterClient client;
  LastMetre last(world.cluster, client, world.switches, world.clock,
                 world.clock, LimitsOf(world.policy));
  return last.Check(*intent);
}

TEST(Independence, EachLayerAloneStopsEachHazard) {
  for (const Hazard& hazard : Hazards()) {
    for (const Scene scene : kAllScenes) {
      GuardWorld world(scene);
      world.policy.own_namespace = "selfheal";
      hazard.spoil(world);
      EXPECT_FALSE(world.Check().permit.has_value())
          << "guards, " << hazard.name << ", " << static_cast<int>(scene);
      EXPECT_FALSE(LastMetreAlone(world).ok())
          << "last metre, " << hazard.name << ", " << static_cast<int>(scene);
    }
  }
}

/// Hazards come together, and a guard may be missing: the rest still stops
/// everything that is unsafe, and what is safe is not stopped.
TEST(Independence, GeneratedPlansWithOneGuardDeleted) {
  std::mt19937_64 random(1);
  int stopped = 0;
  for (int round = 0; round < 2000; ++round) {
    const Scene scene =
        kAllScenes[random() % (sizeof kAllScenes / sizeof *kAllScenes)];
    GuardWorld world(scene);
    world.policy.own_namespace = "selfheal";
    Hazards()[random() % Hazards().size()].spoil(world);
    const std::size_t deleted = random() % AllGuards().size();
    std::vector<GuardEntry> rest(AllGuards().begin(), AllGuards().end());
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(deleted));
    GuardChain chain(
        world.policy,
        {world.cluster, world.history, world.switches, world.surroundings},
        world.clock, rest);
    GuardResult result = chain.Check(world.Request());
    if (!result.permit) {
      ++stopped;
      continue;
    }
    testing::FakeAuditStore audit;
    auto intent =
        audit.RecordIntent(std::move(*result.permit), world.incident, {});
    testing::FakeClusterClient client;
    LastMetre last(world.cluster, client, world.switches, world.clock,
                   world.clock, LimitsOf(world.policy));
    EXPECT_FALSE(last.Check(*intent).ok())
        << AllGuards()[deleted].name << " deleted";
    ++stopped;
  }
  EXPECT_EQ(stopped, 2000);
}

TEST(Independence, TheRelationOfTheLayersIsNotVacuous) {
  for (const Scene scene : kAllScenes) {
    GuardWorld world(scene);
    world.policy.own_namespace = "selfheal";
    EXPECT_TRUE(world.Check().permit.has_value());
    EXPECT_TRUE(LastMetreAlone(world).ok());
  }
}

}  // namespace
}  // namespace selfheal::guard
