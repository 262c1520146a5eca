#include "assess/causes.h"
#include "assess/judge.h"
#include "assess/sentence.h"
#include "core/ids.h"
#include "correlate/rule_match.h"
#include "execute/steps.h"
#include "flow/asked_causes.h"
#include "flow/incident_flow.h"
#include "flow/replay.h"
#include "plan/planner.h"

namespace selfheal {
namespace {

/// Changes that are older than this before the incident explain nothing.
constexpr std::chrono::hours kChangeSpan{6};

/// Sources fail by themselves; what is merely absent is insufficient.
Fields DataOf(const EvidenceWindow& evidence) {
  Fields data = {
      {"series", static_cast<std::int64_t>(evidence.metrics.size())}};
  std::int64_t points = 0;
  for (const MetricWindow& metric : evidence.metrics) {
    points += static_cast<std::int64_t>(metric.window.values.size() +
                                        metric.baseline.values.size());
    if (!metric.problem.empty()) {
      data.emplace_back("problem." + metric.name, metric.problem);
    }
  }
  data.emplace_back("points", points);
  return data;
}

/// The cause on which the plan's step is taken, or "always".
std::string BecauseOf(const Plan& plan) {
  if (!plan.cause) return "always";
  return std::string(CauseName(plan.cause->cause)) + ": " + plan.cause->reason;
}

}  // namespace

NextLook IncidentFlow::Advance(const std::string& incident_id) {
  auto loaded = ports_.incidents.Load(incident_id);
  if (!loaded.ok()) return loaded.error().With("load incident " + incident_id);
  IncidentRun run(ports_, *std::move(loaded));
  switch (run.incident().phase) {
    case Phase::kOpen:
    case Phase::kAwaitingApproval:
      return Decide(run);
    case Phase::kExecuting:
      return Resume(run);
    case Phase::kVerifying:
      return Verify(run);
    case Phase::kMitigated:
    case Phase::kDismissed:
    case Phase::kEscalated:
    case Phase::kCancelled:
      return std::optional<Time>();
  }
  return std::optional<Time>();
}

/// The pipeline on one screen.
NextLook IncidentFlow::Decide(IncidentRun& run) {
  const int number = run.incident().step;
  if (!IsFiring(run.incident())) {
    return Close(run, Phase::kCancelled,
                 number == 0
                     ? "resolved before anything was done"
                     : "resolved before step " + std::to_string(number + 1));
  }
  if (auto ended = HearPeople(run)) return *ended;
  const auto rules = ports_.runbooks.Current();
  const Rule* rule = FindRule(*rules, run.incident().rule);
  if (rule == nullptr) {
    return Close(run, Phase::kEscalated,
                 "rule " + run.incident().rule + " is not loaded any more");
  }
  if (auto ended = GiveWay(run, *rule)) return *ended;
  if (!IsTroubleNow(run)) return TakeBack(run, *rules, *rule);
  if (auto ended = Collect(run, *rule)) return *ended;
  ConfirmSpec options = rule->confirm;
  options.causes = CausesAsked(*rules, *rule);
  if (auto ended = Confirm(run, *rule, std::move(options))) return *ended;
  const auto runbook = ChooseRunbook(*rules, *rule, number);
  if (!runbook.ok()) {
    run.Mark(Stage::kPlan, "no_runbook", runbook.error().message);
    return Close(run, Phase::kEscalated, runbook.error().message);
  }
  if (number > 0 && (*runbook)->digest != run.incident().plan->runbook_digest) {
    return Close(run, Phase::kEscalated,
                 "runbook " + rule->runbook + " changed between two steps");
  }
  const Scene scene{run, *rule, **runbook};
  if (auto ended = MakeItsPlan(scene)) return *ended;
  run.incident().retry_deadline.reset();  // Every source has answered.
  return Step(scene);  // guard -> intent -> execute, then verify
}

IncidentFlow::Ended IncidentFlow::HearPeople(IncidentRun& run) {
  Incident& incident = run.incident();
  if (incident.phase != Phase::kAwaitingApproval || !incident.approval) {
    return std::nullopt;
  }
  Approval& approval = *incident.approval;
  const bool late = run.now() >= approval.expires_at;
  switch (approval.state) {
    case ApprovalState::kPending:
      if (!late) {
        return WaitUntil(run, approval.expires_at, WaitsFor(approval));
      }
      approval.state = ApprovalState::kExpired;
      ports_.observer.OnApproval(approval.state);
      return Close(run, Phase::kEscalated, "nobody approved in time");
    case ApprovalState::kDenied:
      ports_.observer.OnApproval(approval.state);
      return Close(run, Phase::kCancelled,
                   "denied by " + approval.decided_by +
                       (approval.reason.empty() ? "" : ": ") + approval.reason);
    case ApprovalState::kExpired:
      return Close(run, Phase::kEscalated, "nobody approved in time");
    case ApprovalState::kGranted:
      if (!late) return std::nullopt;
      return Close(run, Phase::kEscalated,
                   "the approval expired before it was used");
    case ApprovalState::kConsumed:
      return std::nullopt;
  }
  return std::nullopt;
}

IncidentFlow::Ended IncidentFlow::Collect(IncidentRun& run, const Rule& rule) {
  Incident& incident = run.incident();
  const TargetScope scope{.target = incident.target, .pods = {}};
  auto evidence = ports_.collector.Collect(rule, scope, run.now());
  ports_.observer.OnDependency("prometheus", evidence.ok());
  if (!evidence.ok()) return RetryLater(run, Stage::kCollect, evidence.error());
  auto changes =
      ports_.changes.Since(incident.target, incident.opened_at - kChangeSpan);
  if (changes.ok()) {
    incident.changes = *changes;
    evidence->changes = *std::move(changes);
  }
  const bool whole = evidence->problems.empty();
  run.Mark(
      Stage::kCollect, whole ? "collected" : "insufficient",
      whole ? "evidence windows were collected" : evidence->problems.front(),
      DataOf(*evidence));
  run.Keep(*std::move(evidence));
  return std::nullopt;
}

IncidentFlow::Ended IncidentFlow::Confirm(IncidentRun& run, const Rule& rule,
                                          ConfirmSpec options) {
  Incident& incident = run.incident();
  const std::uint64_t seed = StableHash(incident.id);
  incident.assessment = Judge(*run.evidence(), options, seed);
  if (incident.assessment->outcome == Judgement::kConfirmed &&
      NeedsPods(options.causes)) {
    auto added = AddPods(ports_.cluster, ports_.collector, rule,
                         incident.target, run.more_evidence());
    if (!added.ok()) return RetryLater(run, Stage::kCollect, added.error());
    incident.assessment = Judge(*run.evidence(), options, seed);
  }
  const std::string sentence = Tell(run, options);
  switch (incident.assessment->outcome) {
    case Judgement::kConfirmed:
      incident.reason = sentence;
      return std::nullopt;
    case Judgement::kNotConfirmed:
      // After a step that did not help, a person says that it is over.
      return Close(run,
                   incident.step == 0 ? Phase::kDismissed : Phase::kEscalated,
                   sentence);
    case Judgement::kInconclusive:
      return Close(run, Phase::kEscalated, sentence);
  }
  return std::nullopt;
}

std::string IncidentFlow::Tell(IncidentRun& run, const ConfirmSpec& options) {
  const Assessment& assessment = *run.incident().assessment;
  ports_.observer.OnAssessment(assessment);
  std::string sentence = assess::Sentence(*run.evidence(), assessment);
  run.Mark(Stage::kAssess, JudgementName(assessment.outcome), sentence,
           AuditFields(assessment));
  run.KeepJudged(options, assessment);
  return sentence;
}

IncidentFlow::Ended IncidentFlow::MakeItsPlan(const Scene& scene) {
  IncidentRun& run = scene.run;
  const Incident& incident = run.incident();
  const auto& causes = incident.assessment->causes;
  const auto number = ChooseStep(scene.runbook, incident.step, causes);
  if (!number.ok()) {
    const std::string why =
        number.error().message + WhyNot(scene.runbook, *run.evidence());
    run.Mark(Stage::kPlan, "no_step", why);
    return Close(run, Phase::kEscalated, why);
  }
  return FreezePlan(scene, *number);
}

IncidentFlow::Ended IncidentFlow::FreezePlan(const Scene& scene, int number) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  const RunbookStep& step =
      scene.runbook.steps.at(static_cast<std::size_t>(number));
  auto change = Freeze(
      step.action, incident.target,
      {.view = ports_.cluster,
       .now = run.now(),
       .poll = kStepPoll,
       .suspects = SuspectsOf(step, *incident.assessment, *run.evidence()),
       .evidence = run.evidence(),
       .protects = ProtectedBy(ports_.guards)});
  const bool answered = change.ok() || !Retryable(change.error().code);
  ports_.observer.OnDependency("kubernetes", answered);
  if (!answered) return RetryLater(run, Stage::kPlan, change.error());
  if (!change.ok()) {
    run.Mark(Stage::kPlan, "impossible", change.error().message);
    return Close(run, Phase::kEscalated, change.error().message);
  }
  if (auto ended = Adopt(
          scene, MakePlan(incident, scene.runbook, number, *std::move(change),
                          run.now(), ports_.digest))) {
    return ended;
  }
  if (!std::holds_alternative<Notify>(step.action)) return std::nullopt;
  return Close(run, Phase::kEscalated,
               "runbook " + scene.runbook.name +
                   " tells a person: " + BecauseOf(*incident.plan));
}

IncidentFlow::Ended IncidentFlow::Adopt(const Scene& scene, Plan plan) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  if (incident.approval &&
      incident.approval->state == ApprovalState::kGranted &&
      incident.approval->plan_hash != plan.hash) {
    run.Mark(Stage::kPlan, "changed", "the plan is not the approved one");
    return Close(run, Phase::kEscalated,
                 "the cluster changed since the plan was approved");
  }
  incident.plan = std::move(plan);
  incident.progress = StepProgress{};
  incident.progress.action_id =
      ports_.digest(incident.id + "|" + incident.plan->runbook_digest + "|" +
                    std::to_string(incident.plan->step) + "|" +
                    incident.plan->target_uid + "|" + incident.plan->hash);
  run.Mark(Stage::kPlan, "planned", incident.plan->change.summary,
           {{"runbook", scene.runbook.name},
            {"step", static_cast<std::int64_t>(incident.plan->step)},
            {"because", BecauseOf(*incident.plan)},
            {"hash", incident.plan->hash},
            {"blast_radius", incident.plan->change.blast_radius}});
  return std::nullopt;
}

}  // namespace selfheal
