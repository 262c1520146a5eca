#include "flow/correlator.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "core/ids.h"
#include "correlate/route.h"
#include "correlate/rule_match.h"
#include "flow/notice_of.h"

namespace selfheal {
namespace {

constexpr std::size_t kBatch = 500;
/// How long an alert waits for a cluster that does not answer.
constexpr seconds kPatience{45};
/// A person who was told of a target that can't be found is not told again
/// for this long.
constexpr std::chrono::minutes kRest{30};
/// Within which an incident that fires is looked at for another firing alert,
/// so that a flood of them does not mean a flood of looks.
constexpr seconds kMoreOfTheSame{1};

/// Of so many alerts of one record the fingerprints are named.
constexpr std::size_t kMostNamed = 20;

using Alerts = std::vector<const StoredAlert*>;

/// One record for alerts that went the same way; the first stands for them.
AuditRecord Record(const Incident& incident, Time now, std::string outcome,
                   std::string reason, const Alerts& alerts) {
  const StoredAlert& first = *alerts.front();
  AuditRecord record{
      .seq = 0,
      .at = now,
      .incident_id = incident.id,
      .stage = Stage::kCorrelate,
      .outcome = std::move(outcome),
      .reason = std::move(reason),
      .data = {{"fingerprint", first.alert.fingerprint},
               {"alertname", std::string(AlertName(first.alert))},
               {"starts_at", FormatTime(first.alert.starts_at)},
               {"received_at", FormatTime(first.received_at)},
               {"target", ToString(incident.target)}}};
  if (alerts.size() == 1) return record;
  std::string others;
  for (std::size_t i = 1; i < std::min(alerts.size(), kMostNamed); ++i) {
    if (i > 1) others += ' ';
    others += alerts[i]->alert.fingerprint;
  }
  record.data.emplace_back("alerts", static_cast<std::int64_t>(alerts.size()));
  record.data.emplace_back("others", std::move(others));
  return record;
}

Incident NewIncident(const Rule& rule, Time now) {
  Incident incident;
  incident.id = NewUlid(now);
  incident.type = rule.type;
  incident.opened_at = now;
  incident.rule = rule.name;
  return incident;
}

/// The incident of an alert that names no object that we can find.
Incident WithoutTarget(const Rule& rule, const StoredAlert& stored, Time now,
                       std::string reason) {
  Incident incident = NewIncident(rule, now);
  incident.target = GuessTarget(rule, stored.alert.labels);
  incident.phase = Phase::kEscalated;
  incident.closed_at = now;
  incident.reason = std::move(reason);
  return incident;
}

/// What people are told of an alert that we can do nothing about: why, and
/// what it says itself, as how many days are left.
std::vector<std::string> TellingOf(const Incident& incident,
                                   const Alert& alert) {
  std::vector<std::string> lines = {incident.reason};
  for (const char* name : {"summary", "description"}) {
    const auto found = alert.annotations.find(name);
    if (found != alert.annotations.end()) lines.push_back(found->second);
  }
  return lines;
}

std::vector<long long> RowsOf(const Alerts& alerts) {
  std::vector<long long> rows;
  rows.reserve(alerts.size());
  for (const StoredAlert* stored : alerts) rows.push_back(stored->row);
  return rows;
}

}  // namespace

/// Alerts that join one incident.
struct Correlator::Joining {
  /// The incident that is joined, as far as it is known: id, type, target.
  Incident incident;
  /// Alerts that fire join it only while it is open.
  bool if_open = false;
  Alerts firing;
  Alerts resolved;

  void Add(const StoredAlert& stored) {
    const bool fires = stored.alert.status == AlertStatus::kFiring;
    (fires ? firing : resolved).push_back(&stored);
  }
};

/// What one pass over stored alerts has found out.
struct Correlator::Pass {
  std::shared_ptr<const RuleSet> rules;
  /// What needs a look at the cluster.
  std::vector<std::pair<const StoredAlert*, const Rule*>> matched;
  /// By TargetKey.
  std::map<std::string, Result<ResolvedTarget>> targets;
  /// The cluster let a question wait in vain.
  std::optional<Error> silent;
  std::vector<long long> unmatched;
  /// By incident id; and the unfinished incidents by target and type.
  std::map<std::string, Joining> joining;
  std::map<std::pair<ObjectRef, IncidentType>, std::string> open;
  std::size_t waiting = 0;
};

Result<Correlator::Left> Correlator::Drain() {
  while (true) {
    const SteadyTime start = ports_.clock.SteadyNow();
    auto batch = ports_.alerts.Uncorrelated(kBatch);
    if (!batch.ok()) return batch.error();
    if (batch->empty()) return Left::kNothing;
    Pass pass;
    pass.rules = ports_.runbooks.Current();
    Result<void> finished;
    for (const StoredAlert& stored : *batch) {
      if (finished.ok()) finished = Sort(stored, pass);
    }
    if (finished.ok()) finished = Finish(pass);
    for (const auto& [stored, rule] : pass.matched) {
      if (finished.ok()) finished = Open(*stored, *rule, pass);
    }
    if (finished.ok()) finished = Finish(pass);
    if (!finished.ok()) return finished.error();
    ports_.observer.OnStage(Stage::kCorrelate, "correlated",
                            ports_.clock.SteadyNow() - start);
    if (pass.waiting > 0) return Left::kWaiting;
    if (batch->size() < kBatch) return Left::kPerhaps;
  }
}

Result<void> Correlator::Sort(const StoredAlert& stored, Pass& pass) {
  if (!stored.incident.empty()) return JoinKnown(stored, pass);
  const auto matching = MatchingRules(*pass.rules, stored.alert.labels);
  if (matching.empty() || stored.alert.status == AlertStatus::kResolved) {
    pass.unmatched.push_back(stored.row);
  } else if (matching.size() == 1) {
    pass.matched.emplace_back(&stored, matching.front());
  } else {
    Incident incident =
        WithoutTarget(*matching.front(), stored, ports_.clock.Now(),
                      "the alert matches rules " + matching[0]->name + " and " +
                          matching[1]->name);
    incident.rule.clear();
    return Escalate(stored, std::move(incident), Tell::kPeople, pass);
  }
  return {};
}

Result<void> Correlator::JoinKnown(const StoredAlert& stored, Pass& pass) {
  const auto found = pass.joining.find(stored.incident);
  if (found != pass.joining.end()) {
    found->second.Add(stored);
    return {};
  }
  auto incident = ports_.incidents.Load(stored.incident);
  if (!incident.ok()) return incident.error();
  Joining joining{.incident = *std::move(incident),
                  .if_open = false,
                  .firing = {},
                  .resolved = {}};
  joining.Add(stored);
  pass.joining.emplace(stored.incident, std::move(joining));
  return {};
}

const Result<ResolvedTarget>& Correlator::Resolve(const StoredAlert& stored,
                                                  const Rule& rule,
                                                  Pass& pass) {
  const std::string key = TargetKey(rule, stored.alert.labels);
  const auto known = pass.targets.find(key);
  if (known != pass.targets.end()) return known->second;
  Result<ResolvedTarget> target =
      pass.silent ? *pass.silent
                  : ports_.targets.Resolve(rule, stored.alert.labels);
  ports_.observer.OnDependency("kubernetes",
                               target.ok() || !Retryable(target.error().code));
  if (!target.ok() && target.error().code == Code::kDeadlineExceeded) {
    pass.silent = target.error();
  }
  return pass.targets.emplace(key, std::move(target)).first->second;
}

Result<void> Correlator::Open(const StoredAlert& stored, const Rule& rule,
                              Pass& pass) {
  const Result<ResolvedTarget>& target = Resolve(stored, rule, pass);
  if (!target.ok() && Retryable(target.error().code) &&
      ports_.clock.Now() < stored.received_at + kPatience) {
    ++pass.waiting;
    return {};
  }
  if (!target.ok()) return Strand(stored, rule, target.error(), pass);
  const Route route = RouteOf(*pass.rules, rule, *target);
  std::string& open = pass.open[{route.object, route.rule->type}];
  if (open.empty()) {
    auto found = ports_.links.FindOpen(route.object, route.rule->type);
    if (!found.ok()) return found.error();
    open = found->value_or("");
  }
  // Nearly every alert of a flood joins what the pass has met already.
  const auto joining = pass.joining.find(open);
  if (joining != pass.joining.end() && joining->second.if_open) {
    joining->second.Add(stored);
    return {};
  }
  Incident incident = NewIncident(*route.rule, ports_.clock.Now());
  incident.target = route.object;
  incident.target_uid = route.uid;
  incident.reason = "opened by " + std::string(AlertName(stored.alert));
  if (!route.why.empty()) incident.reason += ": " + route.why;
  if (open.empty()) {
    open = incident.id;
    return Create({&stored}, std::move(incident));
  }
  Joining& fresh = pass.joining[open];
  fresh.Add(stored);
  fresh.incident = std::move(incident);
  fresh.incident.id = open;
  fresh.if_open = true;
  return {};
}

bool Correlator::OptedIn(const std::string& ns) const {
  return std::any_of(
      ports_.namespaces.begin(), ports_.namespaces.end(),
      [&](const std::string& one) { return one == "*" || one == ns; });
}

/// The alert names nothing that we can find, or may look at: roles are bound
/// in the namespaces that are opted in, and nobody asked us about the others.
/// A certificate that a person renews needs no look, wherever it is.
Result<void> Correlator::Strand(const StoredAlert& stored, const Rule& rule,
                                const Error& why, Pass& pass) {
  Incident incident = WithoutTarget(rule, stored, ports_.clock.Now(),
                                    "no target: " + why.message);
  const std::string& ns = incident.target.ns;
  if (ns.empty() || OptedIn(ns) ||
      IsCertificateOfOthers(rule, stored.alert.labels)) {
    return Escalate(stored, std::move(incident), Tell::kPeople, pass);
  }
  incident.reason =
      "namespace " + ns + " is not opted in (kubernetes.namespaces)";
  return Escalate(stored, std::move(incident), Tell::kNobody, pass);
}

Result<void> Correlator::Escalate(const StoredAlert& stored, Incident incident,
                                  Tell tell, Pass& pass) {
  std::erase_if(told_, [&](const auto& entry) {
    return entry.second.opened_at + kRest <= incident.opened_at;
  });
  const std::pair about(incident.target, incident.type);
  if (const auto told = told_.find(about); told != told_.end()) {
    Joining& joining = pass.joining[told->second.id];
    joining.incident = told->second;
    joining.Add(stored);
    return {};
  }
  if (tell == Tell::kPeople && ports_.measure) {
    const std::string told = ports_.measure(incident, stored.alert.labels);
    if (!told.empty()) incident.reason += "; " + told;
  }
  if (auto created = Create({&stored}, incident); !created.ok()) return created;
  if (tell == Tell::kPeople) {
    ports_.notifier.Notify(
        NoticeOf(incident, TellingOf(incident, stored.alert)));
  }
  told_.emplace(about, std::move(incident));
  return {};
}

Result<void> Correlator::Finish(Pass& pass) {
  std::vector<AlertLinks> links;
  if (!pass.unmatched.empty()) links.push_back({pass.unmatched, "", {}});
  const Time now = ports_.clock.Now();
  for (const auto& [id, joining] : pass.joining) {
    if (!joining.firing.empty()) {
      links.push_back({RowsOf(joining.firing),
                       id,
                       {Record(joining.incident, now, "merged",
                               "another alert of the same target and type",
                               joining.firing)},
                       joining.if_open});
    }
    if (!joining.resolved.empty()) {
      links.push_back(
          {RowsOf(joining.resolved),
           id,
           {Record(joining.incident, now, "resolved",
                   "Alertmanager says resolved", joining.resolved)}});
    }
  }
  if (links.empty()) return {};
  auto linked = ports_.links.Link(links);
  if (!linked.ok()) return linked;
  for (const auto& [id, joining] : pass.joining) {
    if (auto woken = Wake(joining); !woken.ok()) return woken;
  }
  pass.unmatched.clear();
  pass.joining.clear();
  return {};
}

Result<void> Correlator::Wake(const Joining& joining) {
  // Where a worker ended it meanwhile, what fires has not joined it: the next
  // pass opens another.
  auto open =
      ports_.links.FindOpen(joining.incident.target, joining.incident.type);
  if (!open.ok()) return open.error();
  if (*open == joining.incident.id) {
    // More of the same does not press; an end may.
    ports_.wake(joining.incident,
                joining.resolved.empty() ? kMoreOfTheSame : Duration::zero());
  }
  return {};
}

Result<void> Correlator::Create(const Alerts& alerts, Incident incident) {
  const bool open = incident.phase == Phase::kOpen;
  const IncidentUpdate update{.incident = &incident,
                              .records = {Record(incident, ports_.clock.Now(),
                                                 open ? "opened" : "no_target",
                                                 incident.reason, alerts)},
                              .evidence = nullptr,
                              .alert_rows = RowsOf(alerts),
                              .outcomes = {},
                              .action_end = std::nullopt};
  auto saved = ports_.incidents.Save(update);
  if (!saved.ok()) return saved.error();
  ports_.observer.OnPhase(incident, std::nullopt);
  ports_.log.Info("incident opened",
                  {{"incident", incident.id},
                   {"type", std::string(IncidentTypeName(incident.type))},
                   {"target", ToString(incident.target)},
                   {"phase", std::string(PhaseName(incident.phase))},
                   {"reason", incident.reason}});
  if (open) ports_.wake(incident, Duration::zero());
  return {};
}

}  // namespace selfheal
