#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {

const RunbookStep* StepOf(const GuardRequest& request) {
  if (request.plan == nullptr) return nullptr;
  const auto& steps = request.plan->steps;
  const int step = request.plan->step;
  if (step < 0 || step >= static_cast<int>(steps.size())) return nullptr;
  return &steps[static_cast<std::size_t>(step)];
}

namespace {

constexpr int kMostAttempts = 3;

bool Planned(const PlannedChange& change, const ObjectRef& object,
             const std::string& uid) {
  return object == change.object && !uid.empty() && uid == change.uid;
}

/// The kind of action that a step's own intents have.
bool KindFits(const Action& action, ActionKind kind) {
  switch (kind) {
    case ActionKind::kUndoRollingRestart:
      return KindOf(action) == ActionKind::kRollingRestart;
    case ActionKind::kUndoScaleOut:
      return KindOf(action) == ActionKind::kScaleOut;
    case ActionKind::kUndoScaleIn:
      return KindOf(action) == ActionKind::kScaleIn;
    case ActionKind::kUndoRollback:
      return KindOf(action) == ActionKind::kRollback;
    case ActionKind::kUndoSetResources:
      return KindOf(action) == ActionKind::kSetResources;
    case ActionKind::kUndoCordon:
      return KindOf(action) == ActionKind::kCordon;
    case ActionKind::kUndoDrain:
      return KindOf(action) == ActionKind::kDrain;
    case ActionKind::kNotify:
      return false;
    case ActionKind::kRestartPod:
    case ActionKind::kRollingRestart:
    case ActionKind::kScaleOut:
    case ActionKind::kScaleIn:
    case ActionKind::kRollback:
    case ActionKind::kSetResources:
    case ActionKind::kCordon:
    case ActionKind::kDrain:
    case ActionKind::kUncordon:
    case ActionKind::kEvictPod:
    case ActionKind::kExpandVolume:
    case ActionKind::kRenewCertificate:
      return KindOf(action) == kind;
  }
  return false;
}

/// True where a mutation is one that the plan's change consists of.
struct ChangeVisitor {
  const PlannedChange& change;
  const MutationPurpose& purpose;

  bool Pod(const ObjectRef& pod, const std::string& uid) const {
    if (pod.kind != ObjectKind::kPod) return false;
    if (purpose.kind == ActionKind::kRestartPod ||
        purpose.kind == ActionKind::kEvictPod) {
      return Planned(change, pod, uid);
    }
    if (purpose.kind == ActionKind::kDrain) {
      return change.held.empty() && !uid.empty() &&
             std::count_if(change.moves.begin(), change.moves.end(),
                           [&](const MovedPod& move) {
                             return move.pod == pod && move.uid == uid;
                           }) == 1;
    }
    return purpose.kind == ActionKind::kRollingRestart &&
           pod.ns == change.object.ns &&
           std::count(change.canaries.begin(), change.canaries.end(),
                      PodIdentity{pod.name, uid}) == 1;
  }
  bool operator()(const DeletePod& m) const {
    // What leaves a node leaves by eviction, or not at all.
    if (purpose.kind == ActionKind::kDrain ||
        purpose.kind == ActionKind::kEvictPod) {
      return false;
    }
    if (purpose.kind != ActionKind::kRollback) return Pod(m.pod, m.uid);
    return m.pod.kind == ObjectKind::kPod && m.pod.ns == change.object.ns &&
           std::count(change.canaries.begin(), change.canaries.end(),
                      PodIdentity{m.pod.name, m.uid}) == 1;
  }
  bool operator()(const EvictPod& m) const { return Pod(m.pod, m.uid); }

  bool operator()(const SetRestartedAt& m) const {
    if (!Planned(change, m.workload, m.uid) ||
        m.action_id != purpose.action_id) {
      return false;
    }
    if (purpose.kind == ActionKind::kUndoRollingRestart) {
      return m.restarted_at == change.previous_restarted_at;
    }
    return purpose.kind == ActionKind::kRollingRestart &&
           !m.restarted_at.empty() && m.restarted_at == change.restarted_at;
  }
  bool Scales() const {
    return IsScale(purpose.kind) || purpose.kind == ActionKind::kUndoScaleOut ||
           purpose.kind == ActionKind::kUndoScaleIn;
  }
  bool operator()(const SetReplicas& m) const {
    if (!Planned(change, m.workload, m.uid) || change.to_max != 0) return false;
    return m.replicas == (IsUndo(purpose.kind) ? change.from : change.to) &&
           Scales();
  }
  bool operator()(const SetUnschedulable& m) const {
    if (!Planned(change, m.node, m.uid) || m.action_id != purpose.action_id) {
      return false;
    }
    const ActionKind kind = purpose.kind;
    if (kind == ActionKind::kCordon || kind == ActionKind::kDrain) {
      return m.unschedulable;
    }
    return !m.unschedulable &&
           (kind == ActionKind::kUncordon || kind == ActionKind::kUndoCordon ||
            kind == ActionKind::kUndoDrain);
  }
  /// True where `value` is what the plan puts in place, or what its undo puts
  /// back.
  bool Value(const std::string& value, ActionKind kind, ActionKind undo) const {
    if (value.empty()) return false;
    if (purpose.kind == undo) return value == change.from_value;
    return purpose.kind == kind && value == change.to_value;
  }
  bool operator()(const SetTemplate& m) const {
    return Planned(change, m.workload, m.uid) &&
           m.action_id == purpose.action_id &&
           Value(m.pod_template, ActionKind::kRollback,
                 ActionKind::kUndoRollback);
  }
  bool operator()(const SetMemory& m) const {
    const std::string both = m.request.empty() ? "" : "+request";
    return Planned(change, m.workload, m.uid) &&
           m.action_id == purpose.action_id &&
           m.container == change.container &&
           (m.request.empty() || m.request == m.limit) &&
           Value(m.limit + both, ActionKind::kSetResources,
                 ActionKind::kUndoSetResources);
  }
  bool operator()(const SetVolumeRequest& m) const {
    return purpose.kind == ActionKind::kExpandVolume &&
           Planned(change, m.claim, m.uid) &&
           m.action_id == purpose.action_id && !m.storage.empty() &&
           m.storage == change.to_value;
  }
  bool operator()(const RequestRenewal& m) const {
    return purpose.kind == ActionKind::kRenewCertificate &&
           Planned(change, m.certificate, m.uid) &&
           m.action_id == purpose.action_id && !m.at.empty() &&
           m.at == change.to_value && m.revision == change.from;
  }
  bool operator()(const RequestSync& m) const {
    return Planned(change, m.application, m.uid) &&
           m.action_id == purpose.action_id &&
           Value(m.revision, ActionKind::kRollback, ActionKind::kUndoRollback);
  }
  bool operator()(const SetAborted& m) const {
    const ActionKind kind =
        m.aborted ? ActionKind::kRollback : ActionKind::kUndoRollback;
    return Planned(change, m.rollout, m.uid) && IsAbort(change) &&
           purpose.kind == kind;
  }
  bool operator()(const SetHpaBounds& m) const {
    if (!Planned(change, m.hpa, m.uid) || m.action_id != purpose.action_id) {
      return false;
    }
    if (!Scales()) return false;
    return IsUndo(purpose.kind)
               ? m.min_replicas == change.from &&
                     m.max_replicas == change.from_max
               : m.min_replicas == change.to && m.max_replicas == change.to_max;
  }
};

/// True where the plan is about the incident's target, or about the one node
/// that a workload's trouble comes from.
bool IsOfIncident(const Plan& plan, const Incident& incident) {
  if (plan.target == incident.target) return true;
  return plan.target.kind == ObjectKind::kNode &&
         plan.target == plan.change.object && plan.cause &&
         plan.cause->cause == Cause::kOneNode;
}

/// Why incident, plan, runbook and purpose do not name the same, or "".
std::string NameProblem(const GuardRequest& request) {
  const Plan& plan = *request.plan;
  const MutationPurpose& purpose = request.purpose;
  if (plan.hash.empty() || plan.hash != purpose.plan_hash) {
    return "the purpose names another plan";
  }
  if (request.incident->id.empty() ||
      request.incident->id != purpose.incident_id ||
      !IsOfIncident(plan, *request.incident) || purpose.target != plan.target) {
    return "the purpose names another incident or target";
  }
  if (purpose.action_id.empty() || purpose.intent_id.empty()) {
    return "the purpose names no action or intent";
  }
  if (purpose.runbook != plan.runbook) return "the plan has another runbook";
  if (purpose.step != plan.step) return "the plan is at another step";
  if (purpose.attempt < 1 || purpose.attempt > kMostAttempts) {
    return "attempt " + std::to_string(purpose.attempt) + " is one too many";
  }
  return "";
}

/// Why the plan no longer stands, or "". Never stops an undo.
std::string AgeProblem(const GuardInput& input) {
  const Plan& plan = *input.request.plan;
  const Runbook* runbook = input.request.runbook;
  if (runbook == nullptr || runbook->name != plan.runbook ||
      runbook->digest != plan.runbook_digest) {
    return "runbook " + plan.runbook + " changed since it was planned";
  }
  if (input.child()) return "";
  if (input.now >= plan.expires_at) {
    return "the plan expired at " + FormatTime(plan.expires_at);
  }
  if (plan.created_at > input.now + seconds(30)) {
    return "the plan is from the future: the clock was set back";
  }
  return "";
}

}  // namespace

Finding GuardPlan(const GuardInput& input) {
  const GuardRequest& request = input.request;
  if (request.incident == nullptr || request.plan == nullptr) {
    return Deny("there is no plan");
  }
  const RunbookStep* step = StepOf(request);
  if (step == nullptr) return Deny("the plan has no such step");
  std::string problem = NameProblem(request);
  if (problem.empty() && !input.undo()) problem = AgeProblem(input);
  if (!problem.empty()) return Deny(std::move(problem));
  if (!KindFits(step->action, request.purpose.kind)) {
    return Deny(std::string(ActionName(request.purpose.kind)) +
                " is not what the plan's step does");
  }
  if (!std::visit(ChangeVisitor{request.plan->change, request.purpose},
                  request.mutation)) {
    return Deny("the mutation is not the planned change");
  }
  return Allow("as planned: " + request.plan->change.summary);
}

}  // namespace selfheal::guard
