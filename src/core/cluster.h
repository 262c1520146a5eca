#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/labels.h"
#include "core/object.h"
#include "core/result.h"

namespace selfheal {

/// An owner as Kubernetes names it; matched by uid at every hop.
struct OwnerRef {
  std::string kind;  ///< As written; may be a kind that we do not know.
  std::string name;
  std::string uid;
  bool controller = false;
};

/// What a pod template gives one container; quantities as written, "" = none.
struct ContainerMemory {
  std::string name;
  std::string limit;
  std::string request;
};

/// The name that our writes have in metadata.managedFields.
inline constexpr char kOwnManager[] = "selfheal";

/// What a Rollout of Argo Rollouts tells beside what a Deployment does.
struct RolloutState {
  std::string phase;     ///< Healthy, Progressing, Paused, Degraded, or "".
  std::string message;   ///< Why it is in that phase, or "".
  bool aborted = false;  ///< Its update was given up: the stable set serves.
  /// Who wrote `aborted` last, as metadata.managedFields names them; "" = not
  /// known. Of a single live object only: lists leave it out.
  std::string aborted_by;
  std::string stable_hash;   ///< Of the revision that was promoted wholly last.
  std::string current_hash;  ///< Of the revision that its template is.
  std::string restart_at;    ///< spec.restartAt as written, or "".
  std::string restarted_at;  ///< status.restartedAt as written, or "".
  std::string template_of;   ///< "Deployment/cart" of its workloadRef, or "".

  /// True while its template is another one than what was promoted last.
  bool Updates() const { return current_hash != stable_hash; }
  /// True while pods from before spec.restartAt are to be replaced.
  bool Restarts() const;
  /// True where it stands as a write of ours left it.
  bool IsOurs(bool abort) const {
    return aborted == abort && aborted_by == kOwnManager;
  }
};

/// Spec and status of a Deployment, StatefulSet, DaemonSet, ReplicaSet or
/// Rollout.
/// Absent integers are 0, an absent spec.replicas is 1.
struct WorkloadState {
  int replicas = 1;          ///< Desired.
  int current_replicas = 0;  ///< status.replicas
  int ready = 0;             ///< status.readyReplicas
  int updated = 0;           ///< status.updatedReplicas
  int available = 0;         ///< status.availableReplicas
  long long observed_generation = 0;
  bool paused = false;
  bool progress_deadline_exceeded = false;
  /// How many of its pods a rollout may take away before new ones are ready.
  int max_unavailable = 1;
  /// rollingUpdate.partition of a StatefulSet: pods below it stay as they are.
  int partition = 0;
  /// RollingUpdate, Recreate, OnDelete; Canary or BlueGreen of a Rollout; "".
  std::string update_strategy;
  Labels selector;  ///< matchLabels.
  bool selector_has_expressions = false;
  Labels template_labels;
  Labels template_annotations;
  std::string revision;  ///< The revision that its annotation names, or "".
  /// The whole template in its canonical form (JSON, keys in order, without
  /// what controllers add). Lists of Deployments, StatefulSets and DaemonSets
  /// leave this and `memory` out.
  std::string pod_template;
  std::vector<ContainerMemory> memory;  ///< Of each container, not of inits.
  std::optional<RolloutState> rollout;  ///< Of a Rollout alone.
};

/// One kept template of a StatefulSet or DaemonSet.
struct RevisionState {
  long long number = 0;
  std::string pod_template;  ///< As WorkloadState's.
};

struct ContainerState {
  std::string name;
  bool ready = false;
  int restarts = 0;
  std::string waiting_reason;          ///< "CrashLoopBackOff", or "".
  std::string last_terminated_reason;  ///< "OOMKilled", "Error", or "".
  int last_exit_code = 0;
  std::optional<Time> last_terminated_at = {};
};

/// What pods ask for and nodes have to give.
struct Amounts {
  long long cpu_millis = 0;
  long long memory_bytes = 0;
  int pods = 0;

  bool operator==(const Amounts&) const = default;
};

struct PodState {
  std::string phase;   ///< Pending, Running, Succeeded, Failed, Unknown.
  std::string reason;  ///< "Evicted" where the kubelet did it, or "".
  std::string node;
  Amounts requests;      ///< The sum of its containers; pods = 1.
  bool scratch = false;  ///< It has an emptyDir volume.
  bool ready = false;
  bool mirror = false;  ///< A static pod of a kubelet.
  std::optional<Time> started_at;
  std::vector<ContainerState> containers;
};

struct HpaState {
  std::string target_kind;
  std::string target_name;
  int min_replicas = 1;
  int max_replicas = 1;
  int current_replicas = 0;
  int desired_replicas = 0;
  bool scaling_active = true;
};

struct PdbState {
  Labels selector;  ///< matchLabels; empty with selects_all = every pod.
  bool selects_all = false;
  bool selector_has_expressions = false;
  int disruptions_allowed = 0;
  int expected = 0;  ///< Pods that it covers; 0 = not counted.
  int desired_healthy = 0;
  int current_healthy = 0;
  long long observed_generation = 0;
};

/// A PersistentVolumeClaim; quantities as written.
struct ClaimState {
  std::string phase;  ///< Bound, Pending, Lost.
  std::string storage_class;
  std::string volume;
  std::string requested;                ///< spec.resources.requests.storage
  std::string capacity;                 ///< status.capacity.storage
  std::vector<std::string> conditions;  ///< Types whose status is True.
};

struct StorageClassState {
  bool allows_expansion = false;
  std::string provisioner;
};

/// A Certificate of cert-manager.
struct CertificateState {
  bool ready = false;
  bool issuing = false;
  int issuing_at = -1;        ///< Its place in status.conditions; -1 = none.
  std::string issuing_since;  ///< lastTransitionTime of Issuing, or "".
  std::string issuer_kind;    ///< Issuer or ClusterIssuer.
  std::string issuer_name;
  std::string issuer_group;
  long long revision = 0;
  std::optional<Time> not_after;
};

struct NodeState {
  bool unschedulable = false;
  bool control_plane = false;
  /// A taint other than the cordon's keeps new pods off.
  bool tainted = false;
  Amounts allocatable;
  std::vector<std::string> addresses;  ///< Of every type.
  std::string kubelet_version;         ///< status.nodeInfo, "v1.34.4" or "".
  std::map<std::string, std::string> conditions;  ///< Type -> status.
};

/// What a namespace may use at most: resource -> quantity.
struct QuotaState {
  std::map<std::string, std::string> hard;
  std::map<std::string, std::string> used;
};

/// The least upper bounds of memory that its items name; "" = none.
struct LimitRangeState {
  std::string container_max;
  std::string pod_max;
};

struct ServiceState {
  Labels selector;  ///< Of the pods behind it; empty = it selects none.
};

/// An Application of Argo CD.
struct ApplicationState {
  /// One finished sync.
  struct Entry {
    std::string revision;
    std::optional<Time> deployed_at;
  };
  /// One object that it keeps.
  struct Resource {
    std::string kind;  ///< As written; may be one that we do not know.
    std::string ns;
    std::string name;
    std::string sync_status;
    std::string health;  ///< "" where Argo CD judges none.
  };
  std::string sync_status;    ///< Synced, OutOfSync, Unknown.
  std::string sync_revision;  ///< What Git says now.
  std::string health;         ///< Healthy, Degraded, ...
  bool automated = false;     ///< Syncs by itself.
  bool here = false;  ///< Its destination is the cluster that it stands in.
  bool busy = false;  ///< An operation is asked for, or runs.
  std::string operation_phase;  ///< Of the last one: Succeeded, Failed, ...
  std::string operation_revision;
  bool multiple_sources = false;
  std::vector<Entry> history;  ///< Oldest first.
  std::vector<Resource> resources;
};

/// One live object: the metadata that decisions need, and its kind's state.
struct ClusterObject {
  ObjectRef ref;
  std::string uid;
  std::string resource_version;  ///< Opaque; compare for equality only.
  long long generation = 0;
  Labels labels;
  Labels annotations;
  std::vector<OwnerRef> owners;
  bool deleting = false;
  Time created_at;
  std::variant<std::monostate, WorkloadState, PodState, HpaState, PdbState,
               NodeState, ClaimState, StorageClassState, CertificateState,
               RevisionState, QuotaState, LimitRangeState, ApplicationState,
               ServiceState>
      state;

  /// The state as T, or null where the object is of another kind.
  template <typename T>
  const T* As() const {
    return std::get_if<T>(&state);
  }
  /// The owner with controller = true, or null.
  const OwnerRef* Controller() const;
};

/// The mark of the last restart that was asked for: the template's annotation,
/// or spec.restartAt of a Rollout; "" = none.
std::string_view RestartedAt(const WorkloadState& workload);

/// The hash of the template that a ReplicaSet of a Rollout keeps, or "".
std::string_view RolloutHash(const ClusterObject& replica_set);

/// Which objects of a kind to list.
struct ListQuery {
  ObjectKind kind = ObjectKind::kPod;
  std::string ns = {};    ///< Empty = cluster-scoped, or every namespace.
  Labels selector = {};   ///< Equality on labels; empty = all of the namespace.
  std::string node = {};  ///< Pods only: spec.nodeName; empty = any.
  std::string name = {};  ///< Empty = any.
};

/// Port of correlate, guard, execute and verify: live reads of the cluster,
/// never from a cache. Thread-safe.
///
/// @error kNotFound  gone; kPermissionDenied, kUnauthenticated; kUnavailable,
///        kDeadlineExceeded  no answer; kInternal  nonsense.
class ClusterView {
 public:
  virtual ~ClusterView() = default;
  virtual Result<ClusterObject> Get(const ObjectRef& ref) = 0;
  /// All matching objects (every page), in the server's order.
  virtual Result<std::vector<ClusterObject>> List(const ListQuery& query) = 0;
};

}  // namespace selfheal
