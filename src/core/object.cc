#include "core/object.h"

#include <algorithm>
#include <array>
#include <utility>

namespace selfheal {
namespace {

constexpr std::array<std::pair<ObjectKind, std::string_view>, 19> kKinds = {{
    {ObjectKind::kPod, "Pod"},
    {ObjectKind::kReplicaSet, "ReplicaSet"},
    {ObjectKind::kDeployment, "Deployment"},
    {ObjectKind::kStatefulSet, "StatefulSet"},
    {ObjectKind::kDaemonSet, "DaemonSet"},
    {ObjectKind::kJob, "Job"},
    {ObjectKind::kNode, "Node"},
    {ObjectKind::kNamespace, "Namespace"},
    {ObjectKind::kHorizontalPodAutoscaler, "HorizontalPodAutoscaler"},
    {ObjectKind::kPodDisruptionBudget, "PodDisruptionBudget"},
    {ObjectKind::kControllerRevision, "ControllerRevision"},
    {ObjectKind::kPersistentVolumeClaim, "PersistentVolumeClaim"},
    {ObjectKind::kStorageClass, "StorageClass"},
    {ObjectKind::kCertificate, "Certificate"},
    {ObjectKind::kApplication, "Application"},
    {ObjectKind::kResourceQuota, "ResourceQuota"},
    {ObjectKind::kLimitRange, "LimitRange"},
    {ObjectKind::kRollout, "Rollout"},
    {ObjectKind::kService, "Service"},
}};

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool IsClusterScoped(ObjectKind kind) {
  return kind == ObjectKind::kNode || kind == ObjectKind::kNamespace ||
         kind == ObjectKind::kStorageClass;
}

}  // namespace

std::string_view KindName(ObjectKind kind) {
  const auto* found =
      std::find_if(kKinds.begin(), kKinds.end(),
                   [kind](const auto& entry) { return entry.first == kind; });
  return found == kKinds.end() ? "Unknown" : found->second;
}

std::optional<ObjectKind> ParseKind(std::string_view name) {
  for (const auto& [kind, text] : kKinds) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

std::string ToString(const ObjectRef& ref) {
  std::string text(KindName(ref.kind));
  if (!IsClusterScoped(ref.kind)) text += "/" + ref.ns;
  return text + "/" + ref.name;
}

std::optional<ObjectRef> ParseObjectRef(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto kind = ParseKind(text.substr(0, slash));
  if (!kind) return std::nullopt;
  ObjectRef ref{.kind = *kind, .ns = "", .name = ""};
  std::string_view rest = text.substr(slash + 1);
  if (!IsClusterScoped(*kind)) {
    const auto second = rest.find('/');
    if (second == std::string_view::npos) return std::nullopt;
    ref.ns = std::string(rest.substr(0, second));
    rest.remove_prefix(second + 1);
  }
  ref.name = std::string(rest);
  if (!IsWellFormed(ref)) return std::nullopt;
  return ref;
}

bool IsDnsLabel(std::string_view name) {
  return !name.empty() && name.size() <= 63 && IsAlphanumeric(name.front()) &&
         IsAlphanumeric(name.back()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

bool IsDnsSubdomain(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const auto dot = name.find('.');
    const std::string_view part = name.substr(0, dot);
    if (part.empty() || !IsAlphanumeric(part.front()) ||
        !IsAlphanumeric(part.back()) ||
        !std::all_of(part.begin(), part.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-'; })) {
      return false;
    }
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool IsWellFormed(const ObjectRef& ref) {
  if (IsClusterScoped(ref.kind)) {
    return ref.ns.empty() && IsDnsSubdomain(ref.name);
  }
  return IsDnsLabel(ref.ns) && IsDnsSubdomain(ref.name);
}

ObjectKind KeptIn(ObjectKind workload) {
  const bool sets =
      workload == ObjectKind::kDeployment || workload == ObjectKind::kRollout;
  return sets ? ObjectKind::kReplicaSet : ObjectKind::kControllerRevision;
}

bool IsWorkload(ObjectKind kind) {
  return kind == ObjectKind::kDeployment || kind == ObjectKind::kStatefulSet ||
         kind == ObjectKind::kDaemonSet || kind == ObjectKind::kRollout;
}

}  // namespace selfheal
