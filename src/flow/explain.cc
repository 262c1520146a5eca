#include "flow/explain.h"

#include <utility>

#include "assess/judge.h"
#include "assess/sentence.h"
#include "core/ids.h"
#include "correlate/rule_match.h"
#include "execute/steps.h"
#include "plan/planner.h"

namespace selfheal {
namespace {

/// One alert on its way; each step says whether the next one is reached.
class Walk {
 public:
  Walk(const FlowPorts& ports, TargetResolver& targets, Explanation& out)
      : ports_(ports), targets_(targets), out_(out) {}

  Result<void> Run() {
    if (out_.alert.status == AlertStatus::kResolved) {
      Say(Stage::kCorrelate, "resolved",
          "it opens nothing, and closes what waits for its alerts");
      return {};
    }
    const auto rules = ports_.runbooks.Current();
    const Rule* rule = Match(*rules);
    if (rule == nullptr || !FindTarget(*rule)) return Ended();
    auto evidence = ports_.collector.Collect(*rule, {incident().target, {}},
                                             ports_.clock.Now());
    if (!evidence.ok()) return evidence.error();
    if (!Assess(*rule, *evidence)) return {};
    const auto runbook = ChooseRunbook(*rules, *rule, 0);
    if (!runbook.ok()) {
      Say(Stage::kPlan, "no_runbook", runbook.error().message);
      return {};
    }
    if (!MakeItsPlan(**runbook)) return Ended();
    return Guard(*rule, **runbook, *evidence);
  }

 private:
  Incident& incident() { return out_.incident; }

  void Say(Stage stage, std::string_view outcome, std::string reason) {
    out_.stages.push_back({stage, std::string(outcome), std::move(reason)});
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

  bool FindTarget(const Rule& rule) {
    auto target = targets_.Resolve(rule, out_.alert.labels);
    if (!target.ok()) {
      if (Retryable(target.error().code)) fault_ = target.error();
      Say(Stage::kCorrelate, "no_target", target.error().message);
      return false;
    }
    incident().target = target->object;
    incident().target_uid = target->uid;
    Say(Stage::kCorrelate, "opened",
        "rule " + rule.name + ", target " + ToString(target->object));
    return true;
  }

  bool Assess(const Rule& rule, const EvidenceWindow& evidence) {
    for (const MetricWindow& metric : evidence.metrics) {
      Say(Stage::kCollect, metric.problem.empty() ? "collected" : "problem",
          metric.name + ": " +
              (metric.problem.empty()
                   ? std::to_string(metric.window.values.size()) + " points"
                   : metric.problem));
    }
    incident().assessment =
        Judge(evidence, rule.confirm, StableHash(incident().id));
    Say(Stage::kAssess, JudgementName(incident().assessment->outcome),
        assess::Sentence(evidence, *incident().assessment));
    return incident().assessment->outcome == Judgement::kConfirmed;
  }

  bool MakeItsPlan(const Runbook& runbook) {
    auto change = Freeze(runbook.steps.front().action, incident().target,
                         {ports_.cluster, ports_.clock.Now(), kStepPoll});
    if (!change.ok()) {
      if (Retryable(change.error().code)) fault_ = change.error();
      Say(Stage::kPlan, "impossible", change.error().message);
      return false;
    }
    incident().plan = MakePlan(incident(), runbook, 0, *std::move(change),
                               ports_.clock.Now(), ports_.digest);
    incident().progress.action_id = incident().plan->hash;
    Say(Stage::kPlan, "planned", incident().plan->change.summary);
    return true;
  }

  Result<void> Guard(const Rule& rule, const Runbook& runbook,
                     const EvidenceWindow& evidence) {
    const auto move =
        NextMove(incident(), {ports_.cluster, ports_.clock.Now(), kStepPoll});
    if (!move.ok()) return move.error();
    if (!move->mutation) {
      Say(Stage::kExecute, "nothing", move->reason);
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
                     .target = incident().target,
                     .target_uid = incident().target_uid,
                     .runbook = runbook.name,
                     .plan_hash = incident().plan->hash},
         .mutation = *move->mutation,
         .request = *request});
    for (const Finding& finding : incident().verdict->findings) {
      Say(Stage::kGuard, FindingName(finding.outcome),
          finding.guard + ": " + finding.reason);
    }
    Say(Stage::kExecute, FindingName(incident().verdict->outcome),
        "would send " + request->method + " " + request->path);
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
