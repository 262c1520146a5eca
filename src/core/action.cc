#include "core/action.h"

namespace selfheal {
namespace {

struct KindVisitor {
  ActionKind operator()(const RestartPod&) const {
    return ActionKind::kRestartPod;
  }
  ActionKind operator()(const RollingRestart&) const {
    return ActionKind::kRollingRestart;
  }
  ActionKind operator()(const ScaleOut&) const { return ActionKind::kScaleOut; }
  ActionKind operator()(const Notify&) const { return ActionKind::kNotify; }
};

}  // namespace

ActionKind KindOf(const Action& action) {
  return std::visit(KindVisitor{}, action);
}

std::string_view ActionName(ActionKind kind) {
  switch (kind) {
    case ActionKind::kRestartPod:
      return "restart_pod";
    case ActionKind::kRollingRestart:
      return "rolling_restart";
    case ActionKind::kScaleOut:
      return "scale_out";
    case ActionKind::kNotify:
      return "notify";
    case ActionKind::kUndoRollingRestart:
      return "undo_rolling_restart";
    case ActionKind::kUndoScaleOut:
      return "undo_scale_out";
  }
  return "notify";
}

std::string_view ActionName(const Action& action) {
  return ActionName(KindOf(action));
}

bool IsRestart(ActionKind kind) {
  return kind == ActionKind::kRestartPod || kind == ActionKind::kRollingRestart;
}

bool IsScale(ActionKind kind) { return kind == ActionKind::kScaleOut; }

bool IsUndo(ActionKind kind) {
  return kind == ActionKind::kUndoRollingRestart ||
         kind == ActionKind::kUndoScaleOut;
}

}  // namespace selfheal
