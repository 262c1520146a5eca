#include "app/app.h"

#include <cstdlib>
#include <set>
#include <utility>

#include "adapters/yaml/rule_json.h"
#include "app/parts.h"
#include "codec/audit_json.h"
#include "codec/breaker_json.h"
#include "codec/evidence_json.h"
#include "codec/incident_json.h"
#include "codec/kill_switch_json.h"
#include "config/render.h"
#include "flow/explain.h"
#include "intake/payload.h"

namespace selfheal {
namespace {

/// A Watchdog that was not seen for this long means that we are blind.
constexpr std::chrono::minutes kBlindAfter{5};

}  // namespace

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() { Stop(); }

Result<std::unique_ptr<App>> App::Create(const Config& config,
                                         std::vector<SourceFinding>* findings,
                                         Role role) {
  auto parts = Parts::Build(config, findings, role);
  if (!parts.ok()) return parts.error();
  return std::unique_ptr<App>(new App(*std::move(parts)));
}

Result<std::unique_ptr<App>> App::CreateReadOnly(
    const Config& config, const std::string& scratch,
    std::vector<SourceFinding>* findings) {
  Config own = config;
  own.database.url = "sqlite://" + scratch + "/explain.db";
  auto parts = Parts::Build(own, findings, Role::kAll, BorrowHistory(config));
  if (!parts.ok()) return parts.error();
  return std::unique_ptr<App>(new App(*std::move(parts)));
}

Result<void> App::Start() {
  parts_->audit_watch->Start();
  const bool acts = parts_->role != Role::kReceiver;
  Result<void> started = acts ? parts_->flow->Start() : Result<void>();
  // People's answers come in where there is a listener.
  const bool hears = parts_->role != Role::kRemediator;
  if (started.ok() && hears && parts_->slack) parts_->slack->Start();
  return started;
}

void App::Stop() {
  if (parts_->slack) parts_->slack->Stop();
  parts_->flow->Stop();
  parts_->audit_watch->Stop();
}

Result<void> App::Reload(std::vector<SourceFinding>* findings) {
  auto reloaded = parts_->runbooks->Reload(findings);
  parts_->log->Info(
      reloaded.ok() ? "rules reloaded" : "rules refused: the last set stays",
      {{"findings", static_cast<std::int64_t>(findings->size())},
       {"error", reloaded.ok() ? "" : reloaded.error().message},
       {"digest", parts_->runbooks->Current()->digest}});
  return reloaded;
}

AlertStore& App::alerts() { return *parts_->store; }

const Clock& App::clock() const { return parts_->clock; }

void App::GroupStored(const AlertGroup& group, const StoredGroup& stored,
                      Duration took) {
  parts_->metrics->OnStage(Stage::kIntake, "stored", took);
  parts_->metrics->GroupReceived(group);
  if (stored.waiting > 0) parts_->flow->Poke();
}

void App::WebhookAnswered(int status) {
  parts_->metrics->WebhookAnswered(status);
}

void App::PayloadRefused() { parts_->metrics->PayloadRefused(); }

bool App::Ready() const { return parts_->store->Writable(); }

std::string App::MetricsText() {
  return metrics_page_.Get(parts_->clock.SteadyNow(),
                           [this] { return FreshMetrics(); });
}

std::string App::FreshMetrics() {
  telemetry::Metrics& metrics = *parts_->metrics;
  metrics.KnowRunbooks(parts_->RunbookNames());
  metrics.SetQueueDepth(parts_->flow->QueueDepth());
  const Time now = parts_->clock.Now();
  const auto seen = parts_->sightings.Watchdog();
  const bool looks = parts_->role != Role::kReceiver;
  metrics.SetBlind(seen ? now - *seen > kBlindAfter
                        : looks && parts_->config.guards.require_watchdog);
  const guard::ClockReading clock = parts_->surroundings->Read().clock;
  const Duration server = clock.server.value_or(Duration::zero());
  metrics.SetClockSkew(std::abs(server.count()) > std::abs(clock.wall.count())
                           ? server
                           : clock.wall);
  const auto state = parts_->history().Recent(now);
  metrics.OnDependency("store", state.ok() && parts_->store->Writable());
  // What cannot be read counts as on.
  metrics.SetKillSwitch(!state.ok() || state->kill_switch.on ||
                        parts_->switches->Read().on());
  if (state.ok()) {
    std::vector<std::string> open;
    for (const BreakerRow& row : state->breakers) open.push_back(row.scope);
    metrics.SetOpenBreakers(open);
  }
  metrics.SetOffRunbooks(parts_->access->Off());
  return metrics.Text();
}

Result<std::string> App::ListIncidents(const IncidentQuery& query) {
  auto page = parts_->store->List(query);
  if (!page.ok()) return page.error();
  return IncidentListJson(page->items, page->next);
}

Result<std::string> App::IncidentById(const std::string& id) {
  auto incident = parts_->store->Load(id);
  if (!incident.ok()) return incident.error();
  return IncidentJson(*incident);
}

Result<std::string> App::Timeline(const std::string& id) {
  auto incident = parts_->store->Load(id);
  if (!incident.ok()) return incident.error();
  auto records = parts_->store->Find(id);
  if (!records.ok()) return records.error();
  return TimelineJson(*records);
}

Result<std::string> App::Evidence(const std::string& id) {
  auto evidence = parts_->store->Evidence(id);
  if (!evidence.ok()) return evidence.error();
  return EvidenceJson(evidence->shown, evidence->later,
                      score_lines_.Of(id, evidence->shown));
}

Result<std::string> App::Decide(const ApprovalDecision& decision) {
  auto incident = parts_->Decide(decision);
  if (!incident.ok()) return incident.error();
  return IncidentJson(*incident);
}

ChatAnswer App::FromSlack(const ChatRequest& request) {
  if (!parts_->slack) return {401, "no bot of Slack is configured"};
  return parts_->slack->Answer(request);
}

Result<std::string> App::KillSwitch() {
  auto state = parts_->history().Recent(parts_->clock.Now());
  if (!state.ok()) return state.error();
  const KillSwitchRow& row = state->kill_switch;
  SwitchReading reading = parts_->switches->Read();
  std::optional<Time> since = parts_->switches->flagged_at();
  if (row.on) {
    reading.sources.emplace_back("store");
    reading.reason = row.reason;
    since = since ? std::min(*since, row.since) : row.since;
  }
  return KillSwitchJson(reading.sources, reading.reason, since);
}

Result<std::string> App::SetKillSwitch(bool on, const std::string& reason,
                                       const std::string& by) {
  // The process stops first and starts last: a store that fails must never
  // leave it less stopped than before.
  const bool before = parts_->switches->flag();
  const Time now = parts_->clock.Now();
  if (on && !before) parts_->switches->SetFlag(true, now);
  const KillSwitchRow row{.on = on, .reason = reason, .by = by, .since = now};
  auto written = parts_->history().SetKillSwitch(row);
  metrics_page_.Drop();
  if (!written.ok()) return written.error();
  if (!on || !before) parts_->switches->SetFlag(false, now);
  parts_->log->Warn(on ? "kill switch set" : "kill switch cleared",
                    {{"by", by}, {"reason", reason}});
  return KillSwitch();
}

Result<std::string> App::Breakers() {
  auto state = parts_->history().Recent(parts_->clock.Now());
  if (!state.ok()) return state.error();
  return BreakersJson(parts_->BreakerScopes(), state->breakers);
}

Result<std::string> App::SetBreaker(const std::string& scope, bool open,
                                    const std::string& reason,
                                    const std::string& by) {
  const Time now = parts_->clock.Now();
  auto state = parts_->history().Recent(now);
  if (!state.ok()) return state.error();
  std::set<std::string> known = parts_->BreakerScopes();
  for (const BreakerRow& row : state->breakers) known.insert(row.scope);
  if (!known.contains(scope)) {
    return Error{Code::kNotFound, "no breaker has the scope " + scope};
  }
  BreakerChange change{scope, std::nullopt, by, reason};
  if (open) change.row = BreakerRow{scope, now, reason, std::nullopt};
  auto written = parts_->history().SetBreaker(change);
  metrics_page_.Drop();
  if (!written.ok()) return written.error();
  parts_->log->Warn(open ? "breaker opened" : "breaker closed",
                    {{"scope", scope}, {"by", by}, {"reason", reason}});
  state = parts_->history().Recent(now);
  if (!state.ok()) return state.error();
  return BreakerJson(scope, state->breakers);
}

std::string App::ConfigJson() const {
  return EffectiveConfigJson(parts_->config);
}

std::string App::RulesJson() const {
  return yaml::RulesJson(*parts_->runbooks->Current());
}

std::string App::RunbooksJson() const {
  return yaml::RunbooksJson(*parts_->runbooks->Current());
}

void App::SetProcessSwitch() {
  // First the process, which needs no store; then the store, for the next one.
  const Time now = parts_->clock.Now();
  parts_->switches->SetFlag(true, now);
  metrics_page_.Drop();
  parts_->log->Warn("kill switch set", {{"by", "SIGUSR1"}});
  const auto written = parts_->history().SetKillSwitch(
      {.on = true, .reason = "SIGUSR1", .by = "signal", .since = now});
  if (!written.ok()) {
    parts_->log->Error(
        "the kill switch is not stored: it ends with the process",
        {{"error", written.error().message}});
  }
}

const std::string& App::HistoryUsed() const {
  return parts_->borrowed.sentence;
}

Result<std::vector<Explanation>> App::Explain(std::string_view payload) {
  auto group = ParseAlertGroup(payload, IntakeLimits{});
  if (!group.ok()) return group.error().With("payload");
  parts_->surroundings->LookAtCluster();
  parts_->access->RunOnce();
  return selfheal::Explain(*parts_->ports, *parts_->targets, *group);
}

}  // namespace selfheal
