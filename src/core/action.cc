#include "core/action.h"

#include <algorithm>
#include <array>

namespace selfheal {
namespace {

/// In the order of ActionKind.
constexpr std::array<std::string_view, kActionKinds> kNames = {
    "restart_pod",    "rolling_restart",
    "scale_out",      "scale_in",
    "rollback",       "set_resources",
    "cordon",         "drain",
    "uncordon",       "evict_pod",
    "expand_volume",  "renew_certificate",
    "notify",         "undo_rolling_restart",
    "undo_scale_out", "undo_scale_in",
    "undo_rollback",  "undo_set_resources",
    "undo_cordon",    "undo_drain",
};

struct KindVisitor {
  ActionKind operator()(const RestartPod&) const {
    return ActionKind::kRestartPod;
  }
  ActionKind operator()(const RollingRestart&) const {
    return ActionKind::kRollingRestart;
  }
  ActionKind operator()(const ScaleOut&) const { return ActionKind::kScaleOut; }
  ActionKind operator()(const ScaleIn&) const { return ActionKind::kScaleIn; }
  ActionKind operator()(const Rollback&) const { return ActionKind::kRollback; }
  ActionKind operator()(const SetResources&) const {
    return ActionKind::kSetResources;
  }
  ActionKind operator()(const Cordon&) const { return ActionKind::kCordon; }
  ActionKind operator()(const Drain&) const { return ActionKind::kDrain; }
  ActionKind operator()(const Uncordon&) const { return ActionKind::kUncordon; }
  ActionKind operator()(const EvictOne&) const { return ActionKind::kEvictPod; }
  ActionKind operator()(const ExpandVolume&) const {
    return ActionKind::kExpandVolume;
  }
  ActionKind operator()(const RenewCertificate&) const {
    return ActionKind::kRenewCertificate;
  }
  ActionKind operator()(const Notify&) const { return ActionKind::kNotify; }
};

}  // namespace

ActionKind KindOf(const Action& action) {
  return std::visit(KindVisitor{}, action);
}

int MostReplicas(const ScaleOut& action) {
  if (action.connections_per_pod < 1) return action.max_replicas;
  return std::min(action.max_replicas,
                  action.connections / action.connections_per_pod);
}

std::string_view ActionName(ActionKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view ActionName(const Action& action) {
  return ActionName(KindOf(action));
}

bool IsRestart(ActionKind kind) {
  return kind == ActionKind::kRestartPod || kind == ActionKind::kRollingRestart;
}

bool IsScale(ActionKind kind) {
  return kind == ActionKind::kScaleOut || kind == ActionKind::kScaleIn;
}

bool IsUndo(ActionKind kind) { return kind >= ActionKind::kUndoRollingRestart; }

}  // namespace selfheal
