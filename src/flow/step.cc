#include <algorithm>
#include <set>

#include "assess/canary.h"
#include "execute/steps.h"
#include "flow/incident_flow.h"

namespace selfheal {
namespace {

/// More moves than any action has: a runaway must not hold its worker.
constexpr int kMovesPerPass = 16;
/// A canary that can't be judged yet is observed up to this much longer.
constexpr int kCanaryPatience = 3;
/// More siblings make the comparison no better.
constexpr std::size_t kMostSiblings = 5;
/// Points of the canary's window.
constexpr int kCanaryPoints = 20;

const RunbookStep& StepOf(const Incident& incident) {
  return incident.plan->steps.at(static_cast<std::size_t>(incident.plan->step));
}

/// True where a metric tells a sick canary from a fresh one: what the rule
/// must have, errors and latency. Load, and what a pod uses while it warms up,
/// say nothing about its health.
bool TellsHealth(const MetricWindow& metric) {
  return metric.bad != BadDirection::kEither &&
         (!metric.optional || metric.log_transform);
}

/// The span's metrics of each pod alone, so that sums over pods compare.
Result<std::vector<MetricWindow>> PodByPod(const FlowPorts& ports,
                                           const Scene& scene,
                                           const std::vector<PodIdentity>& pods,
                                           Time start, seconds step) {
  std::vector<MetricWindow> metrics;
  const std::size_t count = std::min(pods.size(), kMostSiblings);
  for (std::size_t i = 0; i < count; ++i) {
    auto evidence = ports.collector.CollectSpan(
        scene.rule, {scene.run.incident().target, {pods[i].name}}, start,
        scene.run.now(), step);
    if (!evidence.ok()) return evidence.error();
    for (MetricWindow& metric : evidence->metrics) {
      if (!TellsHealth(metric)) continue;
      if (!evidence->problems.empty()) {
        metric.problem = evidence->problems.front();
      }
      metrics.push_back(std::move(metric));
    }
  }
  return metrics;
}

/// True where a step that did not help may be followed by another one: so few
/// were taken, and one that changes something comes before a person is told.
bool HasNext(const Runbook& runbook, const Incident& incident) {
  std::set<int> taken;
  for (const Execution& execution : incident.executions) {
    taken.insert(execution.step);
  }
  if (static_cast<int>(taken.size()) >= runbook.escalate_after_steps) {
    return false;
  }
  const auto next = static_cast<std::size_t>(incident.plan->step) + 1;
  for (std::size_t i = next; i < runbook.steps.size(); ++i) {
    const RunbookStep& step = runbook.steps[i];
    if (!std::holds_alternative<Notify>(step.action)) return true;
    if (step.when.empty()) return false;
  }
  return false;
}

}  // namespace

NextLook IncidentFlow::Step(const Scene& scene) {
  IncidentRun& run = scene.run;
  // What is held back was a move too, and must not use up those of the rest.
  for (int i = 0; i < kMovesPerPass + static_cast<int>(run.held().size());
       ++i) {
    const StepContext context{.view = ports_.cluster,
                              .now = run.now(),
                              .poll = kStepPoll,
                              .held = &run.held()};
    auto move = NextMove(run.incident(), context);
    if (!move.ok()) {
      if (Retryable(move.error().code)) {
        return RetryLater(run, Stage::kExecute, move.error());
      }
      return FailStep(scene, move.error().message);
    }
    if (!move->progress.empty() && move->progress != run.incident().reason) {
      run.incident().reason = move->progress;
      run.Mark(Stage::kExecute, "progress", move->progress);
    }
    switch (move->kind) {
      case Move::Kind::kMutate:
        if (auto ended = Mutate(scene, *move)) return *ended;
        run.incident().retry_deadline.reset();
        break;
      case Move::Kind::kWait:
        run.incident().retry_deadline.reset();
        return WaitUntil(run, move->look_again, move->reason);
      case Move::Kind::kCompareCanary:
        if (auto ended = CompareCanary(scene, *move)) return *ended;
        run.incident().retry_deadline.reset();
        break;
      case Move::Kind::kDone:
        return run.incident().progress.undoing
                   ? EndUndo(scene, move->reason)
                   : FinishStep(scene, move->reason);
      case Move::Kind::kFailed:
        return FailStep(scene, move->reason);
    }
  }
  return WaitUntil(run, run.now() + kStepPoll, "the step goes on");
}

IncidentFlow::Ended IncidentFlow::CompareCanary(const Scene& scene,
                                                const Move& move) {
  IncidentRun& run = scene.run;
  StepProgress& progress = run.incident().progress;
  if (!progress.canary_ready_at) {
    progress.canary_ready_at = run.now();
    run.Mark(Stage::kExecute, "canary_ready", move.canaries.front().name);
  }
  if (run.now() < move.look_again) {
    return WaitUntil(run, move.look_again, move.reason);
  }
  const Time start = *progress.canary_ready_at;
  const Duration observe = move.look_again - start;
  const seconds step = std::max(
      seconds(1), std::chrono::duration_cast<seconds>(observe / kCanaryPoints));
  auto canary = PodByPod(ports_, scene, move.canaries, start, step);
  if (!canary.ok()) return RetryLater(run, Stage::kVerify, canary.error());
  auto siblings = PodByPod(ports_, scene, move.siblings, start, step);
  if (!siblings.ok()) return RetryLater(run, Stage::kVerify, siblings.error());
  const CanaryResult verdict = selfheal::CompareCanary(*canary, *siblings);
  if (verdict.worse == Judgement::kInconclusive &&
      run.now() < start + kCanaryPatience * observe) {
    return WaitUntil(run, run.now() + kStepPoll, verdict.reason);
  }
  progress.canary = verdict.worse;
  const bool good = verdict.worse == Judgement::kNotConfirmed;
  run.Mark(Stage::kVerify, good ? "canary_good" : "canary_bad", verdict.reason);
  return std::nullopt;
}

NextLook IncidentFlow::FinishStep(const Scene& scene,
                                  const std::string& reason) {
  IncidentRun& run = scene.run;
  run.incident().progress.finished_at = run.now();
  run.Mark(Stage::kExecute, "finished", reason);
  run.MoveTo(Phase::kVerifying, reason);
  return WaitUntil(run, run.now() + StepOf(run.incident()).settle,
                   "settles before it is verified");
}

NextLook IncidentFlow::FailStep(const Scene& scene, const std::string& reason) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  StepProgress& progress = incident.progress;
  run.Mark(Stage::kExecute, progress.undoing ? "undo_failed" : "failed",
           reason);
  if (progress.undoing) {
    run.EndAction(ActionResult::kFailed);
    TripBreakers(run, ActionResult::kFailed);
    return Close(run, Phase::kEscalated,
                 progress.failure + "; the way back failed too: " + reason);
  }
  if (StepOf(incident).undo == UndoMode::kAutomatic && CanUndo(incident)) {
    progress.undoing = true;
    progress.failure = reason;
    incident.phase = Phase::kExecuting;
    return Step(scene);
  }
  const bool effect = HasEffect(incident);
  run.EndAction(effect ? ActionResult::kFailed : ActionResult::kCancelled);
  if (effect) TripBreakers(run, ActionResult::kFailed);
  return Close(run, Phase::kEscalated, reason);
}

NextLook IncidentFlow::EndUndo(const Scene& scene, const std::string& reason) {
  IncidentRun& run = scene.run;
  const Incident& incident = run.incident();
  run.Mark(Stage::kExecute, "undone", reason);
  const std::string why = incident.progress.failure + "; undone: " + reason;
  if (incident.verification) return GoOn(scene, why);
  run.EndAction(ActionResult::kFailed);
  TripBreakers(run, ActionResult::kFailed);
  return Close(run, Phase::kEscalated, why);
}

/// The step was verified and did not help: the next one begins as the first
/// did, from fresh evidence, or a person is told.
NextLook IncidentFlow::GoOn(const Scene& scene, const std::string& reason) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  run.EndAction(ActionResult::kNotMitigated);
  if (!incident.takes_back.empty()) {
    return Close(run, Phase::kEscalated, reason);
  }
  if (!HasNext(scene.runbook, incident)) {
    TripBreakers(run, ActionResult::kNotMitigated);
    return Close(run, Phase::kEscalated, reason);
  }
  incident.step = incident.plan->step + 1;
  run.Mark(Stage::kPlan, "next_step", reason,
           {{"step", static_cast<std::int64_t>(incident.step)}});
  incident.progress = StepProgress{};
  incident.verification.reset();
  run.MoveTo(Phase::kOpen, reason);
  run.Say({reason, "runbook " + scene.runbook.name + " goes on at step " +
                       std::to_string(incident.step + 1) + " of " +
                       std::to_string(scene.runbook.steps.size())});
  return WaitUntil(run, run.now(), reason);
}

}  // namespace selfheal
