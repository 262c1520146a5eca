// Where an action may land: namespaces, protected, opt_out, kill_switch.
#include <gtest/gtest.h>

#include "tests/support/guard_world.h"

namespace selfheal::guard {
namespace {

constexpr FindingOutcome kAllow = FindingOutcome::kAllow;
constexpr FindingOutcome kDeny = FindingOutcome::kDeny;

TEST(KillSwitch, EachSourceAloneStops) {
  for (const char* source : {"file", "process"}) {
    GuardWorld world(Scene::kCanary);
    world.switches.TurnOn(source);
    EXPECT_EQ(world.Of("kill_switch").outcome, kDeny);
  }
  GuardWorld row(Scene::kCanary);
  row.history.state.kill_switch = {true, "maintenance", "ann", row.now()};
  EXPECT_EQ(row.Of("kill_switch").outcome, kDeny);
  EXPECT_NE(row.Of("kill_switch").reason.find("maintenance"),
            std::string::npos);
}

TEST(KillSwitch, UnreadableIsOn) {
  GuardWorld world(Scene::kCanary);
  world.history.fault = Error{Code::kUnavailable, "locked"};
  EXPECT_EQ(world.Of("kill_switch").outcome, kDeny);
}

TEST(KillSwitch, StopsAnUndoToo) {
  GuardWorld world(Scene::kUndoRestart);
  world.switches.TurnOn("process");
  EXPECT_FALSE(world.Check().permit.has_value());
}

TEST(Namespaces, OptIn) {
  const struct {
    std::vector<std::string> opted_in;
    FindingOutcome outcome;
  } cases[] = {
      {{}, kDeny},        {{""}, kDeny},        {{" shop"}, kDeny},
      {{"shop2"}, kDeny}, {{"sho"}, kDeny},     {{"Shop"}, kDeny},
      {{"sh*"}, kDeny},   {{"shop"}, kAllow},   {{"a", "shop"}, kAllow},
      {{"*"}, kAllow},    {{"a", "*"}, kAllow},
  };
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    world.policy.namespaces = c.opted_in;
    EXPECT_EQ(world.Of("namespaces").outcome, c.outcome)
        << (c.opted_in.empty() ? "none" : c.opted_in.front());
  }
}

TEST(Namespaces, MustExistAndStay) {
  GuardWorld gone(Scene::kCanary);
  gone.cluster.Remove(gone.ns);
  EXPECT_EQ(gone.Of("namespaces").outcome, kDeny);
  GuardWorld going(Scene::kCanary);
  going.cluster.Edit(going.ns, [](ClusterObject& o) { o.deleting = true; });
  EXPECT_EQ(going.Of("namespaces").outcome, kDeny);
}

TEST(Namespaces, NeverOutsideOfTheTargets) {
  GuardWorld world(Scene::kCanary);
  world.policy.namespaces = {"*"};
  ClusterObject other = *world.cluster.Get(world.ns);
  other.ref.name = "other";
  world.cluster.Put(other);
  world.As<EvictPod>().pod.ns = "other";
  EXPECT_EQ(world.Of("namespaces").outcome, kDeny);
}

TEST(Namespaces, NamesThatAreNoNamesMeanNothing) {
  for (const char* name : {"", "*", " ", "..", "a/b", "Shop", "shop "}) {
    GuardWorld world(Scene::kCanary);
    world.policy.namespaces = {"*"};
    world.As<EvictPod>().pod.ns = name;
    world.purpose.target.ns = name;
    EXPECT_EQ(world.Of("namespaces").outcome, kDeny) << '"' << name << '"';
    EXPECT_FALSE(world.Check().permit.has_value());
  }
}

/// The same world, in another namespace.
void MoveTo(GuardWorld& world, const std::string& ns) {
  world.policy.namespaces = {"*"};
  world.policy.guards.excluded_namespaces = {"monitoring"};
  ClusterObject workload = *world.cluster.Get(world.deployment);
  workload.ref.ns = ns;
  world.deployment.ns = ns;
  world.cluster.Put(workload);
  ClusterObject space = *world.cluster.Get(world.ns);
  space.ref.name = ns;
  world.cluster.Put(space);
  world.As<SetRestartedAt>().workload.ns = ns;
  world.purpose.target = world.plan.target = world.incident.target =
      world.plan.change.object = world.deployment;
  for (const ObjectRef& ref : world.pods) {
    ClusterObject pod = *world.cluster.Get(ref);
    pod.ref.ns = ns;
    world.cluster.Put(pod);
  }
}

TEST(Protected, Namespaces) {
  for (const char* ns :
       {"kube-system", "kube-public", "kube-node-lease", "kube-flannel",
        "kube-anything", "openshift-monitoring", "calico-system",
        "tigera-operator", "cilium", "monitoring", "longhorn-system"}) {
    GuardWorld world(Scene::kWhole);
    MoveTo(world, ns);
    EXPECT_EQ(world.Of("protected").outcome, kDeny) << ns;
    EXPECT_FALSE(world.Check().permit.has_value()) << ns;
  }
  for (const char* ns :
       {"shop", "kubelet-demo", "monitoring-demo", "default"}) {
    GuardWorld world(Scene::kWhole);
    MoveTo(world, ns);
    EXPECT_EQ(world.Of("protected").outcome, kAllow) << ns;
    EXPECT_TRUE(world.Check().permit.has_value()) << ns;
  }
}

TEST(Protected, TheClustersNamespacesWhateverTheConfiguration) {
  GuardWorld world(Scene::kWhole);
  MoveTo(world, "kube-system");
  world.policy.guards.excluded_namespaces = {};
  world.policy.namespaces = {"kube-system"};
  EXPECT_EQ(world.Of("protected").outcome, kDeny);
}

TEST(Protected, Ourselves) {
  GuardWorld own_namespace(Scene::kWhole);
  own_namespace.policy.own_namespace = "shop";
  EXPECT_EQ(own_namespace.Of("protected").outcome, kDeny);
  GuardWorld own_pod(Scene::kWhole);
  own_pod.policy.own_pod = own_pod.pods[3].name;
  EXPECT_EQ(own_pod.Of("protected").outcome, kDeny) << "one of its pods is us";
}

TEST(Protected, WellKnownLabelsOnAnyOfTheObjects) {
  const std::pair<const char*, const char*> labels[] = {
      {"app", "selfhealstack"},
      {"app.kubernetes.io/name", "selfhealstack"},
      {"app.kubernetes.io/name", "prometheus"},
      {"app.kubernetes.io/name", "alertmanager"},
      {"app.kubernetes.io/name", "kube-state-metrics"},
      {"k8s-app", "kube-dns"},
      {"k8s-app", "calico-node"},
      {"k8s-app", "cilium"},
      {"app", "flannel"},
      {"app", "csi-cinder-nodeplugin"},
      {"app", "ebs-csi-controller"},
      {"component", "etcd"},
      {"component", "kube-apiserver"},
      {"tier", "control-plane"},
  };
  for (const auto& [name, value] : labels) {
    const auto mark = [&](ClusterObject& o) { o.labels[name] = value; };
    GuardWorld on_workload(Scene::kCanary);
    on_workload.EditWorkload(mark);
    EXPECT_EQ(on_workload.Of("protected").outcome, kDeny) << value;
    GuardWorld on_pod(Scene::kRestartPod);
    on_pod.cluster.Edit(on_pod.pods[0], [&](ClusterObject& o) {
      if (std::string_view(name) != "app") o.labels[name] = value;
      if (std::string_view(name) == "app") {
        o.labels["app.kubernetes.io/name"] = value;
      }
    });
    EXPECT_EQ(on_pod.Of("protected").outcome, kDeny) << value;
    GuardWorld on_template(Scene::kScale);
    on_template.EditWorkload([&](ClusterObject& o) {
      std::get<WorkloadState>(o.state).template_labels[name] = value;
    });
    EXPECT_EQ(on_template.Of("protected").outcome, kDeny) << value;
  }
}

TEST(Protected, OwnersAndStaticPods) {
  for (const char* kind : {"Prometheus", "Alertmanager", "ThanosRuler"}) {
    GuardWorld world(Scene::kScale);
    world.EditWorkload(
        [&](ClusterObject& o) { o.owners = {{kind, "k8s", "uid-cr", true}}; });
    EXPECT_EQ(world.Of("protected").outcome, kDeny) << kind;
  }
  GuardWorld mirror(Scene::kRestartPod);
  mirror.cluster.Edit(mirror.pods[0], [](ClusterObject& o) {
    std::get<PodState>(o.state).mirror = true;
  });
  EXPECT_EQ(mirror.Of("protected").outcome, kDeny);
}

TEST(Protected, ByName) {
  for (const char* name : {"coredns", "prometheus", "csi-rbdplugin", "etcd"}) {
    GuardWorld world(Scene::kScale);
    ClusterObject workload = *world.cluster.Get(world.deployment);
    workload.ref.name = name;
    world.cluster.Put(workload);
    world.purpose.target.name = name;
    world.As<SetReplicas>().workload.name = name;
    EXPECT_EQ(world.Of("protected").outcome, kDeny) << name;
  }
}

TEST(OptOut, AnyValueButTrue) {
  for (const char* value : {"false", "False", "no", "0", "", "off"}) {
    GuardWorld world(Scene::kCanary);
    world.EditWorkload(
        [&](ClusterObject& o) { o.labels["selfheal.dev/enabled"] = value; });
    EXPECT_EQ(world.Of("opt_out").outcome, kDeny) << value;
  }
  GuardWorld yes(Scene::kCanary);
  yes.EditWorkload(
      [](ClusterObject& o) { o.labels["selfheal.dev/enabled"] = "true"; });
  EXPECT_EQ(yes.Of("opt_out").outcome, kAllow);
}

TEST(OptOut, OnEachObject) {
  const auto no = [](ClusterObject& o) {
    o.labels["selfheal.dev/enabled"] = "false";
  };
  for (int which = 0; which < 4; ++which) {
    GuardWorld world(Scene::kRestartPod);
    const ObjectRef refs[] = {world.ns, world.deployment, world.pods[0],
                              world.pods[3]};
    world.cluster.Edit(refs[which], no);
    EXPECT_EQ(world.Of("opt_out").outcome, kDeny) << ToString(refs[which]);
  }
  GuardWorld in_template(Scene::kScale);
  in_template.EditWorkload([](ClusterObject& o) {
    std::get<WorkloadState>(o.state).template_labels["selfheal.dev/enabled"] =
        "false";
  });
  EXPECT_EQ(in_template.Of("opt_out").outcome, kDeny);
}

TEST(OptOut, RequiredLabel) {
  const struct {
    const char* required;
    const char* key;
    const char* value;
    FindingOutcome outcome;
  } cases[] = {
      {"team=a", "team", "a", kAllow},
      {"team=a", "team", "b", kDeny},
      {"team=a", "tea", "a", kDeny},
      {"team", "team", "", kDeny},
      {"=a", "", "a", kDeny},
      {"team=", "team", "", kAllow},
      {"selfheal.dev/enabled=true", "selfheal.dev/enabled", "true", kAllow},
      {"selfheal.dev/enabled=true", "other", "true", kDeny},
  };
  for (const auto& c : cases) {
    GuardWorld world(Scene::kCanary);
    world.policy.guards.require_label = c.required;
    world.EditWorkload([&](ClusterObject& o) { o.labels[c.key] = c.value; });
    EXPECT_EQ(world.Of("opt_out").outcome, c.outcome) << c.required;
  }
  GuardWorld pod_only(Scene::kCanary);
  pod_only.policy.guards.require_label = "team=a";
  pod_only.cluster.Edit(pod_only.pods[1],
                        [](ClusterObject& o) { o.labels["team"] = "a"; });
  EXPECT_EQ(pod_only.Of("opt_out").outcome, kDeny)
      << "a pod can't opt its workload in";
}

}  // namespace
}  // namespace selfheal::guard
