#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace selfheal {

/// Kinds of Kubernetes objects that the product reads or changes.
enum class ObjectKind {
  kPod,
  kReplicaSet,
  kDeployment,
  kStatefulSet,
  kDaemonSet,
  kJob,
  kNode,
  kNamespace,
  kHorizontalPodAutoscaler,
  kPodDisruptionBudget,
  kControllerRevision,
  kPersistentVolumeClaim,
  kStorageClass,
  kCertificate,  ///< cert-manager's.
  kApplication,  ///< Argo CD's.
  kResourceQuota,
  kLimitRange,
  kRollout,  ///< Argo Rollouts'.
  kService,
};

/// The kind as Kubernetes writes it, e.g. "Deployment".
std::string_view KindName(ObjectKind kind);

/// The inverse of KindName.
std::optional<ObjectKind> ParseKind(std::string_view name);

/// Names one object; `ns` is empty for a cluster-scoped kind.
struct ObjectRef {
  ObjectKind kind = ObjectKind::kPod;
  std::string ns;
  std::string name;

  auto operator<=>(const ObjectRef&) const = default;
};

/// "Deployment/shop/cart", or "Node/n1"; the key of queue, cooldown and locks.
std::string ToString(const ObjectRef& ref);

/// The inverse of ToString.
std::optional<ObjectRef> ParseObjectRef(std::string_view text);

/// True for an RFC 1123 label of 1 to 63 characters (namespaces, containers).
bool IsDnsLabel(std::string_view name);

/// True for an RFC 1123 subdomain of 1 to 253 characters (most object names).
bool IsDnsSubdomain(std::string_view name);

/// True where both names of `ref` may stand in an API path.
bool IsWellFormed(const ObjectRef& ref);

/// True for the kinds that own pods and can be restarted or scaled.
bool IsWorkload(ObjectKind kind);

/// The kind of the objects that keep the earlier templates of a workload.
ObjectKind KeptIn(ObjectKind workload);

}  // namespace selfheal
