#include "execute/steps.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "execute/actions/actions.h"

namespace selfheal {
namespace {

const Action& CurrentAction(const Plan& plan) {
  return plan.steps.at(static_cast<std::size_t>(plan.step)).action;
}

struct FreezeVisitor {
  const ObjectRef& target;
  const StepContext& context;

  Result<PlannedChange> operator()(const RestartPod& action) const {
    return actions::FreezeRestartPod(action, target, context);
  }
  Result<PlannedChange> operator()(const RollingRestart& action) const {
    return actions::FreezeRollingRestart(action, target, context);
  }
  Result<PlannedChange> operator()(const ScaleOut& action) const {
    return actions::FreezeScaleOut(action, target, context);
  }
  Result<PlannedChange> operator()(const ScaleIn& action) const {
    return actions::FreezeScaleIn(action, target, context);
  }
  Result<PlannedChange> operator()(const Rollback& action) const {
    return actions::FreezeRollback(action, target, context);
  }
  Result<PlannedChange> operator()(const SetResources& action) const {
    return actions::FreezeSetResources(action, target, context);
  }
  Result<PlannedChange> operator()(const Cordon& action) const {
    return actions::FreezeCordon(action, target, context);
  }
  Result<PlannedChange> operator()(const Drain& action) const {
    return actions::FreezeDrain(action, target, context);
  }
  Result<PlannedChange> operator()(const Uncordon& action) const {
    return actions::FreezeUncordon(action, target, context);
  }
  Result<PlannedChange> operator()(const EvictOne& action) const {
    return actions::FreezeEvictPod(action, target, context);
  }
  Result<PlannedChange> operator()(const ExpandVolume& action) const {
    return actions::FreezeExpandVolume(action, target, context);
  }
  Result<PlannedChange> operator()(const RenewCertificate&) const {
    return actions::FreezeRenewCertificate(target, context);
  }
  Result<PlannedChange> operator()(const Notify&) const {
    PlannedChange change;
    change.object = target;
    change.summary = "tell a person";
    change.blast_radius = "nothing is changed";
    return change;
  }
};

struct NextVisitor {
  const Incident& incident;
  const StepContext& context;

  Result<Move> operator()(const RestartPod&) const {
    return actions::NextRestartPod(incident, context);
  }
  Result<Move> operator()(const RollingRestart& action) const {
    return actions::NextRollingRestart(action, incident, context);
  }
  Result<Move> operator()(const ScaleOut&) const {
    return actions::NextScaleOut(incident, context);
  }
  Result<Move> operator()(const ScaleIn&) const {
    return actions::NextScaleIn(incident, context);
  }
  Result<Move> operator()(const Rollback&) const {
    return actions::NextRollback(incident, context);
  }
  Result<Move> operator()(const SetResources&) const {
    return actions::NextSetResources(incident, context);
  }
  Result<Move> operator()(const Cordon&) const {
    return actions::NextCordon(incident, context);
  }
  Result<Move> operator()(const Drain& action) const {
    return actions::NextDrain(action, incident, context);
  }
  Result<Move> operator()(const Uncordon&) const {
    return actions::NextUncordon(incident, context);
  }
  Result<Move> operator()(const EvictOne&) const {
    return actions::NextEvictPod(incident, context);
  }
  Result<Move> operator()(const ExpandVolume&) const {
    return actions::NextExpandVolume(incident, context);
  }
  Result<Move> operator()(const RenewCertificate& action) const {
    return actions::NextRenewCertificate(action, incident, context);
  }
  Result<Move> operator()(const Notify&) const {
    return Move::Done("a person was told");
  }
};

struct UndoVisitor {
  const Incident& incident;
  const StepContext& context;

  Result<Move> operator()(const RestartPod&) const {
    return Move::Failed("a deleted pod has no way back");
  }
  Result<Move> operator()(const RollingRestart&) const {
    return actions::UndoRollingRestart(incident, context);
  }
  Result<Move> operator()(const ScaleOut&) const {
    return actions::UndoScaleOut(incident, context);
  }
  Result<Move> operator()(const ScaleIn&) const {
    return actions::UndoScaleIn(incident, context);
  }
  Result<Move> operator()(const Rollback&) const {
    return actions::UndoRollback(incident, context);
  }
  Result<Move> operator()(const SetResources&) const {
    return actions::UndoSetResources(incident, context);
  }
  Result<Move> operator()(const Cordon&) const {
    return actions::LetInAgain(ActionKind::kUndoCordon, incident, context);
  }
  Result<Move> operator()(const Drain&) const {
    return actions::LetInAgain(ActionKind::kUndoDrain, incident, context);
  }
  Result<Move> operator()(const Uncordon&) const {
    return Move::Failed("a node is not cordoned again for it");
  }
  Result<Move> operator()(const EvictOne&) const {
    return Move::Failed("an evicted pod has no way back");
  }
  Result<Move> operator()(const ExpandVolume&) const {
    return Move::Failed("a volume can't be made smaller again");
  }
  Result<Move> operator()(const RenewCertificate&) const {
    return Move::Failed("a new certificate has no way back");
  }
  Result<Move> operator()(const Notify&) const {
    return Move::Failed("nothing was changed");
  }
};

struct CanUndoVisitor {
  const Incident& incident;

  bool operator()(const RestartPod&) const { return false; }
  bool operator()(const RollingRestart&) const {
    // A finished restart left the template as it was but for an annotation;
    // taking that back would restart everything once more.
    return IsApplied(incident, "rest") && !incident.progress.finished_at;
  }
  bool operator()(const ScaleOut&) const {
    return IsApplied(incident, "apply");
  }
  bool operator()(const ScaleIn&) const { return IsApplied(incident, "apply"); }
  bool operator()(const Rollback&) const {
    // What had drifted from Git is nowhere to be had again.
    return IsApplied(incident, "apply") &&
           !incident.plan->change.from_value.empty();
  }
  bool operator()(const SetResources&) const {
    return IsApplied(incident, "apply");
  }
  bool operator()(const Cordon&) const { return IsApplied(incident, "cordon"); }
  bool operator()(const Drain&) const {
    // What is only set aside, since it holds what must not be moved, stays so
    // until a person has looked.
    return IsApplied(incident, "cordon") && incident.plan->change.held.empty();
  }
  bool operator()(const Uncordon&) const { return false; }
  bool operator()(const EvictOne&) const { return false; }
  bool operator()(const ExpandVolume&) const { return false; }
  bool operator()(const RenewCertificate&) const { return false; }
  bool operator()(const Notify&) const { return false; }
};

}  // namespace

Result<PlannedChange> Freeze(const Action& action, const ObjectRef& target,
                             const StepContext& context) {
  return std::visit(FreezeVisitor{target, context}, action);
}

Result<Move> NextMove(const Incident& incident, const StepContext& context) {
  SELFHEAL_CHECK(incident.plan.has_value());
  const Action& action = CurrentAction(*incident.plan);
  if (incident.progress.undoing) {
    return std::visit(UndoVisitor{incident, context}, action);
  }
  return std::visit(NextVisitor{incident, context}, action);
}

bool CanUndo(const Incident& incident) {
  if (!incident.plan) return false;
  return std::visit(CanUndoVisitor{incident}, CurrentAction(*incident.plan));
}

bool HasEffect(const Incident& incident) {
  return std::any_of(incident.executions.begin(), incident.executions.end(),
                     [&](const Execution& execution) {
                       return execution.step == incident.plan->step &&
                              execution.outcome != ExecutionOutcome::kRefused;
                     });
}

bool IsApplied(const Incident& incident, std::string_view phase) {
  for (const Execution& execution : incident.executions) {
    if (incident.plan && execution.step == incident.plan->step &&
        execution.phase == phase &&
        (execution.outcome == ExecutionOutcome::kApplied ||
         execution.outcome == ExecutionOutcome::kAlreadyTrue)) {
      return true;
    }
  }
  return false;
}

}  // namespace selfheal
