#include "flow/scale_back.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "assess/judge.h"
#include "core/ids.h"
#include "correlate/rule_match.h"
#include "guard/calm.h"

namespace selfheal {
namespace {

/// A target that is not calm yet is looked at again after this time.
constexpr std::chrono::minutes kRest{5};

/// The scale-outs that helped and still stand, the last one of each target: a
/// scale-in that ended well took back the one before it. Each with the end of
/// the target's last action: from then on it has to be calm.
std::vector<std::pair<ActionRow, Time>> StandingOf(
    std::vector<ActionRow> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const ActionRow& a, const ActionRow& b) {
              return a.started_at < b.started_at;
            });
  std::map<ObjectRef, std::vector<ActionRow>> standing;
  std::map<ObjectRef, Time> last_end;
  for (const ActionRow& row : rows) {
    Time& end = last_end[row.target];
    end = std::max(end, row.finished_at.value_or(Time::max()));
    if (row.result != ActionResult::kMitigated || !row.finished_at) continue;
    std::vector<ActionRow>& of_target = standing[row.target];
    if (row.kind == ActionKind::kScaleOut) of_target.push_back(row);
    if (row.kind == ActionKind::kScaleIn && !of_target.empty()) {
      of_target.pop_back();
    }
  }
  std::vector<std::pair<ActionRow, Time>> last;
  for (const auto& [target, of_target] : standing) {
    if (of_target.empty()) continue;
    last.emplace_back(of_target.back(), last_end[target]);
  }
  return last;
}

}  // namespace

const ScaleOut* BackOf(const Incident& incident) {
  if (!incident.plan) return nullptr;
  const auto step = static_cast<std::size_t>(incident.plan->step);
  const auto* out =
      std::get_if<ScaleOut>(&incident.plan->steps.at(step).action);
  return out == nullptr || out->back_after == seconds(0) ? nullptr : out;
}

RunbookStep StepBack(const Incident& origin) {
  const Plan& plan = *origin.plan;
  RunbookStep step = plan.steps.at(static_cast<std::size_t>(plan.step));
  step.action = ScaleIn{.replicas = plan.change.from,
                        .max_replicas = plan.change.from_max,
                        .calm = BackOf(origin)->back_after};
  step.undo = UndoMode::kAutomatic;
  step.when.clear();
  return step;
}

Result<PlannedChange> FreezeBack(const Incident& origin,
                                 const StepContext& context) {
  auto change = Freeze(StepBack(origin).action, origin.target, context);
  if (!change.ok()) return change.error();
  const PlannedChange& done = origin.plan->change;
  if (change->uid != done.uid || change->from != done.to ||
      change->from_max != done.to_max) {
    return Error{Code::kFailedPrecondition, "someone else has scaled it since"};
  }
  return change;
}

Rule CalmRule(Rule rule, seconds calm) {
  rule.window =
      std::max(rule.window,
               static_cast<int>((calm + rule.step - seconds(1)) / rule.step));
  return rule;
}

void ScaleBack::RunOnce() {
  const Time now = ports_.clock.Now();
  std::erase_if(looked_,
                [&](const auto& entry) { return entry.second + kRest <= now; });
  const auto history = ports_.history.Recent(now);
  if (!history.ok()) return;
  for (const auto& [row, since] : StandingOf(history->actions)) {
    LookAt(row, since);
  }
}

void ScaleBack::LookAt(const ActionRow& row, Time since) {
  const Time now = ports_.clock.Now();
  const auto origin = ports_.incidents.Load(row.incident_id);
  if (!origin.ok()) return;
  const ScaleOut* out = BackOf(*origin);
  if (out == nullptr || now - out->back_after < since) return;
  const auto open = links_.FindOpen(row.target, origin->type);
  if (!open.ok() || open->has_value()) return;
  const auto rules = ports_.runbooks.Current();
  const Rule* rule = FindRule(*rules, origin->rule);
  if (rule == nullptr || !looked_.emplace(row.target, now).second) return;
  const auto change = FreezeBack(*origin, {ports_.cluster, now, kStepPoll});
  if (!change.ok()) return;
  const auto evidence = ports_.collector.Collect(
      CalmRule(*rule, out->back_after), {row.target, {}}, now);
  if (!evidence.ok()) return;
  const double crowding = guard::CrowdingOf(*change);
  if (!guard::CalmProblem(*evidence, out->back_after, crowding).empty()) return;
  const Assessment assessment =
      Judge(*evidence, rule->confirm, StableHash(ToString(row.target)));
  if (assessment.outcome != Judgement::kNotConfirmed) return;
  Open(*origin, row);
}

void ScaleBack::Open(const Incident& origin, const ActionRow& row) {
  const Time now = ports_.clock.Now();
  Incident incident;
  incident.id = NewUlid(now);
  incident.type = origin.type;
  incident.opened_at = now;
  incident.target = row.target;
  incident.target_uid = origin.target_uid;
  incident.rule = origin.rule;
  incident.from_watch = true;
  incident.takes_back = origin.id;
  incident.reason = "calm since incident " + origin.id + " scaled it out";
  IncidentUpdate update;
  update.incident = &incident;
  update.records = {{.seq = 0,
                     .at = now,
                     .incident_id = incident.id,
                     .stage = Stage::kCorrelate,
                     .outcome = "calm",
                     .reason = incident.reason,
                     .data = {{"target", ToString(incident.target)}}}};
  // Whoever looks for forgotten incidents takes it up within a minute.
  if (const auto saved = ports_.incidents.Save(update); !saved.ok()) {
    ports_.log.Warn("scale-in not opened", {{"target", ToString(row.target)},
                                            {"error", saved.error().message}});
  }
}

}  // namespace selfheal
