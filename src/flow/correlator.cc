#include "flow/correlator.h"

#include <utility>

#include "core/ids.h"
#include "correlate/rule_match.h"

namespace selfheal {
namespace {

constexpr std::size_t kBatch = 500;
/// How long an alert waits for a cluster that does not answer.
constexpr seconds kPatience{45};

AuditRecord Record(const Incident& incident, Time now, std::string outcome,
                   std::string reason, const StoredAlert& stored) {
  return {.seq = 0,
          .at = now,
          .incident_id = incident.id,
          .stage = Stage::kCorrelate,
          .outcome = std::move(outcome),
          .reason = std::move(reason),
          .data = {{"fingerprint", stored.alert.fingerprint},
                   {"alertname", std::string(AlertName(stored.alert))},
                   {"starts_at", FormatTime(stored.alert.starts_at)},
                   {"received_at", FormatTime(stored.received_at)},
                   {"target", ToString(incident.target)}}};
}

Incident NewIncident(const Rule& rule, Time now) {
  Incident incident;
  incident.id = NewUlid(now);
  incident.type = rule.type;
  incident.opened_at = now;
  incident.rule = rule.name;
  return incident;
}

void Escalate(Incident& incident, ObjectRef target, std::string reason) {
  incident.phase = Phase::kEscalated;
  incident.closed_at = incident.opened_at;
  incident.target = std::move(target);
  incident.reason = std::move(reason);
}

}  // namespace

Result<bool> Correlator::Drain() {
  while (true) {
    const SteadyTime start = ports_.clock.SteadyNow();
    auto batch = ports_.alerts.Uncorrelated(kBatch);
    if (!batch.ok()) return batch.error();
    if (batch->empty()) return false;
    const auto rules = ports_.runbooks.Current();
    std::vector<long long> unmatched;
    std::size_t waiting = 0;
    for (const StoredAlert& stored : *batch) {
      if (stored.incident.empty() &&
          MatchingRules(*rules, stored.alert.labels).empty()) {
        unmatched.push_back(stored.row);
        continue;
      }
      auto handled = Handle(stored, *rules);
      if (!handled.ok()) return handled.error();
      if (*handled == Handled::kWait) ++waiting;
    }
    if (!unmatched.empty()) {
      auto linked = ports_.links.Link(unmatched, "", {});
      if (!linked.ok()) return linked.error();
    }
    ports_.observer.OnStage(Stage::kCorrelate, "correlated",
                            ports_.clock.SteadyNow() - start);
    if (waiting > 0) return true;
  }
}

Result<Correlator::Handled> Correlator::Handle(const StoredAlert& stored,
                                               const RuleSet& rules) {
  if (!stored.incident.empty()) {
    auto merged = Merge(stored, stored.incident);
    if (!merged.ok()) return merged.error();
    return Handled::kDone;
  }
  if (stored.alert.status == AlertStatus::kResolved) {
    auto linked = ports_.links.Link({stored.row}, "", {});
    if (!linked.ok()) return linked.error();
    return Handled::kDone;
  }
  const auto matching = MatchingRules(rules, stored.alert.labels);
  if (matching.size() == 1) return Open(stored, *matching.front());
  Incident incident = NewIncident(*matching.front(), ports_.clock.Now());
  incident.rule.clear();
  Escalate(incident, GuessTarget(*matching.front(), stored.alert.labels),
           "the alert matches rules " + matching[0]->name + " and " +
               matching[1]->name);
  return Create(stored, std::move(incident));
}

Result<Correlator::Handled> Correlator::Open(const StoredAlert& stored,
                                             const Rule& rule) {
  auto target = ports_.targets.Resolve(rule, stored.alert.labels);
  const bool unanswered = !target.ok() && Retryable(target.error().code);
  ports_.observer.OnDependency("kubernetes", !unanswered);
  if (unanswered && ports_.clock.Now() < stored.received_at + kPatience) {
    return Handled::kWait;
  }
  Incident incident = NewIncident(rule, ports_.clock.Now());
  if (!target.ok()) {
    Escalate(incident, GuessTarget(rule, stored.alert.labels),
             "no target: " + target.error().message);
    return Create(stored, std::move(incident));
  }
  auto open = ports_.links.FindOpen(target->object, rule.type);
  if (!open.ok()) return open.error();
  if (open->has_value()) {
    auto merged = Merge(stored, **open);
    if (!merged.ok() || *merged != Handled::kEnded) return merged;
  }
  incident.target = target->object;
  incident.target_uid = target->uid;
  incident.reason = "opened by " + std::string(AlertName(stored.alert));
  return Create(stored, std::move(incident));
}

Result<Correlator::Handled> Correlator::Merge(const StoredAlert& stored,
                                              const std::string& id) {
  auto incident = ports_.incidents.Load(id);
  if (!incident.ok()) return incident.error();
  const bool firing = stored.alert.status == AlertStatus::kFiring;
  auto linked = ports_.links.Link(
      {stored.row}, id,
      {Record(*incident, ports_.clock.Now(), firing ? "merged" : "resolved",
              firing ? "another alert of the same target and type"
                     : "Alertmanager says resolved",
              stored)});
  if (!linked.ok()) return linked.error();
  // A worker may have ended it meanwhile, without having seen this alert.
  incident = ports_.incidents.Load(id);
  if (!incident.ok()) return incident.error();
  if (IsTerminal(incident->phase)) return Handled::kEnded;
  ports_.wake(*incident);
  return Handled::kDone;
}

Result<Correlator::Handled> Correlator::Create(const StoredAlert& stored,
                                               Incident incident) {
  const bool open = incident.phase == Phase::kOpen;
  const IncidentUpdate update{.incident = &incident,
                              .records = {Record(incident, ports_.clock.Now(),
                                                 open ? "opened" : "no_target",
                                                 incident.reason, stored)},
                              .evidence = nullptr,
                              .alert_rows = {stored.row},
                              .outcomes = {},
                              .action_end = std::nullopt};
  auto saved = ports_.incidents.Save(update);
  if (!saved.ok()) return saved.error();
  ports_.observer.OnPhase(incident, std::nullopt);
  ports_.log.Info("incident opened",
                  {{"incident", incident.id},
                   {"type", std::string(IncidentTypeName(incident.type))},
                   {"target", ToString(incident.target)},
                   {"phase", std::string(PhaseName(incident.phase))}});
  if (open) ports_.wake(incident);
  return Handled::kDone;
}

}  // namespace selfheal
