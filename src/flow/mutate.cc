#include <algorithm>

#include "execute/steps.h"
#include "flow/incident_flow.h"
#include "flow/notice_of.h"

namespace selfheal {
namespace {

/// A refused request is tried again from a fresh read this often at most.
constexpr int kMaxAttempts = 3;
/// A budget that was spent between guard and intent is asked for again.
constexpr seconds kLostRace{5};
constexpr int kTooManyRequests = 429;

MutationPurpose PurposeOf(const Incident& incident, const Move& move,
                          const Digester& digest) {
  const StepProgress& progress = incident.progress;
  int attempt = 1;
  bool first = true;
  for (const Execution& execution : incident.executions) {
    if (execution.action_id != progress.action_id) continue;
    first = false;
    if (execution.phase == move.phase) ++attempt;
  }
  return MutationPurpose{
      .incident_id = incident.id,
      .action_id = progress.action_id,
      .intent_id = digest(progress.action_id + "|" + move.phase + "|" +
                          std::to_string(attempt)),
      .kind = move.action,
      .phase = move.phase,
      .step = incident.plan->step,
      .attempt = attempt,
      .first_of_action = first,
      .target = incident.plan->target,
      .target_uid = incident.plan->target_uid,
      .runbook = incident.plan->runbook,
      .plan_hash = incident.plan->hash,
      .needs_approval = false};
}

/// Why nothing is sent at all; empty where it is.
std::string HeldBack(const Config& config) {
  if (!config.enabled) return "enabled is false";
  return config.dry_run ? "dry_run is true" : "";
}

/// Where waiting does not help, the finding that says so.
std::string StrictestReason(const Verdict& verdict) {
  for (const Finding& finding : verdict.findings) {
    if (finding.outcome == verdict.outcome &&
        finding.retry_at.has_value() == verdict.retry_at.has_value()) {
      return finding.guard + ": " + finding.reason;
    }
  }
  return "no guard said anything";
}

/// Why the API server would not take the request, or "".
std::string RefusedBy(const ApplyReply& rehearsal) {
  const bool refused = rehearsal.result == ApplyResult::kRefused ||
                       rehearsal.result == ApplyResult::kGone;
  return refused ? "the API server's dry run: " + rehearsal.reason : "";
}

/// The same, without what a disruption budget may allow later.
std::string RefusedForGood(ClusterClient& client, const WireRequest& request) {
  const ApplyReply rehearsal = client.DryRun(request);
  return rehearsal.http_status == kTooManyRequests ? "" : RefusedBy(rehearsal);
}

Fields DataOf(const Verdict& verdict) {
  Fields data;
  for (const Finding& finding : verdict.findings) {
    data.emplace_back(finding.guard, std::string(FindingName(finding.outcome)) +
                                         ": " + finding.reason);
  }
  return data;
}

}  // namespace

IncidentFlow::Ended IncidentFlow::Mutate(const Scene& scene, const Move& move) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  const std::string held = HeldBack(ports_.config);
  if (!held.empty() && HasEffect(incident)) {
    return FailStep(scene, held + ": the rest of the step is not sent");
  }
  const MutationPurpose purpose = PurposeOf(incident, move, ports_.digest);
  if (purpose.attempt > kMaxAttempts) {
    return FailStep(
        scene, "refused " + std::to_string(kMaxAttempts) +
                   " times, at last: " + incident.executions.back().detail);
  }
  if (run.evidence() == nullptr && !incident.progress.undoing) {
    // An earlier pass has looked, but nothing is done on old evidence.
    if (auto ended = Collect(run, scene.rule)) return ended;
  }
  auto request = ports_.client.Encode(*move.mutation);
  if (!request.ok()) return FailStep(scene, request.error().message);
  auto checked = ports_.guards.Check(
      {.incident = &incident,
       .rule = &scene.rule,
       .runbook = &scene.runbook,
       .plan = &*incident.plan,
       .evidence = run.evidence(),
       .assessed_at =
           run.evidence() ? std::optional(run.evidence()->at) : std::nullopt,
       .gate_seen = ports_.gate_seen(incident.rule, incident.target),
       .watchdog_seen = ports_.watchdog_seen(),
       .purpose = purpose,
       .mutation = *move.mutation,
       .request = *request});
  incident.verdict = checked.verdict;
  ports_.observer.OnVerdict(checked.verdict);
  run.Mark(Stage::kGuard, FindingName(checked.verdict.outcome),
           StrictestReason(checked.verdict), DataOf(checked.verdict));
  if (checked.verdict.outcome == FindingOutcome::kDeny) {
    if (move.one_of_many && checked.verdict.retry_at) {
      run.held()[move.phase] = StrictestReason(checked.verdict);
      return std::nullopt;
    }
    return Denied(scene, checked.verdict);
  }
  // What is not sent needs nobody's approval.
  if (!ports_.config.enabled) {
    return Close(run, Phase::kCancelled,
                 held + ": nothing was sent; would have: " +
                     incident.plan->change.summary);
  }
  if (ports_.config.dry_run) return TryOnly(scene, purpose, *request);
  if (checked.verdict.outcome == FindingOutcome::kNeedsApproval) {
    // Nobody is asked for what an admission policy refuses anyway.
    const std::string refused = RefusedForGood(ports_.client, *request);
    return refused.empty() ? Ask(scene, checked.people)
                           : FailStep(scene, refused);
  }
  SELFHEAL_CHECK(checked.permit.has_value());
  return Allowed(scene, move, *request, *std::move(checked.permit));
}

IncidentFlow::Ended IncidentFlow::Allowed(const Scene& scene, const Move& move,
                                          const WireRequest& request,
                                          Permit permit) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  const MutationPurpose purpose = permit.purpose();
  const ApplyReply rehearsal = ports_.client.DryRun(request);
  if (move.one_of_many && rehearsal.http_status == kTooManyRequests) {
    // A disruption budget's answer: ask again later, never another way.
    run.held()[move.phase] = "the API server: " + rehearsal.reason;
    return std::nullopt;
  }
  if (const std::string refused = RefusedBy(rehearsal); !refused.empty()) {
    return FailStep(scene, refused);
  }
  const Phase phase_before = incident.phase;
  if (purpose.first_of_action) incident.progress.started_at = run.now();
  incident.phase = Phase::kExecuting;
  incident.next_at.reset();
  incident.wait_deadline.reset();
  incident.executions.push_back({.step = purpose.step,
                                 .action = purpose.kind,
                                 .phase = purpose.phase,
                                 .attempt = purpose.attempt,
                                 .action_id = purpose.action_id,
                                 .intent_id = purpose.intent_id,
                                 .outcome = std::nullopt,
                                 .detail = "",
                                 .at = run.now()});
  auto intent = ports_.audit.RecordIntent(
      std::move(permit), incident, run.records(), run.unsaved_evidence());
  if (!intent.ok()) {
    incident.executions.pop_back();
    incident.phase = phase_before;
    if (intent.error().code != Code::kFailedPrecondition) {
      return intent.error().With("record the intent");
    }
    run.Mark(Stage::kRecord, "refused", intent.error().message);
    const Time again = run.now() + kLostRace;
    return Denied(scene, {.outcome = FindingOutcome::kDeny,
                          .findings = {{"intent", FindingOutcome::kDeny,
                                        intent.error().message, again}},
                          .retry_at = again,
                          .at = run.now()});
  }
  run.WrittenWithIntent();
  return Act(scene, purpose, *intent);
}

IncidentFlow::Ended IncidentFlow::Act(const Scene& scene,
                                      const MutationPurpose& purpose,
                                      const Intent& intent) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  const RunResult result = ports_.executor.Run(intent);
  Execution& execution = incident.executions.back();
  execution.outcome = result.outcome;
  execution.detail = result.detail;
  run.AddOutcome({purpose.intent_id, result.outcome, result.detail});
  ports_.observer.OnAction(purpose.kind, result.outcome);
  run.Mark(Stage::kExecute, OutcomeName(result.outcome),
           std::string(ActionName(purpose.kind)) + " " + purpose.phase + ": " +
               result.detail,
           {{"intent", purpose.intent_id}});
  switch (result.outcome) {
    case ExecutionOutcome::kApplied:
    case ExecutionOutcome::kAlreadyTrue:
    case ExecutionOutcome::kDryRun:
      if (purpose.first_of_action) {
        run.Say({incident.plan->change.summary, EvidenceOf(incident)});
      }
      break;
    case ExecutionOutcome::kRefused:
      if (!result.stale) return FailStep(scene, result.detail);
      break;
    case ExecutionOutcome::kUnknown:
      return WaitUntil(run, intent.deadline(), "the reply was lost");
  }
  if (auto saved = run.Save(); !saved.ok()) return saved.error();
  return std::nullopt;
}

NextLook IncidentFlow::Denied(const Scene& scene, const Verdict& verdict) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  const std::string reason = StrictestReason(verdict);
  if (!incident.wait_deadline) {
    incident.wait_deadline = run.now() + ports_.config.flow.max_wait;
  }
  if (verdict.retry_at && run.now() < *incident.wait_deadline) {
    const Time when = std::min(*verdict.retry_at, *incident.wait_deadline);
    const std::string waits = "waits: " + reason;
    run.ShowWait(waits);
    return WaitUntil(run, std::max(when, run.now() + seconds(1)), waits);
  }
  if (incident.phase == Phase::kExecuting) return FailStep(scene, reason);
  return Close(run, Phase::kEscalated, "denied by " + reason);
}

NextLook IncidentFlow::Ask(const Scene& scene, int people) {
  IncidentRun& run = scene.run;
  Incident& incident = run.incident();
  const Plan& plan = *incident.plan;
  if (incident.approval && incident.approval->plan_hash == plan.hash &&
      incident.approval->state != ApprovalState::kPending) {
    return Close(run, Phase::kEscalated,
                 "the approval is " +
                     std::string(ApprovalStateName(incident.approval->state)) +
                     " and does not hold any more");
  }
  if (auto ended = HearAnswer(run)) return *ended;
  incident.approval =
      Approval{.plan_hash = plan.hash,
               .target_uid = plan.target_uid,
               .generation = plan.change.generation,
               .asked_at = run.now(),
               .expires_at = run.now() + ports_.config.approvals.expiry,
               .state = ApprovalState::kPending,
               .decided_by = "",
               .reason = "",
               .people = people,
               .grants = {}};
  const std::string waits = WaitsFor(*incident.approval);
  run.MoveTo(Phase::kAwaitingApproval, waits);
  run.Say({plan.change.summary, EvidenceOf(incident)});
  return WaitUntil(run, incident.approval->expires_at, waits);
}

NextLook IncidentFlow::TryOnly(const Scene& scene,
                               const MutationPurpose& purpose,
                               const WireRequest& request) {
  IncidentRun& run = scene.run;
  const ApplyReply reply = ports_.client.DryRun(request);
  const bool fine = reply.result == ApplyResult::kApplied;
  const std::string detail =
      fine ? "the API server would accept it" : reply.reason;
  run.incident().executions.push_back({.step = purpose.step,
                                       .action = purpose.kind,
                                       .phase = purpose.phase,
                                       .attempt = purpose.attempt,
                                       .action_id = "",
                                       .intent_id = "",
                                       .outcome = ExecutionOutcome::kDryRun,
                                       .detail = detail,
                                       .at = run.now()});
  ports_.observer.OnAction(purpose.kind, ExecutionOutcome::kDryRun);
  run.Mark(Stage::kExecute, "dry_run", detail);
  return Close(run, Phase::kCancelled,
               "dry run: " + run.incident().plan->change.summary);
}

}  // namespace selfheal
