#include "sim/pipeline/pipeline.h"

#include <algorithm>

#include "adapters/crypto/digest.h"
#include "adapters/yaml/rule_set_loader.h"
#include "flow/days_left.h"
#include "sim/fakes/fake_observers.h"
#include "sim/kubesim/resources.h"
#include "sim/pipeline/sim_journal.h"

namespace selfheal::testing {
namespace {

class FixedRules final : public RunbookSource {
 public:
  explicit FixedRules(const std::shared_ptr<const RuleSet>& rules)
      : rules_(rules) {}
  std::shared_ptr<const RuleSet> Current() const override { return rules_; }

 private:
  const std::shared_ptr<const RuleSet>& rules_;
};

class KeepNotices final : public Notifier {
 public:
  explicit KeepNotices(std::vector<Notice>& notices) : notices_(notices) {}
  void Notify(const Notice& notice) override { notices_.push_back(notice); }

 private:
  std::vector<Notice>& notices_;
};

}  // namespace

std::shared_ptr<const RuleSet> RulesOf(const Config& config,
                                       std::vector<SourceFinding>* findings) {
  auto rules = yaml::LoadRuleSet(
      config, [](std::string_view text) { return Sha256Hex(text); }, findings);
  if (rules.ok()) return *rules;
  if (findings->empty()) findings->push_back({{}, rules.error().message});
  return std::make_shared<RuleSet>();
}

/// What a process makes anew when it starts.
class Pipeline::Rest {
 public:
  explicit Rest(Pipeline& p)
      : runbooks(p.rules),
        notifier(p.notices),
        collector(p.metrics, p.config.prometheus.timeout),
        changes(p.cluster),
        guards(guard::PolicyOf(p.config, "selfheal", "selfheal-0"),
               {p.cluster, p.store, p.switches, p.surroundings}, p.clock),
        last_metre(p.cluster, p.cluster, p.switches, p.clock, p.clock,
                   {.namespaces = p.config.kubernetes.namespaces,
                    .excluded = p.config.guards.excluded_namespaces,
                    .own_namespace = "selfheal",
                    .max_replicas = p.config.guards.scale.max_replicas,
                    .nodes = p.config.guards.nodes}),
        executor(p.cluster, p.cluster,
                 [this](const Intent& i) { return last_metre.Check(i); }),
        targets(p.cluster),
        ports{.config = p.config,
              .clock = p.clock,
              .runbooks = runbooks,
              .collector = collector,
              .changes = changes,
              .cluster = p.cluster,
              .client = p.cluster,
              .executor = executor,
              .guards = guards,
              .history = p.store,
              .incidents = p.store,
              .links = p.store,
              .audit = p.store,
              .notifier = notifier,
              .observer = observer,
              .log = log,
              .digest = [](std::string_view t) { return Sha256Hex(t); },
              .watchdog_seen = [&p] { return p.watchdog_seen; },
              .gate_seen = [&p](const std::string&,
                                const ObjectRef&) { return p.gate_seen; }},
        flow(ports),
        scale_back(ports, p.store),
        correlator({.alerts = p.store,
                    .incidents = p.store,
                    .links = p.store,
                    .runbooks = runbooks,
                    .targets = targets,
                    .notifier = notifier,
                    .namespaces = p.config.kubernetes.namespaces,
                    .observer = observer,
                    .log = log,
                    .clock = p.clock,
                    .wake = [](const Incident&, Duration) {},
                    .measure =
                        [&p](const Incident& incident, const Labels& labels) {
                          return DaysLeft(p.metrics,
                                          p.config.prometheus.timeout,
                                          incident.type, labels, p.clock.Now());
                        }}) {}

  FixedRules runbooks;
  KeepNotices notifier;
  Collector collector;
  SimJournal changes;
  FakeObserver observer;
  NoLog log;
  guard::GuardChain guards;
  LastMetre last_metre;
  Executor executor;
  TargetResolver targets;
  FlowPorts ports;
  IncidentFlow flow;
  ScaleBack scale_back;
  Correlator correlator;
};

void Pipeline::RestDeleter::operator()(Rest* rest) const { delete rest; }

Config Pipeline::DefaultConfig() {
  Config config;
  config.kubernetes.namespaces = {"shop"};
  return config;
}

Pipeline::Pipeline(Config c)
    : config(std::move(c)),
      rules(RulesOf(config, &findings)),
      store(clock),
      cluster(clock, gate),
      metrics(clock, gate) {
  gate.on_death = [this] { store.SetUnavailable(true); };
  Restart();
}

void Pipeline::Restart() {
  gate.Revive();
  store.SetUnavailable(false);
  rest_.reset(new Rest(*this));
}

void Pipeline::AddShop() {
  cluster.world().AddShop();
  Advance(seconds(60));
}

void Pipeline::Advance(Duration by) {
  clock.Advance(by);
  cluster.Follow();
}

void Pipeline::Post(const AlertGroup& group) {
  AlertStore& alerts = store;
  const auto stored = alerts.Append(group, clock.Now());
  SELFHEAL_CHECK(stored.ok());
}

void Pipeline::PostFiring(const std::string& alertname,
                          const std::string& pod) {
  Alert alert;
  alert.labels = {
      {"alertname", alertname}, {"namespace", "shop"}, {"pod", pod}};
  alert.fingerprint = Fingerprint(alert.labels);
  alert.starts_at = clock.Now() - seconds(30);
  AlertGroup group;
  group.version = "4";
  group.alerts = {alert};
  group.received = 1;
  Post(group);
}

void Pipeline::Round() {
  if (gate.dead()) Restart();
  static_cast<void>(rest_->correlator.Drain());
  rest_->scale_back.RunOnce();
  IncidentStore& incidents = store;
  const auto unfinished = incidents.Unfinished();
  Time next = clock.Now() + seconds(60);
  bool failed = !unfinished.ok();
  if (unfinished.ok()) {
    for (const Incident& incident : *unfinished) {
      if (incident.next_at && *incident.next_at > clock.Now()) {
        next = std::min(next, *incident.next_at);
        continue;
      }
      const NextLook look = rest_->flow.Advance(incident.id);
      if (!look.ok()) failed = true;
      if (look.ok() && *look) next = std::min(next, **look);
    }
  }
  if (!metrics.healed_at && !cluster.accepted().empty()) {
    metrics.healed_at = clock.Now();
  }
  if (on_round) on_round();
  if (failed || gate.dead()) next = clock.Now() + seconds(1);
  Advance(std::max<Duration>(next - clock.Now(), std::chrono::milliseconds(1)));
}

bool Pipeline::Run(seconds limit) {
  const Time end = clock.Now() + limit;
  while (clock.Now() < end) {
    Round();
    if (gate.dead()) continue;
    AlertStore& alerts = store;
    IncidentStore& incidents = store;
    const auto waiting = alerts.Uncorrelated(1);
    const auto unfinished = incidents.Unfinished();
    if (waiting.ok() && waiting->empty() && unfinished.ok() &&
        unfinished->empty()) {
      return true;
    }
  }
  return false;
}

std::vector<Incident> Pipeline::All() {
  std::vector<Incident> all;
  for (const auto& [id, incident] : store.state().incidents) {
    all.push_back(incident);
  }
  return all;
}

Incident Pipeline::Only() {
  const std::vector<Incident> all = All();
  return all.size() == 1 ? all.front() : Incident{};
}

std::string Pipeline::NodeOf(const std::string& pod) {
  const kubesim::Json* object = cluster.world().store().Find(
      *kubesim::FindKind("v1", "Pod"), "shop", pod);
  return object == nullptr ? "" : kubesim::Text(*object, {"spec", "nodeName"});
}

std::vector<std::string> Pipeline::PodsOf(const std::string& workload) {
  std::vector<std::string> names;
  const auto* resource = kubesim::FindKind("v1", "Pod");
  for (const auto& [key, pod] : cluster.world().store().All(*resource)) {
    const std::string name = kubesim::Text(pod, {"metadata", "name"});
    if (name.starts_with(workload + "-") &&
        !pod["metadata"].contains("deletionTimestamp")) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace selfheal::testing
