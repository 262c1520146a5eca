#include "adapters/telemetry/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>

#include "adapters/telemetry/families.h"
#include "core/incident_type.h"

namespace selfheal::telemetry {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;
using Names = std::vector<std::string_view>;

const Buckets kShares = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
const Buckets kDurations = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                            0.25,  0.5,    1,     2.5,  5,     10};
const Buckets kMinutes = {15,  30,  60,   120,  180,  240,  300,
                          600, 900, 1800, 3600, 7200, 14400};
constexpr std::array<std::string_view, 4> kEndings = {"mitigated", "dismissed",
                                                      "escalated", "cancelled"};
constexpr std::array<std::string_view, 8> kPhases = {
    "open",      "awaiting_approval", "executing", "verifying",
    "mitigated", "dismissed",         "escalated", "cancelled"};
constexpr std::array<std::string_view, 5> kOutcomes = {
    "applied", "already_true", "refused", "unknown", "dry_run"};
/// What the receiver answers; any other status counts as "other".
constexpr std::array<std::string_view, 8> kCodes = {
    "200", "400", "401", "403", "408", "413", "503", "other"};

constexpr std::array<std::string_view, 3> kJudgements = {
    "confirmed", "not_confirmed", "inconclusive"};
constexpr std::array<std::string_view, 3> kAnswers = {"granted", "denied",
                                                      "expired"};

double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Names ActionNames() {
  Names names;
  for (std::size_t i = 0; i < kActionKinds; ++i) {
    names.push_back(ActionName(static_cast<ActionKind>(i)));
  }
  return names;
}

/// The last grant, or when the incident went on or ended without one.
Time AnsweredAt(const Incident& incident) {
  const Approval& approval = *incident.approval;
  if (!approval.grants.empty()) return approval.grants.back().at;
  return incident.closed_at.value_or(approval.expires_at);
}

/// What became of the question; a grant that was used is still one.
std::string_view AnswerLabel(ApprovalState state) {
  return state == ApprovalState::kConsumed
             ? ApprovalStateName(ApprovalState::kGranted)
             : ApprovalStateName(state);
}

std::string CodeLabel(int status) {
  const std::string text = std::to_string(status);
  const bool known =
      std::find(kCodes.begin(), kCodes.end(), text) != kCodes.end();
  return known ? text : "other";
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  FamilyMaker make{registry};

  CounterFamily& alerts = make.Counter("selfheal_alerts_received_total",
                                       "Alerts stored, by status.");
  CounterFamily& webhooks =
      make.Counter("selfheal_webhook_requests_total",
                   "Webhook requests answered, by HTTP status.");
  CounterFamily& malformed =
      make.Counter("selfheal_alerts_malformed_total",
                   "Alerts or whole payloads that were refused.");
  CounterFamily& truncated =
      make.Counter("selfheal_webhook_truncated_total",
                   "Alerts that max_alerts cut off before they were posted.");
  CounterFamily& missed =
      make.Counter("selfheal_alerts_missed_total",
                   "Alerts that came and went while the service was away.");
  CounterFamily& ended = make.Counter(
      "selfheal_incidents_total", "Incidents that ended, by type and outcome.");
  GaugeFamily& phases = make.Gauge(
      "selfheal_incidents", "Incidents by phase; ended ones since the start.");
  HistogramFamily& score =
      make.Histogram("selfheal_anomaly_score", "Calibrated anomaly scores.");
  HistogramFamily& probability =
      make.Histogram("selfheal_forecast_probability",
                     "Probabilities of reaching the threshold in time.");
  CounterFamily& assessments =
      make.Counter("selfheal_assessments_total", "Assessments by outcome.");
  CounterFamily& actions = make.Counter(
      "selfheal_actions_total", "Mutating requests by action and outcome.");
  CounterFamily& findings = make.Counter("selfheal_guard_findings_total",
                                         "Findings by guard and outcome.");
  CounterFamily& verifications =
      make.Counter("selfheal_verifications_total", "Verifications by outcome.");
  CounterFamily& approvals =
      make.Counter("selfheal_approvals_total", "Approvals by outcome.");
  HistogramFamily& approval_wait =
      make.Histogram("selfheal_approval_wait_seconds",
                     "From the question to the last answer, by its outcome.");
  CounterFamily& forecasts =
      make.Counter("selfheal_forecasts_total",
                   "Forecasts of incidents that ended, by what they said and "
                   "how the incident ended.");
  HistogramFamily& mitigate =
      make.Histogram("selfheal_time_to_mitigate_seconds",
                     "From the incident's opening to its mitigation.");
  HistogramFamily& stages = make.Histogram("selfheal_stage_duration_seconds",
                                           "Time that each stage took.");
  GaugeFamily& queue = make.Gauge("selfheal_queue_depth",
                                  "Targets that wait for a worker or a time.");
  GaugeFamily& kill_switch =
      make.Gauge("selfheal_kill_switch", "1 while any kill switch is on.");
  GaugeFamily& breakers = make.Gauge("selfheal_breaker_open",
                                     "1 while the breaker of a scope is open.");
  GaugeFamily& off =
      make.Gauge("selfheal_runbook_off",
                 "1 while our account lacks a right that the runbook needs.");
  GaugeFamily& dependencies = make.Gauge("selfheal_dependency_up",
                                         "1 where the last call was answered.");
  GaugeFamily& outbox = make.Gauge("selfheal_event_outbox_depth",
                                   "Events that wait for their broker.");
  GaugeFamily& intact = make.Gauge(
      "selfheal_audit_intact", "1 while the hash chain of the audit holds.");
  GaugeFamily& blind = make.Gauge(
      "selfheal_blind", "1 while the Watchdog alert has gone missing.");
  GaugeFamily& skew = make.Gauge(
      "selfheal_clock_skew_seconds",
      "How far the wall clock or the API server's is from the service's time.");
  GaugeFamily& build =
      make.Gauge("selfheal_build_info", "1, with the version as a label.");
  /// "global" and the known runbooks.
  std::set<std::string> scopes{"global"};

  prometheus::Histogram& Stage(selfheal::Stage stage) {
    return stages.Add({{"stage", std::string(StageName(stage))}}, kDurations);
  }
};

Metrics::Metrics(std::string_view version,
                 const std::vector<std::string>& guards,
                 const std::vector<std::string>& runbooks)
    : families_(std::make_unique<Families>()) {
  Families& f = *families_;
  Initialise(f.alerts, "status", Names{"firing", "resolved"});
  Initialise(f.webhooks, "code", kCodes);
  f.malformed.Add({});
  f.truncated.Add({});
  f.missed.Add({});
  Initialise(f.ended, "type", kIncidentTypeNames, "outcome", kEndings);
  Initialise(f.phases, "phase", kPhases);
  f.score.Add({}, kShares);
  f.probability.Add({}, kShares);
  Initialise(f.assessments, "outcome", kJudgements);
  Initialise(f.actions, "action", ActionNames(), "outcome", kOutcomes);
  Initialise(f.findings, "guard", guards, "outcome",
             Names{"allow", "needs_approval", "deny"});
  Initialise(f.verifications, "outcome",
             Names{"mitigated", "not_mitigated", "inconclusive"});
  Initialise(f.approvals, "outcome", kAnswers);
  for (const std::string_view answer : kAnswers) {
    f.approval_wait.Add({{"outcome", std::string(answer)}}, kMinutes);
  }
  Initialise(f.forecasts, "forecast", kJudgements, "outcome", kEndings);
  f.mitigate.Add({}, kMinutes);
  for (std::size_t i = 0; i < kStageNames.size(); ++i) {
    f.Stage(static_cast<Stage>(i));
  }
  f.queue.Add({});
  f.kill_switch.Add({});
  f.breakers.Add({{"scope", "global"}});
  KnowRunbooks(runbooks);
  // The others have a series from their first call on: what nobody asks, as
  // the receiver does not ask the cluster, is not down.
  f.dependencies.Add({{"dependency", "store"}});
  f.outbox.Add({});
  f.intact.Add({}).Set(1);
  f.blind.Add({});
  f.skew.Add({});
  f.build.Add({{"version", std::string(version)}}).Set(1);
}

Metrics::~Metrics() = default;

void Metrics::OnStage(Stage stage, std::string_view, Duration duration) {
  families_->Stage(stage).Observe(Seconds(duration));
}

void Metrics::OnPhase(const Incident& incident, std::optional<Phase> before) {
  Families& f = *families_;
  const std::string phase(PhaseLabel(incident.phase));
  if (before) {
    f.phases.Add({{"phase", std::string(PhaseLabel(*before))}}).Decrement();
  }
  f.phases.Add({{"phase", phase}}).Increment();
  if (before == Phase::kAwaitingApproval && incident.approval &&
      incident.phase != Phase::kAwaitingApproval &&
      incident.approval->state != ApprovalState::kPending) {
    f.approval_wait
        .Add({{"outcome", std::string(AnswerLabel(incident.approval->state))}},
             kMinutes)
        .Observe(Seconds(AnsweredAt(incident) - incident.approval->asked_at));
  }
  if (!IsTerminal(incident.phase)) return;
  if (incident.assessment && incident.assessment->forecast) {
    f.forecasts
        .Add({{"forecast", std::string(JudgementName(
                               incident.assessment->forecast->outcome))},
              {"outcome", phase}})
        .Increment();
  }
  f.ended
      .Add({{"type", std::string(IncidentTypeName(incident.type))},
            {"outcome", phase}})
      .Increment();
  if (incident.phase == Phase::kMitigated && incident.closed_at) {
    f.mitigate.Add({}, kMinutes)
        .Observe(Seconds(*incident.closed_at - incident.opened_at));
  }
}

void Metrics::OnAssessment(const Assessment& assessment) {
  Families& f = *families_;
  f.assessments
      .Add({{"outcome", std::string(JudgementName(assessment.outcome))}})
      .Increment();
  f.score.Add({}, kShares).Observe(assessment.score);
  if (assessment.forecast) {
    f.probability.Add({}, kShares).Observe(assessment.forecast->probability);
  }
}

void Metrics::OnVerdict(const Verdict& verdict) {
  for (const Finding& finding : verdict.findings) {
    families_->findings
        .Add({{"guard", finding.guard},
              {"outcome", std::string(FindingName(finding.outcome))}})
        .Increment();
  }
}

void Metrics::OnAction(ActionKind kind, ExecutionOutcome outcome) {
  families_->actions
      .Add({{"action", std::string(ActionName(kind))},
            {"outcome", std::string(OutcomeName(outcome))}})
      .Increment();
}

void Metrics::OnVerification(VerificationOutcome outcome) {
  families_->verifications
      .Add({{"outcome", std::string(VerificationName(outcome))}})
      .Increment();
}

void Metrics::OnApproval(ApprovalState state) {
  if (state == ApprovalState::kPending || state == ApprovalState::kConsumed) {
    return;
  }
  families_->approvals.Add({{"outcome", std::string(ApprovalStateName(state))}})
      .Increment();
}

void Metrics::OnDependency(std::string_view dependency, bool up) {
  families_->dependencies.Add({{"dependency", std::string(dependency)}})
      .Set(up ? 1 : 0);
}

void Metrics::WebhookAnswered(int status) {
  families_->webhooks.Add({{"code", CodeLabel(status)}}).Increment();
}

void Metrics::PayloadRefused() { families_->malformed.Add({}).Increment(); }

void Metrics::GroupReceived(const AlertGroup& group) {
  Families& f = *families_;
  const auto firing = std::count_if(
      group.alerts.begin(), group.alerts.end(),
      [](const Alert& a) { return a.status == AlertStatus::kFiring; });
  const auto all = static_cast<std::ptrdiff_t>(group.alerts.size());
  for (const auto& [status, count] :
       {std::pair(AlertStatus::kFiring, firing),
        std::pair(AlertStatus::kResolved, all - firing)}) {
    if (count == 0) continue;
    f.alerts.Add({{"status", std::string(AlertStatusName(status))}})
        .Increment(static_cast<double>(count));
  }
  if (!group.rejected.empty()) {
    f.malformed.Add({}).Increment(static_cast<double>(group.rejected.size()));
  }
  if (group.truncated_alerts > 0) {
    f.truncated.Add({}).Increment(static_cast<double>(group.truncated_alerts));
  }
}

void Metrics::OnMissed(std::size_t episodes) {
  families_->missed.Add({}).Increment(static_cast<double>(episodes));
}

void Metrics::SetQueueDepth(std::size_t keys) {
  families_->queue.Add({}).Set(static_cast<double>(keys));
}

void Metrics::SetKillSwitch(bool on) {
  families_->kill_switch.Add({}).Set(on ? 1 : 0);
}

void Metrics::SetBlind(bool blind) {
  families_->blind.Add({}).Set(blind ? 1 : 0);
}

void Metrics::SetClockSkew(Duration skew) {
  families_->skew.Add({}).Set(std::chrono::duration<double>(skew).count());
}

void Metrics::SetAuditIntact(bool intact) {
  families_->intact.Add({}).Set(intact ? 1 : 0);
}

void Metrics::SetOpenBreakers(const std::vector<std::string>& scopes) {
  for (const std::string& scope : families_->scopes) {
    const bool open =
        std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
    families_->breakers.Add({{"scope", scope}}).Set(open ? 1 : 0);
  }
}

void Metrics::KnowRunbooks(const std::vector<std::string>& runbooks) {
  for (const std::string& name : runbooks) {
    if (!families_->scopes.insert(name).second) continue;
    families_->breakers.Add({{"scope", name}});
    families_->off.Add({{"runbook", name}});
  }
}

void Metrics::SetOffRunbooks(const std::set<std::string>& runbooks) {
  for (const std::string& name : families_->scopes) {
    if (name == "global") continue;
    families_->off.Add({{"runbook", name}})
        .Set(runbooks.contains(name) ? 1 : 0);
  }
}

std::string Metrics::Text() {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace selfheal::telemetry
