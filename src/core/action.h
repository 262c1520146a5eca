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
  bool operator==(const ScaleOut&) const = default;
};

/// Tell a person and change nothing.
struct Notify {
  bool operator==(const Notify&) const = default;
};

/// The closed set of verbs. A new kind must be handled by guard, executor,
/// verifier and codec before anything compiles.
using Action = std::variant<RestartPod, RollingRestart, ScaleOut, Notify>;

/// Names of the verbs, for budgets, metrics and the audit.
enum class ActionKind {
  kRestartPod,
  kRollingRestart,
  kScaleOut,
  kNotify,
  kUndoRollingRestart,
  kUndoScaleOut,
};

ActionKind KindOf(const Action& action);

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
