#include "app/parts.h"

#include <cstdlib>
#include <utility>

#include "adapters/crypto/digest.h"
#include "adapters/slack/webhook_notifier.h"
#include "adapters/sql/read_only_history.h"
#include "adapters/telemetry/logger.h"
#include "app/connections.h"
#include "app/database.h"
#include "app/idle_knobs.h"
#include "app/log_notifier.h"
#include "correlate/rule_match.h"
#include "flow/days_left.h"
#include "flow/notice_of.h"

namespace selfheal {
namespace {

/// Periods of the looks that belong to no incident.
constexpr seconds kTick{1};
constexpr seconds kLook{30};
constexpr seconds kBeat{60};
constexpr seconds kScaleBack{60};

std::string Variable(const char* name) {
  // Nothing here ever sets one.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

std::vector<std::string> GuardNames() {
  std::vector<std::string> names;
  for (const guard::GuardEntry& entry : guard::AllGuards()) {
    names.emplace_back(entry.name);
  }
  return names;
}

}  // namespace

BorrowedHistory BorrowHistory(const Config& config) {
  const std::string lacking =
      "budgets, cooldowns, breakers and the stored kill switch are not looked "
      "at: ";
  auto db = OpenHistoryOf(config);
  if (!db.ok()) return {nullptr, lacking + db.error().message};
  return {std::make_unique<ReadOnlyHistory>(*std::move(db)),
          "budgets, cooldowns, breakers and the stored kill switch are those "
          "of " +
              PlaceOf(config)};
}

Result<std::unique_ptr<Parts>> Parts::Build(
    const Config& config, std::vector<SourceFinding>* findings, Role role,
    BorrowedHistory borrowed) {
  std::unique_ptr<Parts> parts(new Parts(config, role));
  parts->borrowed = std::move(borrowed);
  parts->log = telemetry::CreateLogger(config.log.level, config.log.format);
  for (const std::string& key : IdleKnobs(config)) {
    parts->log->Warn("this release does nothing with it", {{"key", key}});
  }
  auto runbooks = yaml::ReloadableRunbooks::Create(
      config, [](std::string_view text) { return Sha256Hex(text); }, findings);
  if (!runbooks.ok()) return runbooks.error();
  parts->runbooks = *std::move(runbooks);
  parts->metrics = std::make_unique<telemetry::Metrics>(
      SELFHEAL_VERSION, GuardNames(), parts->RunbookNames());
  if (auto opened = parts->OpenStore(); !opened.ok()) return opened.error();
  if (auto built = parts->BuildSources(); !built.ok()) return built.error();
  parts->BuildSurroundings();
  parts->BuildGuards();
  parts->BuildFlow();
  return parts;
}

ActionHistory& Parts::history() {
  return borrowed.history ? *borrowed.history : *store;
}

std::vector<std::string> Parts::RunbookNames() const {
  std::vector<std::string> names;
  for (const auto& [name, runbook] : runbooks->Current()->runbooks) {
    names.push_back(name);
  }
  return names;
}

std::set<std::string> Parts::BreakerScopes() const {
  const std::vector<std::string> names = RunbookNames();
  std::set<std::string> scopes(names.begin(), names.end());
  scopes.insert("global");
  return scopes;
}

Result<Incident> Parts::Decide(const ApprovalDecision& decision) {
  auto incident = store->Decide(decision, clock.Now());
  if (!incident.ok()) return incident;
  if (incident->approval->state == ApprovalState::kGranted) {
    metrics->OnApproval(ApprovalState::kGranted);
  }
  // What is stored is from before the answer until the flow goes on.
  incident->reason = StandingOf(*incident->approval);
  notifier->Notify(
      NoticeOf(*incident,
               {(decision.grant ? "granted by " : "denied by ") + decision.by +
                (decision.reason.empty() ? "" : ": ") + decision.reason}));
  Tell(*incident);
  return incident;
}

void Parts::Tell(const Incident& incident) {
  if (role == Role::kReceiver) {
    claims->Nudge(ToString(incident.target));
  } else {
    flow->Wake(incident);
  }
}

Result<void> Parts::CheckOurs(const Intent& intent) const {
  const std::string target = ToString(intent.purpose().target);
  if (!claims || claims->Holds(target)) return {};
  return Error{Code::kFailedPrecondition,
               "another process may have taken " + target + " over"};
}

Result<void> Parts::OpenStore() {
  auto opened = OpenStoreOf(
      config,
      {.digester = [](std::string_view text) { return Sha256Hex(text); },
       .clock = &clock,
       .concerns =
           [this](const Labels& labels) {
             return !MatchingRules(*runbooks->Current(), labels).empty();
           }});
  if (!opened.ok()) return opened.error().With("database.url");
  claims = std::move(opened->claims);
  store = std::move(opened->store);
  const auto beat = store->LastBeat();
  if (!beat.ok()) return beat.error().With("database.url");
  clock.SetTo(ResumeTime(*beat, {wall.Now(), wall.SteadyNow(), BootId()}));
  return {};
}

Result<void> Parts::BuildSources() {
  auto source = PrometheusOf(config);
  if (!source.ok()) return source.error();
  prometheus = *std::move(source);
  tally = std::make_unique<QueryTally>(*prometheus, clock);
  auto found = role == Role::kReceiver
                   ? WithoutCluster("the role receiver works without a cluster")
                   : BuildCluster(config, clock, *log);
  if (!found.ok()) return found.error();
  cluster = *std::move(found);
  if (auto built = BuildNotifier(); !built.ok()) return built;
  return BuildAlertmanager();
}

Result<void> Parts::BuildNotifier() {
  auto side = SlackSide::Build(
      {.config = config,
       .store = *store,
       .log = *log,
       .clock = clock,
       .wall = wall,
       .user_agent = UserAgent(),
       .decide = [this](const ApprovalDecision& d) { return Decide(d); }});
  if (!side.ok()) return side.error();
  slack = *std::move(side);
  const auto on_attempt = [this](bool up) {
    metrics->OnDependency("slack", up);
  };
  if (slack) {
    notifier = slack->MakeNotifier(on_attempt);
    return {};
  }
  if (config.slack.webhook_url.empty()) {
    notifier = std::make_unique<LogNotifier>(*log);
    return {};
  }
  log->Info(
      "Slack: an incoming webhook alone: messages are not updated, and nobody "
      "can approve there");
  auto webhook =
      slack::WebhookNotifier::Create({.webhook_url = config.slack.webhook_url,
                                      .user_agent = UserAgent(),
                                      .public_url = config.public_url,
                                      .on_attempt = on_attempt},
                                     *log);
  if (!webhook.ok()) return webhook.error();
  notifier = *std::move(webhook);
  return {};
}

Result<void> Parts::BuildAlertmanager() {
  if (config.alertmanager.url.empty()) {
    log->Info("alertmanager.url is empty: gap closing is off");
    return {};
  }
  auto source = alertmanager::AlertmanagerSource::Create(
      {.url = config.alertmanager.url,
       .auth = AuthOf(config.alertmanager.bearer_token_file,
                      config.alertmanager.username,
                      config.alertmanager.password_file),
       .ca_file = config.alertmanager.ca_file,
       .user_agent = UserAgent()},
      *log);
  if (!source.ok()) return source.error();
  alertmanager = *std::move(source);
  gap_closer = std::make_unique<GapCloser>(
      GapCloser::Ports{.source = *alertmanager,
                       .alerts = *store,
                       .observer = *metrics,
                       .log = *log,
                       .clock = clock,
                       .sightings = sightings,
                       .wake = [this] { flow->Poke(); }});
  return {};
}

void Parts::BuildSurroundings() {
  access = std::make_unique<AccessWatch>(
      AccessWatch::Ports{.config = config,
                         .clock = clock,
                         .runbooks = *runbooks,
                         .access = *cluster.access,
                         .log = *log});
  surroundings = std::make_unique<SurroundingsWatch>(SurroundingsWatch::Ports{
      .config = config,
      .clock = clock,
      .cluster = *cluster.view,
      .server = *cluster.server,
      .history = history(),
      .audit = *store,
      .observer = *metrics,
      .log = *log,
      .queries = [this] { return tally->Recent(); },
      .missing_rights = [this] { return access->Missing(); }});
  missed = std::make_unique<MissedWindows>(
      MissedWindows::Ports{.clock = clock,
                           .metrics = *prometheus,
                           .alerts = *store,
                           .audit = *store,
                           .beats = *store,
                           .runbooks = *runbooks,
                           .notifier = *notifier,
                           .observer = *metrics,
                           .log = *log,
                           .timeout = config.prometheus.timeout,
                           .boot_id = BootId()});
}

std::vector<Periodic> Parts::Jobs() {
  std::vector<Periodic> jobs = {
      {kTick, [this] { surroundings->Tick(); }},
      {kLook, [this] { surroundings->LookAtCluster(); }},
      {kLook, [this] { access->RunOnce(); }},
      {kBeat, [this] { missed->RunOnce(); }, Periodic::By::kOne},
      {kScaleBack, [this] { scale_back->RunOnce(); }, Periodic::By::kOne}};
  if (gap_closer) {
    jobs.push_back({config.alertmanager.interval,
                    [this] { gap_closer->RunOnce(); }, Periodic::By::kOne});
  }
  return jobs;
}

void Parts::BuildGuards() {
  switches =
      std::make_unique<guard::ProcessSwitches>(config.guards.kill_switch_file);
  collector = std::make_unique<Collector>(*tally, config.prometheus.timeout);
  targets = std::make_unique<TargetResolver>(*cluster.view);
  const std::string own_namespace = Variable("POD_NAMESPACE");
  const std::string own_pod = Variable("POD_NAME");
  guards = std::make_unique<guard::GuardChain>(
      guard::PolicyOf(config, own_namespace, own_pod),
      guard::FactSources{*cluster.view, history(), *switches, *surroundings},
      clock);
  last_metre = std::make_unique<LastMetre>(
      *cluster.view, *cluster.client, *switches, clock, wall,
      RequestLimits{.namespaces = config.kubernetes.namespaces,
                    .excluded = config.guards.excluded_namespaces,
                    .own_namespace = own_namespace,
                    .max_replicas = config.guards.scale.max_replicas,
                    .nodes = config.guards.nodes,
                    .own_pod = own_pod});
  executor = std::make_unique<Executor>(
      *cluster.client, *cluster.view, [this](const Intent& intent) {
        // The lease last: the other looks take their time.
        const Result<void> clear = last_metre->Check(intent);
        return clear.ok() ? CheckOurs(intent) : clear;
      });
}

void Parts::BuildFlow() {
  ports = std::make_unique<FlowPorts>(
      FlowPorts{.config = config,
                .clock = clock,
                .runbooks = *runbooks,
                .collector = *collector,
                .changes = *cluster.changes,
                .cluster = *cluster.view,
                .client = *cluster.client,
                .executor = *executor,
                .guards = *guards,
                .history = history(),
                .incidents = *store,
                .links = *store,
                .audit = *store,
                .notifier = *notifier,
                .observer = *metrics,
                .log = *log,
                .digest = [](std::string_view text) { return Sha256Hex(text); },
                .watchdog_seen = [this] { return sightings.Watchdog(); },
                .gate_seen =
                    [this](const std::string& rule, const ObjectRef& target) {
                      return sightings.Target(rule, target);
                    }});
  scale_back = std::make_unique<ScaleBack>(*ports, *store);
  flow = std::make_unique<FlowService>(
      *ports,
      Correlator::Ports{
          .alerts = *store,
          .incidents = *store,
          .links = *store,
          .runbooks = *runbooks,
          .targets = *targets,
          .notifier = *notifier,
          .namespaces = config.kubernetes.namespaces,
          .observer = *metrics,
          .log = *log,
          .clock = clock,
          .wake = {},
          .measure =
              [this](const Incident& incident, const Labels& labels) {
                return DaysLeft(*tally, config.prometheus.timeout,
                                incident.type, labels, clock.Now());
              }},
      WatchLoop::Ports{.config = config,
                       .clock = clock,
                       .metrics = *prometheus,
                       .collector = *collector,
                       .targets = *targets,
                       .incidents = *store,
                       .links = *store,
                       .runbooks = *runbooks,
                       .observer = *metrics,
                       .log = *log,
                       .sightings = sightings,
                       .wake = {}},
      Jobs(), claims.get());
  audit_watch =
      std::make_unique<AuditWatch>(config, clock, *store, *metrics, *log);
}

}  // namespace selfheal
