// The protected set from the attacker's side: names that are none, selectors
// that select nothing, kinds that are not ours, and every way in which an
// object may be marked. Zero targets and a denial, always.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "execute/last_metre.h"
#include "tests/fakes/fake_audit_store.h"
#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

const std::string kNoNames[] = {"",
                                "*",
                                " ",
                                "null",
                                "..",
                                ".",
                                "a/b",
                                "../other",
                                "kube%2dx",
                                "%2e%2e",
                                "Cart",
                                "cart ",
                                "cart*",
                                "cart,pay",
                                std::string(254, 'a'),
                                std::string("cart\0x", 6)};

RequestLimits LimitsOf(const GuardPolicy& policy) {
  return {.namespaces = policy.namespaces,
          .excluded = policy.guards.excluded_namespaces,
          .own_namespace = policy.own_namespace,
          .max_replicas = policy.guards.scale.max_replicas};
}

/// What the last metre says where nothing at all was guarded.
bool LastMetreAllows(GuardWorld& world) {
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
  return last.Check(*intent).ok();
}

ObjectRef& RefOf(Mutation& mutation) {
  return const_cast<ObjectRef&>(ObjectOf(mutation));
}

/// Where a name that means nothing may stand; `in_request`: also in what the
/// last metre sees.
struct Place {
  const char* name;
  bool in_request;
  std::function<void(GuardWorld&, const std::string&)> put;
};

const std::vector<Place>& Places() {
  static const std::vector<Place> places = {
      {"the object's name", true,
       [](GuardWorld& w, const std::string& n) { RefOf(w.mutation).name = n; }},
      {"the object's namespace", true,
       [](GuardWorld& w, const std::string& n) { RefOf(w.mutation).ns = n; }},
      {"all namespaces", true,
       [](GuardWorld& w, const std::string& n) {
         RefOf(w.mutation).ns = w.plan.change.object.ns = w.plan.target.ns =
             w.incident.target.ns = w.purpose.target.ns = n;
       }},
      {"the target's name", false,
       [](GuardWorld& w, const std::string& n) {
         w.plan.target.name = w.incident.target.name = w.purpose.target.name =
             n;
       }},
      {"the purpose's target", false,
       [](GuardWorld& w, const std::string& n) { w.purpose.target.name = n; }},
      {"the plan's object", false,
       [](GuardWorld& w, const std::string& n) {
         // A canary is not the plan's object, so it says nothing of it.
         w.plan.change.object.name = n;
         for (PodIdentity& pod : w.plan.change.canaries) pod.name = n;
       }},
      {"the incident's id", false,
       [](GuardWorld& w, const std::string& n) { w.incident.id = n; }},
      {"the uid", true,
       [](GuardWorld& w, const std::string& n) {
         std::visit([&](auto& m) { m.uid = n; }, w.mutation);
       }},
      {"the resourceVersion", true,
       [](GuardWorld& w, const std::string& n) {
         std::visit([&](auto& m) { m.resource_version = n; }, w.mutation);
       }},
      {"the plan's hash", false,
       [](GuardWorld& w, const std::string& n) { w.purpose.plan_hash = n; }},
  };
  return places;
}

TEST(Scope, ANameThatIsNoneMeansNoTarget) {
  int tried = 0;
  for (const Scene scene : kAllScenes) {
    for (const Place& place : Places()) {
      for (const std::string& name : kNoNames) {
        for (const bool everything : {false, true}) {
          GuardWorld world(scene);
          if (everything) world.policy.namespaces = {"*"};
          place.put(world, name);
          EXPECT_FALSE(world.Check().permit.has_value())
              << place.name << " \"" << name << "\" "
              << static_cast<int>(scene);
          if (place.in_request) {
            EXPECT_FALSE(LastMetreAllows(world))
                << place.name << " \"" << name << "\"";
          }
          ++tried;
        }
      }
    }
  }
  EXPECT_EQ(tried, static_cast<int>(std::size(kAllScenes)) * 10 * 16 * 2);
}

TEST(Scope, AnEmptySelectorIsNoPods) {
  for (const Scene scene : {Scene::kRestartPod, Scene::kCanary, Scene::kRest,
                            Scene::kWhole, Scene::kUndoRestart}) {
    for (const Labels& selector :
         {Labels{}, Labels{{"", ""}}, Labels{{"*", "*"}}, Labels{{"app", ""}},
          Labels{{"app", "null"}}}) {
      GuardWorld world(scene);
      world.EditWorkload([&](ClusterObject& o) {
        std::get<WorkloadState>(o.state).selector = selector;
      });
      const bool takes_a_pod =
          scene == Scene::kRestartPod || scene == Scene::kCanary;
      if (selector.empty() || takes_a_pod) {
        EXPECT_FALSE(world.Check().permit.has_value())
            << static_cast<int>(scene);
      }
    }
  }
}

TEST(Scope, NoListOfNamespacesIsNone) {
  for (const Scene scene : kAllScenes) {
    GuardWorld world(scene);
    world.policy.namespaces = {};
    EXPECT_FALSE(world.Check().permit.has_value());
    EXPECT_FALSE(LastMetreAllows(world));
  }
}

/// Nodes, namespaces and whatever else is no workload can't be aimed at, so
/// neither can the node that we run on.
TEST(Scope, OnlyOurKindsCanBeAimedAt) {
  static_assert(std::variant_size_v<Mutation> == 12,
                "a new mutation wants its kinds here");
  for (const Scene scene : kAllScenes) {
    for (const ObjectKind kind :
         {ObjectKind::kNode, ObjectKind::kNamespace, ObjectKind::kJob,
          ObjectKind::kReplicaSet, ObjectKind::kPodDisruptionBudget,
          ObjectKind::kControllerRevision}) {
      GuardWorld world(scene);
      RefOf(world.mutation).kind = kind;
      EXPECT_FALSE(world.Check().permit.has_value())
          << KindName(kind) << " " << static_cast<int>(scene);
      EXPECT_FALSE(LastMetreAllows(world)) << KindName(kind);
    }
  }
}

/// A mark that forbids, put on an object.
using Mark = std::function<void(ClusterObject&)>;

std::vector<Mark> Marks() {
  std::vector<Mark> marks;
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{
           {"selfheal.dev/enabled", "false"},
           {"selfheal.dev/enabled", ""},
           {"app", "Prometheus"},
           {"app.kubernetes.io/name", "ALERTMANAGER"},
           {"app.kubernetes.io/part-of", "kube-prometheus-stack"},
           {"app.kubernetes.io/part-of", "selfheal"},
           {"app.kubernetes.io/component", "etcd"},
           {"k8s-app", "CoreDNS"},
           {"name", "cni-plugins"},
           {"component", "kube-scheduler"},
           {"tier", "control-plane"}}) {
    marks.push_back(
        [name, value](ClusterObject& o) { o.labels[name] = value; });
  }
  return marks;
}

/// The object, its workload, or any pod of it: a mark on one protects all.
TEST(Scope, AMarkAnywhereInTheFamilyForbids) {
  for (const Scene scene : kAllScenes) {
    const bool sees_pods =
        scene != Scene::kScale && scene != Scene::kScaleHpa &&
        scene != Scene::kUndoScale && scene != Scene::kUndoHpa;
    for (const Mark& mark : Marks()) {
      std::vector<ObjectRef> family;
      {
        GuardWorld world(scene);
        family = {world.deployment, ObjectOf(world.mutation)};
        if (sees_pods) {
          family.insert(family.end(), world.pods.begin(), world.pods.end());
        }
      }
      for (const ObjectRef& ref : family) {
        GuardWorld world(scene);
        world.cluster.Edit(ref, [&](ClusterObject& o) {
          // The label by which the pods are selected stays as it is.
          const std::string app = LabelOr(o.labels, "app").empty()
                                      ? ""
                                      : std::string(LabelOr(o.labels, "app"));
          mark(o);
          if (o.ref.kind == ObjectKind::kPod && !app.empty() &&
              o.labels["app"] != app) {
            o.labels["app.kubernetes.io/name"] = o.labels["app"];
            o.labels["app"] = app;
          }
        });
        EXPECT_FALSE(world.Check().permit.has_value())
            << ToString(ref) << " " << static_cast<int>(scene);
      }
    }
  }
}

TEST(Scope, AnOwnerInTheChainForbids) {
  for (const char* kind : {"Prometheus", "Alertmanager", "ThanosRuler",
                           "PrometheusAgent", "Node"}) {
    for (const Scene scene : kAllScenes) {
      GuardWorld world(scene);
      world.EditWorkload([&](ClusterObject& o) {
        o.owners = {{kind, "main", "uid-cr", false}};
      });
      EXPECT_FALSE(world.Check().permit.has_value()) << kind;
    }
  }
}

/// Random worlds in which several things are wrong at once: never a permit,
/// and the same verdict again for the same world.
TEST(Scope, WhateverIsWrongTogetherStaysWrong) {
  std::mt19937_64 random(7);
  const auto marks = Marks();
  for (int round = 0; round < 1000; ++round) {
    const Scene scene =
        kAllScenes[random() % (sizeof kAllScenes / sizeof *kAllScenes)];
    GuardWorld world(scene);
    world.EditWorkload(marks[random() % marks.size()]);
    if (random() % 2 == 0) {
      Places()[random() % Places().size()].put(
          world, kNoNames[random() % (sizeof kNoNames / sizeof *kNoNames)]);
    }
    const Verdict first = world.Preview();
    EXPECT_EQ(first.outcome, FindingOutcome::kDeny);
    EXPECT_EQ(world.Preview().outcome, first.outcome);
    EXPECT_FALSE(world.Check().permit.has_value()) << round;
  }
}

}  // namespace
}  // namespace selfheal::guard
