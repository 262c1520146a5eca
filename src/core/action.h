#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "core/object.h"

namespace selfheal {

/// Delete one pod so that its owner makes a new one.
struct RestartPod {
  bool operator==(const RestartPod&) const = default;
};

/// Replace every pod of a workload, one canary first.
struct RollingRestart {
  int canary_pods = 1;
  std::chrono::seconds canary_observe{60};
  bool operator==(const RollingRestart&) const = default;
};

/// Add replicas: to the HPA's bounds where one stands, else to the workload.
struct ScaleOut {
  int percent = 50;
  int max_replicas = 10;
  /// What the database has for the workload, and what a pod takes of it; both
  /// 0 = the database sets no limit.
  int connections = 0;
  int connections_per_pod = 0;
  /// So long calm, then it is taken back; 0 = never.
  std::chrono::seconds back_after{0};
  bool operator==(const ScaleOut&) const = default;
};

/// So many replicas at most: max_replicas, or what the connections suffice for.
int MostReplicas(const ScaleOut& action);

/// Take replicas away again: absolute values back to what stood before a
/// scale-out. No step of a runbook; the flow takes it, see back_after.
struct ScaleIn {
  int replicas = 1;                 ///< Or the HPA's minimum.
  int max_replicas = 0;             ///< The HPA's maximum; 0 = there is no HPA.
  std::chrono::seconds calm{3600};  ///< So long nothing happened.
  bool operator==(const ScaleIn&) const = default;
};

/// Back to the last healthy revision of the pod template.
struct Rollback {
  int max_revisions = 3;  ///< How far back at most.
  bool operator==(const Rollback&) const = default;
};

/// Raise the memory limit of the container that the kernel killed.
struct SetResources {
  int percent = 50;
  bool operator==(const SetResources&) const = default;
};

/// Let no new pod onto a node.
struct Cordon {
  bool operator==(const Cordon&) const = default;
};

/// Cordon a node, then evict what runs there, disruption budgets obeyed.
struct Drain {
  std::chrono::seconds timeout{1800};
  /// What emptyDirs of Deployments hold may be lost.
  bool delete_emptydir_data = false;
  bool operator==(const Drain&) const = default;
};

/// Let pods onto a node again that we have cordoned.
struct Uncordon {
  bool operator==(const Uncordon&) const = default;
};

/// Evict the one pod that fills its node.
struct EvictOne {
  bool operator==(const EvictOne&) const = default;
};

/// Ask for a larger volume where its class allows it.
struct ExpandVolume {
  int percent = 20;
  int max_gib = 1024;  ///< No claim grows beyond it.
  bool operator==(const ExpandVolume&) const = default;
};

/// Have cert-manager issue a certificate anew.
struct RenewCertificate {
  std::chrono::seconds timeout{600};
  bool operator==(const RenewCertificate&) const = default;
};

/// Tell a person and change nothing.
struct Notify {
  bool operator==(const Notify&) const = default;
};

/// The closed set of verbs. A new kind must be handled by guard, executor,
/// verifier and codec before anything compiles.
using Action = std::variant<RestartPod, RollingRestart, ScaleOut, ScaleIn,
                            Rollback, SetResources, Cordon, Drain, Uncordon,
                            EvictOne, ExpandVolume, RenewCertificate, Notify>;

/// Names of the verbs, for budgets, metrics and the audit.
enum class ActionKind {
  kRestartPod,
  kRollingRestart,
  kScaleOut,
  kScaleIn,
  kRollback,
  kSetResources,
  kCordon,
  kDrain,
  kUncordon,
  kEvictPod,
  kExpandVolume,
  kRenewCertificate,
  kNotify,
  kUndoRollingRestart,
  kUndoScaleOut,
  kUndoScaleIn,
  kUndoRollback,
  kUndoSetResources,
  kUndoCordon,
  kUndoDrain,
};

ActionKind KindOf(const Action& action);

inline constexpr std::size_t kActionKinds =
    static_cast<std::size_t>(ActionKind::kUndoDrain) + 1;

/// "restart_pod", "rolling_restart", "scale_out", "undo_scale_out", ...
std::string_view ActionName(ActionKind kind);
std::string_view ActionName(const Action& action);

/// True for the kinds that `guards.max_restarts_per_hour` counts.
bool IsRestart(ActionKind kind);
/// True for the kinds that `guards.scale` rules.
bool IsScale(ActionKind kind);
/// True for the ways back, exempt from cooldown, budgets and breaker.
bool IsUndo(ActionKind kind);

}  // namespace selfheal
