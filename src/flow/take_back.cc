// An incident that is no trouble: a scale-out of ours is taken back, because
// its target has been calm for long enough.
#include <algorithm>

#include "assess/judge.h"
#include "core/ids.h"
#include "execute/steps.h"
#include "flow/incident_flow.h"
#include "flow/scale_back.h"
#include "guard/calm.h"
#include "plan/planner.h"

namespace selfheal {
bool IncidentFlow::IsTroubleNow(IncidentRun& run) {
  Incident& incident = run.incident();
  if (incident.takes_back.empty()) return true;
  const bool fires =
      std::any_of(incident.alerts.begin(), incident.alerts.end(),
                  [](const IncidentAlert& alert) { return alert.firing; });
  if (!fires) return false;
  run.Mark(Stage::kCorrelate, "alerted", "an alert came: it is a trouble now");
  incident.takes_back.clear();
  incident.from_watch = false;
  return true;
}

NextLook IncidentFlow::TakeBack(IncidentRun& run, const RuleSet& rules,
                                const Rule& rule) {
  const auto runbook = ChooseRunbook(rules, rule, 0);
  if (!runbook.ok()) {
    return Close(run, Phase::kCancelled, runbook.error().message);
  }
  const Scene scene{run, rule, **runbook};
  const auto origin = ports_.incidents.Load(run.incident().takes_back);
  if (!origin.ok() && origin.error().code != Code::kNotFound) {
    return origin.error().With("load what it takes back");
  }
  const ScaleOut* out = origin.ok() ? BackOf(*origin) : nullptr;
  if (out == nullptr) {
    return Close(run, Phase::kCancelled,
                 "the scale-out that it takes back is not known any more");
  }
  if (auto ended = Collect(run, CalmRule(rule, out->back_after))) {
    return *ended;
  }
  run.incident().assessment =
      Judge(*run.evidence(), rule.confirm, StableHash(run.incident().id));
  const std::string sentence = Tell(run, rule.confirm);
  if (run.incident().assessment->outcome != Judgement::kNotConfirmed) {
    return Close(run, Phase::kCancelled, "not calm any more: " + sentence);
  }
  auto change = FreezeBack(*origin, {ports_.cluster, run.now(), kStepPoll});
  if (!change.ok() && Retryable(change.error().code)) {
    return RetryLater(run, Stage::kPlan, change.error());
  }
  if (!change.ok()) {
    return Close(run, Phase::kCancelled, change.error().message);
  }
  const std::string problem = guard::CalmProblem(
      *run.evidence(), out->back_after, guard::CrowdingOf(*change));
  if (!problem.empty()) {
    return Close(run, Phase::kCancelled, "not calm any more: " + problem);
  }
  Runbook book = scene.runbook;
  book.steps = {StepBack(*origin)};
  if (auto ended =
          Adopt(scene, MakePlan(run.incident(), book, 0, *std::move(change),
                                run.now(), ports_.digest))) {
    return *ended;
  }
  run.incident().retry_deadline.reset();
  return Step(scene);
}

}  // namespace selfheal
