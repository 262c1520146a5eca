#include "codec/samples.h"

#include <limits>

namespace selfheal::testing {
namespace {

Time At(const char* text) { return *ParseTime(text); }

Assessment FullAssessment() {
  Assessment out;
  out.outcome = Judgement::kConfirmed;
  out.score = 0.83;
  out.statistic = 17.25;
  out.confidence = 0.91;
  out.factors = {{"memory", 12.1}};
  out.forecast =
      Forecast{Judgement::kConfirmed, "memory",     0.78,      seconds(720),
               std::nullopt,          seconds(960), "it rises"};
  out.members = {{"forest", 0.7}, {"level", 0.9}};
  out.reasons = {"Memory rises.", "It reaches its limit."};
  out.causes = {{Cause::kOnePod, "cart-1 stands out.", {"cart-1"}}};
  out.seed = 18446744073709551615ULL;
  out.judge_version = "1";
  return out;
}

Plan FullPlan() {
  Plan out;
  out.runbook = "memory-leak";
  out.runbook_digest = "digest";
  out.risk = Risk::kMedium;
  out.steps = {{RollingRestart{1, seconds(60)},
                seconds(300),
                seconds(30),
                UndoMode::kAutomatic,
                {Cause::kOnePod, Cause::kLeak}}};
  out.cause = CauseFinding{Cause::kOnePod, "cart-1 stands out.", {"cart-1"}};
  out.target = {ObjectKind::kDeployment, "shop", "cart"};
  out.target_uid = "uid-cart";
  out.change.object = out.target;
  out.change.uid = "uid-cart";
  out.change.generation = 4;
  out.change.summary = "restart 3 pods";
  out.change.blast_radius = "1 of 3 pods at a time";
  out.change.from = 3;
  out.change.to = 5;
  out.change.from_max = 6;
  out.change.to_max = 10;
  out.change.restarted_at = "2026-11-25T12:00:00Z";
  out.change.previous_restarted_at = "2026-11-24T12:00:00Z";
  out.change.canaries = {{"cart-1", "uid-1"}, {"cart-2", "uid-2"}};
  out.change.siblings = {{"cart-3", "uid-3"}};
  out.change.pods = 3;
  out.change.container = "app";
  out.change.from_value = "256Mi";
  out.change.to_value = "384Mi";
  out.change.moves = {{{ObjectKind::kPod, "shop", "cart-1"},
                       "uid-1",
                       {ObjectKind::kDeployment, "shop", "cart"}}};
  out.change.held = "it holds shop/db";
  out.hash = "hash-1";
  out.created_at = At("2026-11-25T12:00:01Z");
  out.expires_at = At("2026-11-25T12:15:01Z");
  return out;
}

void AddExecution(Incident& out) {
  Execution done;
  done.action = ActionKind::kRollingRestart;
  done.phase = "canary";
  done.action_id = "action-1";
  done.intent_id = "intent-1";
  done.outcome = ExecutionOutcome::kApplied;
  done.detail = "deleted";
  done.at = At("2026-11-25T12:01:00Z");
  Execution open = done;
  open.phase = "rest";
  open.intent_id = "intent-2";
  open.outcome.reset();
  out.executions = {done, open};
  out.progress.action_id = "action-1";
  out.progress.started_at = done.at;
  out.progress.canary_ready_at = At("2026-11-25T12:02:00Z");
  out.progress.canary = Judgement::kNotConfirmed;
  out.progress.finished_at = At("2026-11-25T12:03:00Z");
  out.progress.undoing = true;
  out.progress.failure = "the canary is worse";
}

}  // namespace

Incident FullIncident() {
  Incident out;
  out.id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  out.type = IncidentType::kMemoryLeak;
  out.phase = Phase::kMitigated;
  out.opened_at = At("2026-11-25T12:00:00Z");
  out.closed_at = At("2026-11-25T12:05:00Z");
  out.target = {ObjectKind::kDeployment, "shop", "cart"};
  out.target_uid = "uid-cart";
  out.rule = "memory-leak";
  out.step = 1;
  out.from_watch = true;
  out.takes_back = "01J0";
  out.alerts = {{"0123456789abcdef", "KubeMemoryLeak",
                 At("2026-11-25T11:59:00.123456789Z"), true}};
  out.assessment = FullAssessment();
  out.changes = {{out.target,
                  At("2026-11-25T11:30:00Z"),
                  "kubectl",
                  {"spec.replicas"},
                  7}};
  out.plan = FullPlan();
  out.verdict = Verdict{FindingOutcome::kAllow,
                        {{"cooldown", FindingOutcome::kAllow, "rested",
                          At("2026-11-25T12:10:00Z")}},
                        At("2026-11-25T12:10:00Z"),
                        At("2026-11-25T12:00:30Z")};
  out.approval = Approval{"hash-1",
                          "uid-cart",
                          4,
                          At("2026-11-25T12:00:10Z"),
                          At("2026-11-25T12:15:10Z"),
                          ApprovalState::kConsumed,
                          "admin:alice, admin:bob",
                          "looks right",
                          2,
                          {{"admin:alice", At("2026-11-25T12:01:00Z"), "yes"},
                           {"admin:bob", At("2026-11-25T12:02:00Z"), ""}}};
  AddExecution(out);
  out.verification = Verification{VerificationOutcome::kMitigated,
                                  "back to normal", At("2026-11-25T12:04:00Z")};
  out.next_at = At("2026-11-25T12:06:00Z");
  out.wait_deadline = At("2026-11-25T12:16:00Z");
  out.retry_deadline = At("2026-11-25T12:17:00Z");
  out.reason = "It is over.";
  return out;
}

EvidenceWindow FullEvidence() {
  EvidenceWindow out;
  out.at = At("2026-11-25T12:00:00Z");
  MetricWindow memory;
  memory.name = "memory";
  memory.query = "container_memory_working_set_bytes{pod=\"a\\\"b\"}";
  memory.unit = "bytes";
  memory.bad = BadDirection::kRises;
  memory.window = {At("2026-11-25T11:58:00Z"),
                   seconds(60),
                   {1.5, std::numeric_limits<double>::quiet_NaN(), 3.25}};
  memory.baseline = {At("2026-11-24T12:00:00Z"),
                     seconds(300),
                     {1, 2, std::numeric_limits<double>::quiet_NaN(), 3, 4, 5}};
  memory.limit = 100;
  MetricWindow errors;
  errors.name = "errors";
  errors.log_transform = true;
  errors.optional = true;
  errors.problem = "no series";
  out.metrics = {memory, errors};
  out.pods = {{"cart-1", "uid-1", "n1", {memory}}, {"cart-2", "uid-2", "", {}}};
  out.pods_problem = "one is missing";
  out.changes = {{{ObjectKind::kDeployment, "shop", "cart"},
                  out.at,
                  "kubectl",
                  {"spec.replicas"},
                  7}};
  out.problems = {"prometheus: warning: slow"};
  return out;
}

}  // namespace selfheal::testing
