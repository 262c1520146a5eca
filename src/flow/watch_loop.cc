#include "flow/watch_loop.h"

#include <algorithm>
#include <set>

#include "assess/judge.h"
#include "core/ids.h"

namespace selfheal {
namespace {

constexpr std::string_view kWatchdog =
    R"(ALERTS{alertname="Watchdog",alertstate="firing"})";
/// Targets that one expression may bring up in one run.
constexpr std::size_t kMaxTargets = 100;
/// A target that a person was told about is left alone this long.
constexpr std::chrono::minutes kRest{30};

}  // namespace

void WatchLoop::RunOnce() {
  const Time now = ports_.clock.Now();
  ports_.sightings.Forget(now - 10 * ports_.config.watch.interval);
  std::erase_if(opened_,
                [&](const auto& entry) { return entry.second + kRest < now; });
  const auto rules = ports_.runbooks.Current();
  for (const Rule& rule : rules->rules) {
    if (rule.watch) RunRule(rule);
  }
}

void WatchLoop::LookForWatchdog() {
  const Time now = ports_.clock.Now();
  const InstantQuery query{.expr = std::string(kWatchdog), .at = now};
  const auto answers =
      ports_.metrics.Query({&query, 1}, ports_.config.prometheus.timeout);
  const Result<QueryAnswer>& answer = answers.front();
  ports_.observer.OnDependency("prometheus", answer.ok());
  if (answer.ok() && !answer->series.empty()) ports_.sightings.SawWatchdog(now);
}

void WatchLoop::RunRule(const Rule& rule) {
  const InstantQuery query{.expr = *rule.watch, .at = ports_.clock.Now()};
  const auto answers =
      ports_.metrics.Query({&query, 1}, ports_.config.prometheus.timeout);
  const Result<QueryAnswer>& answer = answers.front();
  ports_.observer.OnDependency("prometheus", answer.ok());
  if (!answer.ok() || !answer->warnings.empty()) {
    ports_.log.Warn("watch expression not read",
                    {{"rule", rule.name},
                     {"error", answer.ok() ? answer->warnings.front()
                                           : answer.error().message}});
    return;
  }
  std::set<ObjectRef> seen;
  for (const Series& series : answer->series) {
    if (seen.size() >= kMaxTargets) break;
    auto target = ports_.targets.Resolve(rule, series.labels);
    // A cluster that stays silent costs one wait, not one a series.
    if (!target.ok() && target.error().code == Code::kDeadlineExceeded) return;
    if (!target.ok() || !seen.insert(target->object).second) continue;
    ports_.sightings.SawTarget(rule.name, target->object, query.at);
    LookAt(rule, *target);
  }
}

void WatchLoop::LookAt(const Rule& rule, const ResolvedTarget& target) {
  if (opened_.contains({rule.name, target.object})) return;
  auto open = ports_.links.FindOpen(target.object, rule.type);
  if (!open.ok() || open->has_value()) return;
  auto evidence =
      ports_.collector.Collect(rule, {target.object, {}}, ports_.clock.Now());
  if (!evidence.ok()) return;
  Assessment assessment =
      Judge(*evidence, rule.confirm, StableHash(ToString(target.object)));
  if (assessment.outcome != Judgement::kConfirmed) return;
  Open(rule, target, std::move(assessment));
}

void WatchLoop::Open(const Rule& rule, const ResolvedTarget& target,
                     Assessment assessment) {
  const Time now = ports_.clock.Now();
  Incident incident;
  incident.id = NewUlid(now);
  incident.type = rule.type;
  incident.opened_at = now;
  incident.target = target.object;
  incident.target_uid = target.uid;
  incident.rule = rule.name;
  incident.from_watch = true;
  incident.assessment = std::move(assessment);
  incident.reason = "found by the watch of rule " + rule.name;
  const IncidentUpdate update{
      .incident = &incident,
      .records = {{.seq = 0,
                   .at = now,
                   .incident_id = incident.id,
                   .stage = Stage::kCorrelate,
                   .outcome = "watched",
                   .reason = incident.reason,
                   .data = {{"target", ToString(target.object)}}}},
      .evidence = nullptr,
      .alert_rows = {},
      .outcomes = {},
      .action_end = std::nullopt};
  if (!ports_.incidents.Save(update).ok()) return;
  opened_[{rule.name, target.object}] = now;
  ports_.observer.OnPhase(incident, std::nullopt);
  ports_.wake(incident);
}

}  // namespace selfheal
