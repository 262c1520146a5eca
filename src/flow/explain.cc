#include "flow/explain.h"

#include <cstdio>
#include <utility>

#include "assess/causes.h"
#include "assess/judge.h"
#include "assess/sentence.h"
#include "core/ids.h"
#include "correlate/route.h"
#include "correlate/rule_match.h"
#include "execute/steps.h"
#include "flow/asked_causes.h"
#include "plan/planner.h"

namespace selfheal {
namespace {

std::string Short(double value) {
  char text[16];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

/// What the verdict makes of `request`.
std::string AnswerOf(const Config& config, const Verdict& verdict,
                     const std::string& request) {
  const std::string not_sent = "would not send " + request + ": ";
  for (const Finding& finding : verdict.findings) {
    if (finding.outcome != verdict.outcome) continue;
    switch (finding.outcome) {
      case FindingOutcome::kAllow:
        break;
      case FindingOutcome::kDeny:
        return not_sent + finding.guard + ": " + finding.reason +
               (finding.retry_at
                    ? ", asked again at " + FormatTime(*finding.retry_at)
                    : "");
      case FindingOutcome::kNeedsApproval:
        if (config.enabled && !config.dry_run) {
          return not_sent + finding.guard + ": " + finding.reason;
        }
        break;
    }
  }
  if (!config.enabled) return not_sent + "enabled is false";
  if (config.dry_run) return not_sent + "dry_run is true";
  return "would send " + request;
}

/// One alert on its way; each step says whether the next one is reached.
class Walk {
 public:
  Walk(const FlowPorts& ports, TargetResolver& targets, Explanation& out)
      : ports_(ports), targets_(targets), out_(out) {}

  Result<void> Run() {
    if (out_.alert.status == AlertStatus::kResolved) {
      Say(Stage::kCorrelate, "resolved",
          "it opens nothing, and closes what waits for its alerts");
      out_.answer = "resolved: opens nothing";
      return {};
    }
    const auto rules = ports_.runbooks.Current();
    const Rule* rule = Match(*rules);
    if (rule != nullptr) rule = FindTarget(*rules, *rule);
    if (rule == nullptr) return Ended();
    auto evidence = ports_.collector.Collect(*rule, {incident().target, {}},
                                             ports_.clock.Now());
    if (!evidence.ok()) return evidence.error().With("prometheus");
    auto asked = CausesAsked(*rules, *rule);
    if (!Assess(*rule, std::move(asked), *evidence)) return Ended();
    const auto runbook = ChooseRunbook(*rules, *rule, 0);
    if (!runbook.ok()) {
      Say(Stage::kPlan, "no_runbook", runbook.error().message);
      EndEscalated(runbook.error().message);
      return {};
    }
    if (!MakeItsPlan(**runbook, *evidence)) return Ended();
    return Guard(*rule, **runbook, *evidence);
  }

 private:
  Incident& incident() { return out_.incident; }

  void Say(Stage stage, std::string_view outcome, std::string reason) {
    out_.stages.push_back({stage, std::string(outcome), std::move(reason)});
  }

  void EndEscalated(const std::string& why) {
    out_.answer = "would end Escalated: " + why;
  }

  /// The fault that ended the walk, if one did.
  Result<void> Ended() {
    if (fault_) return *fault_;
    return {};
  }

  const Rule* Match(const RuleSet& rules) {
    const auto matching = MatchingRules(rules, out_.alert.labels);
    if (matching.size() != 1) {
      Say(Stage::kCorrelate, matching.empty() ? "unmatched" : "ambiguous",
          std::to_string(matching.size()) + " rules match the alert");
      if (matching.empty()) {
        out_.answer = "no rule matches: stored, left alone";
      } else {
        EndEscalated("more than one rule matches");
      }
      return nullptr;
    }
    incident().id = NewUlid(ports_.clock.Now());
    incident().opened_at = ports_.clock.Now();
    incident().rule = matching.front()->name;
    incident().type = matching.front()->type;
    incident().alerts = {
        {out_.alert.fingerprint, std::string(AlertName(out_.alert)),
         out_.alert.starts_at, out_.alert.status == AlertStatus::kFiring}};
    return matching.front();
  }

  /// The rule that the alert goes by, or null where it names no target.
  const Rule* FindTarget(const RuleSet& rules, const Rule& rule) {
    auto target = targets_.Resolve(rule, out_.alert.labels);
    if (!target.ok()) {
      if (Retryable(target.error().code)) {
        fault_ = target.error().With("kubernetes");
      }
      Say(Stage::kCorrelate, "no_target", target.error().message);
      EndEscalated(target.error().message);
      return nullptr;
    }
    const Route route = RouteOf(rules, rule, *target);
    incident().rule = route.rule->name;
    incident().type = route.rule->type;
    incident().target = route.object;
    incident().target_uid = route.uid;
    Say(Stage::kCorrelate, "opened",
        "rule " + route.rule->name + ", target " + ToString(route.object) +
            (route.why.empty() ? "" : ": " + route.why));
    return route.rule;
  }

  bool Assess(const Rule& rule, std::vector<Cause> asked,
              EvidenceWindow& evidence) {
    for (const MetricWindow& metric : evidence.metrics) {
      Say(Stage::kCollect, metric.problem.empty() ? "collected" : "problem",
          metric.name + ": " +
              (metric.problem.empty()
                   ? std::to_string(metric.window.values.size()) + " points"
                   : metric.problem));
    }
    ConfirmSpec options = rule.confirm;
    options.causes = std::move(asked);
    const std::uint64_t seed = StableHash(incident().id);
    incident().assessment = Judge(evidence, options, seed);
    if (incident().assessment->outcome == Judgement::kConfirmed &&
        NeedsPods(options.causes)) {
      auto added = AddPods(ports_.cluster, ports_.collector, rule,
                           incident().target, evidence);
      if (!added.ok()) {
        fault_ = added.error();
        return false;
      }
      incident().assessment = Judge(evidence, options, seed);
    }
    out_.threshold = rule.confirm.anomaly_threshold;
    const Assessment& assessment = *incident().assessment;
    const std::string sentence = assess::Sentence(evidence, assessment);
    Say(Stage::kAssess, JudgementName(assessment.outcome),
        sentence + " (score " + Short(assessment.score) + ", threshold " +
            Short(out_.threshold) + ", confidence " +
            Short(assessment.confidence) + ")");
    for (const CauseFinding& finding : assessment.causes) {
      Say(Stage::kAssess, CauseName(finding.cause), finding.reason);
    }
    if (assessment.outcome == Judgement::kNotConfirmed) {
      out_.answer = "would end Dismissed: " + sentence;
    } else if (assessment.outcome == Judgement::kInconclusive) {
      EndEscalated(sentence);
    }
    return assessment.outcome == Judgement::kConfirmed;
  }

  bool MakeItsPlan(const Runbook& runbook, const EvidenceWindow& evidence) {
    const auto number = ChooseStep(runbook, 0, incident().assessment->causes);
    if (!number.ok()) {
      const std::string why =
          number.error().message + WhyNot(runbook, evidence);
      Say(Stage::kPlan, "no_step", why);
      EndEscalated(why);
      return false;
    }
    const RunbookStep& step = runbook.steps[static_cast<std::size_t>(*number)];
    auto change =
        Freeze(step.action, incident().target,
               {.view = ports_.cluster,
                .now = ports_.clock.Now(),
                .poll = kStepPoll,
                .suspects = SuspectsOf(step, *incident().assessment, evidence),
                .evidence = &evidence,
                .protects = ProtectedBy(ports_.guards)});
    if (!change.ok()) {
      if (Retryable(change.error().code)) {
        fault_ = change.error().With("kubernetes");
      }
      Say(Stage::kPlan, "impossible", change.error().message);
      EndEscalated(change.error().message);
      return false;
    }
    incident().plan = MakePlan(incident(), runbook, *number, *std::move(change),
                               ports_.clock.Now(), ports_.digest);
    incident().progress.action_id = incident().plan->hash;
    Say(Stage::kPlan, "planned", incident().plan->change.summary);
    return true;
  }

  Result<void> Guard(const Rule& rule, const Runbook& runbook,
                     const EvidenceWindow& evidence) {
    const auto move =
        NextMove(incident(), {ports_.cluster, ports_.clock.Now(), kStepPoll});
    if (!move.ok()) return move.error().With("kubernetes");
    if (!move->mutation) {
      Say(Stage::kExecute, "nothing", move->reason);
      out_.answer = "would send nothing: " + move->reason;
      return {};
    }
    const auto request = ports_.client.Encode(*move->mutation);
    if (!request.ok()) return request.error();
    incident().verdict = ports_.guards.Preview(
        {.incident = &incident(),
         .rule = &rule,
         .runbook = &runbook,
         .plan = &*incident().plan,
         .evidence = &evidence,
         .assessed_at = evidence.at,
         .gate_seen = ports_.gate_seen(rule.name, incident().target),
         .watchdog_seen = ports_.watchdog_seen(),
         .purpose = {.incident_id = incident().id,
                     .action_id = incident().progress.action_id,
                     .intent_id = incident().progress.action_id,
                     .kind = move->action,
                     .phase = move->phase,
                     .target = incident().plan->target,
                     .target_uid = incident().plan->target_uid,
                     .runbook = runbook.name,
                     .plan_hash = incident().plan->hash},
         .mutation = *move->mutation,
         .request = *request});
    for (const Finding& finding : incident().verdict->findings) {
      Say(Stage::kGuard, FindingName(finding.outcome),
          finding.guard + ": " + finding.reason);
    }
    out_.answer = AnswerOf(ports_.config, *incident().verdict,
                           request->method + " " + request->path);
    return {};
  }

  const FlowPorts& ports_;
  TargetResolver& targets_;
  Explanation& out_;
  std::optional<Error> fault_;
};

}  // namespace

Result<std::vector<Explanation>> Explain(const FlowPorts& ports,
                                         TargetResolver& targets,
                                         const AlertGroup& group) {
  std::vector<Explanation> explanations(group.received);
  for (std::size_t i = 0; i < explanations.size(); ++i) {
    explanations[i].index = i;
  }
  for (const RejectedAlert& rejected : group.rejected) {
    explanations.at(rejected.index).answer =
        "would be left out: " + rejected.field + ": " + rejected.reason;
    explanations.at(rejected.index).stages = {
        {Stage::kIntake, "rejected", rejected.field + ": " + rejected.reason}};
  }
  auto next = group.alerts.begin();
  for (Explanation& explanation : explanations) {
    if (!explanation.stages.empty()) continue;
    explanation.alert = *next++;
    auto walked = Walk(ports, targets, explanation).Run();
    if (!walked.ok()) return walked.error();
  }
  return explanations;
}

}  // namespace selfheal
