#include <algorithm>
#include <set>

#include "correlate/rule_match.h"
#include "execute/steps.h"
#include "execute/workload.h"
#include "flow/incident_flow.h"
#include "verify/drained.h"
#include "verify/verifier.h"

namespace selfheal {
namespace {

/// Samples of the verification's window are at most this far apart.
constexpr seconds kVerifyStep{10};
/// Steps of it before the first look.
constexpr int kFirstSamples = 3;

/// The execution whose outcome is still to be found out, or null.
Execution* OpenExecution(Incident& incident) {
  for (Execution& execution : incident.executions) {
    if (!execution.outcome || execution.outcome == ExecutionOutcome::kUnknown) {
      return &execution;
    }
  }
  return nullptr;
}

const StoredIntent* Find(const std::vector<StoredIntent>& intents,
                         const std::string& id) {
  for (const StoredIntent& intent : intents) {
    if (intent.purpose.intent_id == id) return &intent;
  }
  return nullptr;
}

/// The pods of the target that live now; what has none is asked about as a
/// whole.
Result<TargetScope> ScopeNow(const FlowPorts& ports,
                             const ClusterObject& target) {
  TargetScope scope{target.ref, {}};
  if (target.As<WorkloadState>() == nullptr) return scope;
  auto pods = PodsOf(ports.cluster, target);
  if (!pods.ok()) return pods.error();
  for (const ClusterObject& pod : *pods) scope.pods.push_back(pod.ref.name);
  return scope;
}

/// The time since the action settled.
struct Since {
  Time start;
  Time now;
  seconds sample;
};

/// What the same queries, and the target itself, show now.
Result<Look> LookAfter(const FlowPorts& ports, const Rule& rule,
                       const Incident& incident,
                       const Result<EvidenceWindow>& history,
                       const Since& since) {
  if (!history.ok()) return history.error();
  auto target = ports.cluster.Get(incident.target);
  if (!target.ok()) return target.error();
  auto scope = ScopeNow(ports, *target);
  if (!scope.ok()) return scope.error();
  auto after = ports.collector.CollectSpan(rule, *scope, since.start, since.now,
                                           since.sample);
  if (!after.ok()) return after.error();
  return LookAgain(*history, *after, *target);
}

/// What became of what ran on a node, and of the node.
Result<Look> LookAfterDrain(const FlowPorts& ports, const Incident& incident) {
  const PlannedChange& change = incident.plan->change;
  auto node = ports.cluster.Get(change.object);
  if (!node.ok()) return node.error();
  auto pods = ports.cluster.List(
      {.kind = ObjectKind::kPod, .node = change.object.name});
  if (!pods.ok()) return pods.error();
  std::set<ObjectRef> refs;
  for (const MovedPod& move : change.moves) refs.insert(move.workload);
  std::vector<ClusterObject> workloads;
  for (const ObjectRef& ref : refs) {
    auto workload = ports.cluster.Get(ref);
    if (workload.ok()) {
      workloads.push_back(*std::move(workload));
    } else if (workload.error().code != Code::kNotFound) {
      return workload.error();
    }
  }
  return LookAtDrained(change, *node, *pods, workloads);
}

}  // namespace

NextLook IncidentFlow::Resume(IncidentRun& run) {
  if (auto ended = ResolveOpen(run)) return *ended;
  const auto rules = ports_.runbooks.Current();
  const Rule* rule = FindRule(*rules, run.incident().rule);
  const auto runbook = rules->runbooks.find(run.incident().plan->runbook);
  if (rule == nullptr || runbook == rules->runbooks.end()) {
    run.EndAction(ActionResult::kFailed);
    return Close(run, Phase::kEscalated,
                 "its rule or runbook was removed while it was executed");
  }
  return Step({run, *rule, runbook->second});
}

IncidentFlow::Ended IncidentFlow::ResolveOpen(IncidentRun& run) {
  Incident& incident = run.incident();
  Execution* execution = OpenExecution(incident);
  if (execution == nullptr) return std::nullopt;
  auto intents = ports_.audit.Intents(incident.id);
  if (!intents.ok()) return intents.error();
  const StoredIntent* intent = Find(*intents, execution->intent_id);
  if (intent == nullptr) {
    run.EndAction(ActionResult::kFailed);
    return Close(run, Phase::kEscalated,
                 "intent " + execution->intent_id + " is not in the store");
  }
  const auto found = ports_.executor.Resolve(intent->mutation);
  if (!found.readable) {
    return RetryLater(run, Stage::kExecute, {Code::kUnavailable, found.detail});
  }
  // Until then a request of ours may still be on its way.
  const Time dead = intent->deadline + ports_.config.kubernetes.write_timeout;
  if (found.outcome == ExecutionOutcome::kRefused && run.now() < dead) {
    return WaitUntil(run, dead, "a request may still be on its way");
  }
  execution->outcome = found.outcome;
  execution->detail = "found by reading the object: " + found.detail;
  run.AddOutcome({execution->intent_id, found.outcome, execution->detail});
  run.Mark(Stage::kExecute, OutcomeName(found.outcome), execution->detail,
           {{"intent", execution->intent_id}});
  if (found.outcome == ExecutionOutcome::kUnknown) {
    run.EndAction(ActionResult::kFailed);
    TripBreakers(run, ActionResult::kFailed);
    return Close(run, Phase::kEscalated,
                 "the outcome of a request is unknown: " + found.detail);
  }
  ports_.observer.OnAction(execution->action, found.outcome);
  if (auto saved = run.Save(); !saved.ok()) return saved.error();
  return std::nullopt;
}

NextLook IncidentFlow::Verify(IncidentRun& run) {
  Incident& incident = run.incident();
  const auto rules = ports_.runbooks.Current();
  const Rule* rule = FindRule(*rules, incident.rule);
  const auto runbook = rules->runbooks.find(incident.plan->runbook);
  if (rule == nullptr || runbook == rules->runbooks.end()) {
    run.EndAction(ActionResult::kInconclusive);
    return Close(run, Phase::kEscalated,
                 "its rule or runbook was removed before it was verified");
  }
  const RunbookStep& step =
      incident.plan->steps.at(static_cast<std::size_t>(incident.plan->step));
  const seconds sample = std::min(kVerifyStep, rule->step);
  const Time start =
      *incident.progress.finished_at + std::max(step.settle, rule->look_back);
  const Time first = start + kFirstSamples * sample;
  const Time deadline = std::max(start + step.verify_within, first);
  if (run.now() < first) {
    return WaitUntil(run, first, "waits out the look-back of its queries");
  }
  auto history =
      ports_.collector.Collect(*rule, {incident.target, {}}, run.now());
  // Pods that only left a slow node are judged by what they show.
  const bool emptied = std::holds_alternative<Drain>(step.action) &&
                       incident.target.kind == ObjectKind::kNode;
  auto looked = emptied ? LookAfterDrain(ports_, incident)
                        : LookAfter(ports_, *rule, incident, history,
                                    {start, run.now(), sample});
  const Look look = looked.ok() ? *looked
                                : LookOf("evidence", LookState::kUnmeasured,
                                         looked.error().message);
  if (history.ok()) run.Keep(*std::move(history));
  const auto verification = selfheal::Conclude(look, run.now(), deadline);
  if (!verification) return WaitUntil(run, run.now() + sample, look.reason);
  return Conclude({run, *rule, runbook->second}, *verification, look.compared);
}

NextLook IncidentFlow::Conclude(const Scene& scene,
                                const Verification& verification,
                                const Fields& compared) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  incident.verification = verification;
  ports_.observer.OnVerification(verification.outcome);
  run.Mark(Stage::kVerify, VerificationName(verification.outcome),
           verification.reason, compared);
  switch (verification.outcome) {
    case VerificationOutcome::kMitigated:
      run.EndAction(ActionResult::kMitigated);
      return Close(run, Phase::kMitigated, verification.reason);
    case VerificationOutcome::kInconclusive:
      run.EndAction(ActionResult::kInconclusive);
      return Close(
          run, Phase::kEscalated,
          "it can't be told whether it helped: " + verification.reason);
    case VerificationOutcome::kNotMitigated:
      break;
  }
  const RunbookStep& step =
      incident.plan->steps.at(static_cast<std::size_t>(incident.plan->step));
  if (step.undo == UndoMode::kAutomatic && CanUndo(incident)) {
    incident.progress.undoing = true;
    incident.progress.failure = "it did not help: " + verification.reason;
    incident.phase = Phase::kExecuting;
    return Step(scene);
  }
  return GoOn(scene, "it did not help: " + verification.reason);
}

}  // namespace selfheal
