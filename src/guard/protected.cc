#include <algorithm>
#include <array>
#include <string_view>

#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// Kubernetes keeps the prefix kube- for itself; the others belong to
/// networks, storage and the platform, under the names that they install to.
constexpr std::array<std::string_view, 2> kNamespacePrefixes = {"kube-",
                                                                "openshift-"};
constexpr std::array<std::string_view, 12> kNamespaces = {
    "calico-system",
    "calico-apiserver",
    "tigera-operator",
    "cilium",
    "cilium-system",
    "metallb-system",
    "longhorn-system",
    "rook-ceph",
    "openebs",
    "gatekeeper-system",
    "local-path-storage",
    "node-feature-discovery"};

/// Values of the labels below that mark ourselves, what we see and speak
/// through, and what carries the cluster.
constexpr std::array<std::string_view, 36> kNames = {
    "selfhealstack",
    "selfheal",
    "prometheus",
    "prometheus-operator",
    "prometheus-server",
    "kube-prometheus",
    "kube-prometheus-stack",
    "alertmanager",
    "thanos",
    "thanos-ruler",
    "thanos-query",
    "mimir",
    "kube-state-metrics",
    "node-exporter",
    "coredns",
    "kube-dns",
    "node-local-dns",
    "kube-proxy",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "cloud-controller-manager",
    "etcd",
    "metrics-server",
    "konnectivity-agent",
    "calico-node",
    "calico-typha",
    "calico-kube-controllers",
    "cilium",
    "cilium-agent",
    "cilium-operator",
    "flannel",
    "kube-router",
    "weave-net",
    "aws-node",
    "kindnet",
};

constexpr std::array<std::string_view, 7> kNameLabels = {
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "name",
    "component",
    "app.kubernetes.io/component",
    "app.kubernetes.io/part-of",
};

/// Kinds of operators that own what must not be touched.
constexpr std::array<std::string_view, 5> kOwnerKinds = {
    "Prometheus", "Alertmanager", "ThanosRuler", "PrometheusAgent", "Node"};

template <typename List>
bool Contains(const List& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// Label values may be written in any case, names of objects may not.
std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Storage and network drivers, whatever their vendor.
bool NamesDriver(std::string_view name) {
  return name.starts_with("csi-") || name.ends_with("-csi") ||
         name.find("-csi-") != std::string_view::npos ||
         name.ends_with("-cni") || name.starts_with("cni-");
}

/// Why a namespace is protected, or "".
std::string NamespaceReason(const GuardPolicy& policy, const std::string& ns) {
  for (const std::string_view prefix : kNamespacePrefixes) {
    if (ns.starts_with(prefix)) return "namespace " + ns + " is the cluster's";
  }
  if (Contains(kNamespaces, ns)) {
    return "namespace " + ns + " is the cluster's";
  }
  if (Contains(policy.guards.excluded_namespaces, ns)) {
    return "namespace " + ns + " is excluded";
  }
  if (!policy.own_namespace.empty() && ns == policy.own_namespace) {
    return "namespace " + ns + " is our own";
  }
  return "";
}

/// Why labels mark something protected, or "".
std::string LabelReason(const Labels& labels) {
  for (const std::string_view name : kNameLabels) {
    const std::string value = Lower(LabelOr(labels, name));
    if (Contains(kNames, value) || NamesDriver(value)) {
      return "label " + std::string(name) + "=" + value;
    }
  }
  if (LabelOr(labels, "tier") == "control-plane") return "label tier";
  return "";
}

/// Why `object` is protected, or "".
std::string ObjectReason(const GuardPolicy& policy,
                         const ClusterObject& object) {
  std::string reason = NamespaceReason(policy, object.ref.ns);
  if (!reason.empty()) return reason;
  const std::string who = ToString(object.ref) + " is protected: ";
  reason = LabelReason(object.labels);
  if (const WorkloadState* state = object.As<WorkloadState>();
      state != nullptr && reason.empty()) {
    reason = LabelReason(state->template_labels);
  }
  if (!reason.empty()) return who + reason;
  if (Contains(kNames, object.ref.name) || NamesDriver(object.ref.name)) {
    return who + "its name";
  }
  for (const OwnerRef& owner : object.owners) {
    if (Contains(kOwnerKinds, owner.kind)) {
      return who + "owned by a " + owner.kind;
    }
  }
  if (const PodState* pod = object.As<PodState>()) {
    if (pod->mirror) return who + "a static pod";
    if (!policy.own_pod.empty() && object.ref.name == policy.own_pod) {
      return who + "our own pod";
    }
  }
  return "";
}

bool IsOwnPod(const GuardPolicy& policy, const ClusterObject& pod) {
  return !policy.own_pod.empty() && pod.ref.ns == policy.own_namespace &&
         pod.ref.name == policy.own_pod;
}

/// Why no pod may be kept off `node`, or "".
std::string NodeReason(const GuardPolicy& policy, const ClusterObject& node,
                       const std::vector<ClusterObject>& pods) {
  const std::string who = ToString(node.ref) + " is protected: ";
  const NodeState* state = node.As<NodeState>();
  if (state == nullptr) return ToString(node.ref) + " is no node";
  if (state->control_plane) return who + "it carries the control plane";
  for (const ClusterObject& pod : pods) {
    if (IsOwnPod(policy, pod)) return who + "we run on it";
    const PodState* of_pod = pod.As<PodState>();
    const bool is_static = of_pod != nullptr && of_pod->mirror;
    if (is_static && LabelOr(pod.labels, "tier") == "control-plane") {
      return who + "it carries " + ToString(pod.ref);
    }
  }
  return "";
}

}  // namespace

std::string ProtectionOf(const GuardPolicy& policy,
                         const ClusterObject& object) {
  std::string reason = ObjectReason(policy, object);
  if (reason.empty() && OptsOut(object)) {
    reason = ToString(object.ref) + " opts out by label";
  }
  return reason;
}

Finding GuardProtected(const GuardInput& input) {
  const Facts& facts = input.facts;
  const bool of_node = input.purpose().target.kind == ObjectKind::kNode;
  std::vector<const Result<ClusterObject>*> read = {&facts.target,
                                                    &facts.object};
  if (!StandsAlone(input.request.mutation)) read.push_back(&facts.workload);
  for (const auto* fact : read) {
    if (!fact->ok()) return Unread(fact->error());
    std::string reason = ObjectReason(input.policy, **fact);
    if (!reason.empty()) return Deny(std::move(reason));
  }
  if (of_node) {
    if (!facts.node_pods.ok()) return Unread(facts.node_pods.error());
    std::string reason =
        NodeReason(input.policy, *facts.target, *facts.node_pods);
    if (!reason.empty()) return Deny(std::move(reason));
  }
  if (!facts.pods.ok()) return Allow("the target is not protected");
  for (const ClusterObject& pod : *facts.pods) {
    std::string reason = ObjectReason(input.policy, pod);
    if (!reason.empty()) return Deny(std::move(reason));
  }
  return Allow("the target is not protected");
}

}  // namespace selfheal::guard
