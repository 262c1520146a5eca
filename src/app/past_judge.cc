#include "app/past_judge.h"

#include "app/past_cluster.h"
#include "assess/causes.h"
#include "assess/judge.h"
#include "assess/sentence.h"
#include "collect/collector.h"
#include "core/ids.h"
#include "correlate/route.h"
#include "correlate/rule_match.h"
#include "correlate/target_resolver.h"
#include "flow/asked_causes.h"
#include "plan/planner.h"

namespace selfheal {
namespace {

/// True where the past has answered, though not with what was asked for.
bool IsAnswer(Code code) {
  return code == Code::kInvalidArgument || code == Code::kNotFound ||
         code == Code::kFailedPrecondition;
}

/// The steps that follow step `number` while none helps.
std::vector<const RunbookStep*> Following(
    const Runbook& runbook, int number,
    const std::vector<CauseFinding>& causes) {
  std::vector<const RunbookStep*> steps;
  for (int taken = 1; taken < runbook.escalate_after_steps; ++taken) {
    const auto next = ChooseStep(runbook, number + 1, causes);
    if (!next.ok()) break;
    number = *next;
    steps.push_back(&runbook.steps[static_cast<std::size_t>(number)]);
    if (std::holds_alternative<Notify>(steps.back()->action)) break;
  }
  return steps;
}

class Walk {
 public:
  Walk(const RuleSet& rules, MetricSource& source, Duration deadline,
       PastEpisode& out)
      : rules_(rules),
        cluster_(source, deadline, out.alert.starts_at),
        collector_(source, deadline),
        out_(out) {}

  Result<void> Run() {
    const auto matching = MatchingRules(rules_, out_.alert.labels);
    if (matching.size() != 1) {
      End(matching.empty() ? PastEnd::kUnmatched : PastEnd::kAmbiguous,
          std::to_string(matching.size()) + " rules match the alert");
      return {};
    }
    auto found = FindTarget(*matching.front());
    if (!found.ok() || !*found) return Fault(found);
    auto judged = Assess();
    if (!judged.ok() || !*judged) return Fault(judged);
    ChooseItsStep();
    return {};
  }

 private:
  static Result<void> Fault(const Result<bool>& result) {
    if (!result.ok()) return result.error();
    return {};
  }

  void End(PastEnd end, std::string reason) {
    out_.end = end;
    out_.reason = std::move(reason);
  }

  /// False where the episode ends here.
  Result<bool> FindTarget(const Rule& matched) {
    out_.rule = &matched;
    auto target = TargetResolver(cluster_).Resolve(matched, out_.alert.labels);
    if (!target.ok()) {
      if (!IsAnswer(target.error().code)) return target.error();
      End(PastEnd::kNoTarget, target.error().message);
      return false;
    }
    const Route route = RouteOf(rules_, matched, *target);
    out_.rule = route.rule;
    out_.target = route.object;
    return true;
  }

  Result<bool> Assess() {
    auto evidence =
        collector_.Collect(*out_.rule, {out_.target, {}}, out_.alert.starts_at);
    if (!evidence.ok()) return evidence.error();
    ConfirmSpec options = out_.rule->confirm;
    options.causes = CausesAsked(rules_, *out_.rule);
    // Of what it is about, so that the same past is judged the same.
    const std::uint64_t seed = StableHash(
        out_.alert.fingerprint + FormatTimeNanos(out_.alert.starts_at));
    assessment_ = Judge(*evidence, options, seed);
    if (assessment_.outcome == Judgement::kConfirmed &&
        NeedsPods(options.causes)) {
      auto added =
          AddPods(cluster_, collector_, *out_.rule, out_.target, *evidence);
      if (!added.ok() && !IsAnswer(added.error().code)) return added.error();
      if (!added.ok()) evidence->pods_problem = added.error().message;
      assessment_ = Judge(*evidence, options, seed);
    }
    out_.outcome = assessment_.outcome;
    out_.score = assessment_.score;
    out_.confidence = assessment_.confidence;
    out_.reason = assess::Sentence(*evidence, assessment_);
    evidence_ = *std::move(evidence);
    if (assessment_.outcome == Judgement::kConfirmed) return true;
    out_.end = assessment_.outcome == Judgement::kNotConfirmed
                   ? PastEnd::kDismissed
                   : PastEnd::kInconclusive;
    return false;
  }

  void ChooseItsStep() {
    const auto runbook = ChooseRunbook(rules_, *out_.rule, 0);
    if (!runbook.ok()) return End(PastEnd::kNoStep, runbook.error().message);
    out_.runbook = *runbook;
    const auto number = ChooseStep(**runbook, 0, assessment_.causes);
    if (!number.ok()) {
      return End(PastEnd::kNoStep,
                 number.error().message + WhyNot(**runbook, evidence_));
    }
    out_.step = &(*runbook)->steps[static_cast<std::size_t>(*number)];
    if (const auto* on = FindingFor(*out_.step, assessment_.causes)) {
      out_.cause = CauseName(on->cause);
    }
    out_.then = Following(**runbook, *number, assessment_.causes);
    out_.end = std::holds_alternative<Notify>(out_.step->action)
                   ? PastEnd::kNotifies
                   : PastEnd::kActs;
  }

  const RuleSet& rules_;
  PastCluster cluster_;
  const Collector collector_;
  PastEpisode& out_;
  Assessment assessment_;
  EvidenceWindow evidence_;
};

}  // namespace

Result<void> JudgePast(const RuleSet& rules, MetricSource& source,
                       Duration deadline, PastEpisode& episode) {
  return Walk(rules, source, deadline, episode).Run();
}

}  // namespace selfheal
