#include "correlate/target_resolver.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "correlate/application_target.h"
#include "correlate/node_target.h"
#include "correlate/pod_owner.h"
#include "correlate/service_target.h"

namespace selfheal {
namespace {

constexpr std::array<std::pair<std::string_view, ObjectKind>, 4>
    kWorkloadLabels = {{{"deployment", ObjectKind::kDeployment},
                        {"statefulset", ObjectKind::kStatefulSet},
                        {"daemonset", ObjectKind::kDaemonSet},
                        {"rollout", ObjectKind::kRollout}}};
constexpr std::string_view kHpa = "horizontalpodautoscaler";
/// Every label that is looked at, beside the ones named exported_*.
constexpr std::array<std::string_view, 15> kTargetLabels = {
    "namespace",
    "persistentvolumeclaim",
    "name",
    "pod",
    "node",
    "deployment",
    "daemonset",
    "statefulset",
    "rollout",
    kHpa,
    "dest_namespace",
    "dest_server",
    "secret_namespace",
    "secret_name",
    "service"};
/// Where an Application of Argo CD deploys to; its label `name` names it.
constexpr std::string_view kDestination = "dest_namespace";
/// Looked at where a workload is meant and nothing else names one.
constexpr std::string_view kService = "service";
/// Looked at where a node is meant and none is named: the address of the node
/// exporter, say; or where a certificate is, that a probe has seen there.
constexpr std::string_view kInstance = "instance";
constexpr std::string_view kExported = "exported_";

Error Invalid(std::string message) {
  return Error{Code::kInvalidArgument, std::move(message)};
}

std::string_view FirstExported(const Labels& labels) {
  const auto found = labels.lower_bound(kExported);
  if (found == labels.end()) return "";
  const std::string_view name = found->first;
  return name.substr(0, kExported.size()) == kExported ? name : "";
}

/// A scrape without honor_labels names the exporter, not the subject.
Result<void> RefuseExported(const Labels& labels) {
  const std::string_view name = FirstExported(labels);
  if (name.empty()) return {};
  return Invalid("label " + std::string(name) +
                 " shows a scrape without honor_labels: the other labels "
                 "name the exporter, not the subject");
}

Result<ObjectRef> Named(ObjectKind kind, const Labels& labels,
                        std::string_view label) {
  ObjectRef ref{.kind = kind,
                .ns = kind == ObjectKind::kNode
                          ? ""
                          : std::string(LabelOr(labels, "namespace")),
                .name = std::string(LabelOr(labels, label))};
  if (!IsWellFormed(ref)) {
    return Invalid("labels namespace and " + std::string(label) +
                   " do not name a Kubernetes object");
  }
  return ref;
}

bool Holds(const ClusterObject& node, const std::string& condition) {
  const NodeState* state = node.As<NodeState>();
  if (state == nullptr) return false;
  const auto found = state->conditions.find(condition);
  return found != state->conditions.end() && found->second == "True";
}

bool WasOomKilled(const ClusterObject& pod) {
  const PodState* state = pod.As<PodState>();
  return state != nullptr &&
         std::any_of(state->containers.begin(), state->containers.end(),
                     [](const ContainerState& one) {
                       return !one.ready &&
                              one.last_terminated_reason == "OOMKilled";
                     });
}

/// The workload that a label names; empty where none does.
Result<std::optional<ObjectRef>> NamedWorkload(const Labels& labels) {
  std::optional<ObjectRef> found;
  for (const auto& [label, kind] : kWorkloadLabels) {
    if (LabelOr(labels, label).empty()) continue;
    auto ref = Named(kind, labels, label);
    if (!ref.ok()) return ref.error();
    if (found) return Invalid("labels name two workloads");
    found = *ref;
  }
  return found;
}

Result<ResolvedTarget> AsTarget(const Result<ClusterObject>& live) {
  if (!live.ok()) return live.error();
  return ResolvedTarget{.object = live->ref, .uid = live->uid};
}

/// The owner of a pod, unless a label names another workload as well; it is
/// another one if it is of another kind, too.
Result<ResolvedTarget> AsLabelled(Result<ResolvedTarget> owner,
                                  const Labels& labels) {
  if (!owner.ok()) return owner;
  for (const auto& [label, kind] : kWorkloadLabels) {
    const std::string_view name = LabelOr(labels, label);
    const bool same = kind == owner->object.kind && name == owner->object.name;
    if (name.empty() || same) continue;
    return Invalid("the labels contradict: the pod belongs to " +
                   ToString(owner->object) + ", not to what label " +
                   std::string(label) + " names");
  }
  return owner;
}

/// The object whose name stands in one label beside the namespace.
std::optional<std::pair<ObjectKind, std::string_view>> OneLabel(
    TargetMode mode) {
  switch (mode) {
    case TargetMode::kVolume:
      return {{ObjectKind::kPersistentVolumeClaim, "persistentvolumeclaim"}};
    case TargetMode::kCertificate:
      return {{ObjectKind::kCertificate, "name"}};
    case TargetMode::kPod:
    case TargetMode::kWorkload:
    case TargetMode::kNode:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool IsCertificateOfOthers(const Rule& rule, const Labels& labels) {
  return rule.target == TargetMode::kCertificate &&
         LabelOr(labels, "name").empty();
}

std::string TargetKey(const Rule& rule, const Labels& labels) {
  std::string key = rule.name;
  for (const std::string_view name : kTargetLabels) {
    key += '\0';
    key += LabelOr(labels, name);
  }
  if (rule.target == TargetMode::kNode ||
      rule.target == TargetMode::kCertificate) {
    key += '\0';
    key += LabelOr(labels, kInstance);
  }
  key += '\0';
  key += FirstExported(labels);
  return key;
}

ObjectRef GuessTarget(const Rule& rule, const Labels& labels) {
  if (IsCertificateOfOthers(rule, labels)) {
    const auto secret = LabelOr(labels, "secret_name");
    return {.kind = ObjectKind::kCertificate,
            .ns = std::string(LabelOr(labels, "secret_namespace")),
            .name = std::string(secret.empty() ? LabelOr(labels, kInstance)
                                               : secret)};
  }
  if (const auto one = OneLabel(rule.target)) {
    return {.kind = one->first,
            .ns = std::string(LabelOr(labels, "namespace")),
            .name = std::string(LabelOr(labels, one->second))};
  }
  if (rule.target == TargetMode::kNode) {
    return {.kind = ObjectKind::kNode,
            .ns = "",
            .name = std::string(LabelOr(labels, "node"))};
  }
  ObjectRef ref{.kind = ObjectKind::kPod,
                .ns = std::string(LabelOr(labels, "namespace")),
                .name = std::string(LabelOr(labels, "pod"))};
  if (ref.name.empty() && !LabelOr(labels, kDestination).empty()) {
    // What we are asked about stands where it deploys to.
    ref = {.kind = ObjectKind::kApplication,
           .ns = std::string(LabelOr(labels, kDestination)),
           .name = std::string(LabelOr(labels, "name"))};
  }
  for (const auto& [label, kind] : kWorkloadLabels) {
    if (!LabelOr(labels, label).empty() && ref.name.empty()) {
      ref.kind = kind;
      ref.name = std::string(LabelOr(labels, label));
    }
  }
  if (ref.name.empty() && !LabelOr(labels, kService).empty()) {
    ref.kind = ObjectKind::kService;
    ref.name = std::string(LabelOr(labels, kService));
  }
  return ref;
}

Result<ResolvedTarget> TargetResolver::Live(const ObjectRef& ref) {
  auto object = view_.Get(ref);
  if (!object.ok()) return object.error().With("resolve " + ToString(ref));
  return ResolvedTarget{.object = ref, .uid = object->uid};
}

/// A pod that is well is not to be blamed on anything.
Result<std::optional<NodeTrouble>> TargetResolver::RootOf(
    const ClusterObject& pod) {
  const PodState* state = pod.As<PodState>();
  if (state == nullptr || state->ready || state->node.empty()) {
    return std::optional<NodeTrouble>();
  }
  auto node = view_.Get({ObjectKind::kNode, "", state->node});
  if (!node.ok() && node.error().code == Code::kNotFound) {
    return std::optional<NodeTrouble>();
  }
  if (!node.ok()) return node.error().With("the node of " + ToString(pod.ref));
  const bool evicted = state->phase == "Failed" && state->reason == "Evicted";
  if (!evicted && Holds(*node, "Ready")) return std::optional<NodeTrouble>();
  const bool disk = evicted && Holds(*node, "DiskPressure");
  return std::optional(NodeTrouble{.node = node->ref,
                                   .uid = node->uid,
                                   .type = disk ? IncidentType::kDiskPressure
                                                : IncidentType::kNodePressure});
}

Result<ResolvedTarget> TargetResolver::TargetOf(const ClusterObject& pod) {
  auto target = AsTarget(OwnerOf(view_, pod));
  if (!target.ok()) return target;
  auto root = RootOf(pod);
  if (!root.ok()) return root.error();
  target->root = *std::move(root);
  target->oom_killed = WasOomKilled(pod);
  return target;
}

/// What an HPA scales, named by the label that kube-state-metrics gives it.
Result<ResolvedTarget> TargetResolver::ScaledBy(const Labels& labels) {
  auto ref = Named(ObjectKind::kHorizontalPodAutoscaler, labels, kHpa);
  if (!ref.ok()) return ref.error();
  auto live = view_.Get(*ref);
  if (!live.ok()) return live.error().With("resolve " + ToString(*ref));
  const HpaState* state = live->As<HpaState>();
  const auto kind =
      state == nullptr ? std::nullopt : ParseKind(state->target_kind);
  if (!kind || !IsWorkload(*kind)) {
    return Error{Code::kFailedPrecondition,
                 ToString(*ref) + " scales no workload that we know"};
  }
  return Live({.kind = *kind, .ns = ref->ns, .name = state->target_name});
}

Result<ResolvedTarget> TargetResolver::Resolve(const Rule& rule,
                                               const Labels& labels) {
  if (auto ok = RefuseExported(labels); !ok.ok()) return ok.error();
  if (rule.target == TargetMode::kNode) {
    if (LabelOr(labels, "node").empty()) {
      return AsTarget(NodeAt(view_, LabelOr(labels, kInstance)));
    }
    auto node = Named(ObjectKind::kNode, labels, "node");
    if (!node.ok()) return node.error();
    return Live(*node);
  }
  if (IsCertificateOfOthers(rule, labels)) {
    return Error{Code::kFailedPrecondition,
                 "it is no Certificate of cert-manager: a person renews it"};
  }
  if (const auto one = OneLabel(rule.target)) {
    auto ref = Named(one->first, labels, one->second);
    if (!ref.ok()) return ref.error();
    return Live(*ref);
  }
  if (!LabelOr(labels, "pod").empty()) {
    auto ref = Named(ObjectKind::kPod, labels, "pod");
    if (!ref.ok()) return ref.error();
    auto pod = view_.Get(*ref);
    if (pod.ok()) return AsLabelled(TargetOf(*pod), labels);
    if (pod.error().code != Code::kNotFound) {
      return pod.error().With("resolve " + ToString(*ref));
    }
    // It was replaced since; a workload label is the better hint.
    auto named = NamedWorkload(labels);
    if (!named.ok()) return named.error();
    return *named ? Live(**named) : AsTarget(OwnerOfGone(view_, *ref));
  }
  if (!LabelOr(labels, kHpa).empty()) return ScaledBy(labels);
  auto named = NamedWorkload(labels);
  if (!named.ok()) return named.error();
  if (*named) return Live(**named);
  if (!LabelOr(labels, kDestination).empty()) {
    auto workload = WorkloadOfApplication(view_, labels);
    return workload.ok() ? Live(*workload) : workload.error();
  }
  if (rule.target == TargetMode::kWorkload &&
      !LabelOr(labels, kService).empty()) {
    auto service = Named(ObjectKind::kService, labels, kService);
    if (!service.ok()) return service.error();
    return AsTarget(WorkloadOfService(view_, *service));
  }
  return Invalid("no label names a workload or a pod");
}

}  // namespace selfheal
