#include "contract/store_world.h"

#include <stdlib.h>

#include <filesystem>

#include "adapters/crypto/digest.h"
#include "core/ids.h"

namespace selfheal::testing {
namespace {

std::string MakeFolder() {
  std::string pattern = ::testing::TempDir() + "/selfheal-store-XXXXXX";
  SELFHEAL_CHECK(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

}  // namespace

Config::GuardsConfig LooseGuards() {
  Config::GuardsConfig guards;
  guards.cooldown = seconds(0);
  guards.max_restarts_per_hour = 1000;
  guards.max_actions_in_flight = 3;
  guards.max_actions_per_10m = 1000;
  guards.max_actions_per_hour = 1000;
  guards.same_runbook_per_day = 1000;
  return guards;
}

SqlStoreOptions PatientOptions(const Clock& clock) {
  SqlStoreOptions options{.digester = Sha256Hex, .clock = &clock};
  // A loaded machine may be slow; how long callers wait is tested elsewhere.
  options.limits.wait = std::chrono::seconds(30);
  return options;
}

StoreContract::StoreContract() : folder_(MakeFolder()) {}

void StoreContract::SetUp() {
  const StoreKind& kind = GetParam();
  if (const std::string why = kind.lacking ? kind.lacking() : "";
      !why.empty()) {
    GTEST_SKIP() << why;
  }
  store_ = kind.open(folder_, clock_);
}

StoreContract::~StoreContract() {
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void StoreContract::Reopen() {
  store_.reset();
  store_ = GetParam().open(folder_, clock_);
}

AlertGroup StoreContract::Group(std::vector<Alert> alerts) const {
  AlertGroup group;
  group.version = "4";
  group.received = alerts.size();
  group.alerts = std::move(alerts);
  return group;
}

Alert StoreContract::Firing(const std::string& name, seconds age) const {
  Alert alert;
  alert.labels = {{"alertname", name}, {"namespace", "shop"}};
  alert.annotations = {{"summary", "\xc3\xa9 and \"quotes\""}};
  alert.fingerprint = Fingerprint(alert.labels);
  alert.starts_at = now() - age;
  alert.generator_url = "http://prometheus/graph?g0.expr=up";
  return alert;
}

Alert StoreContract::Resolved(const std::string& name, seconds age) const {
  Alert alert = Firing(name, age);
  alert.status = AlertStatus::kResolved;
  alert.ends_at = now();
  return alert;
}

Incident StoreContract::NewIncident(const std::string& name) const {
  Incident incident;
  incident.id = NewUlid(now());
  incident.type = IncidentType::kMemoryLeak;
  incident.opened_at = now();
  incident.target = {ObjectKind::kDeployment, "shop", name};
  incident.target_uid = "uid-" + name;
  incident.rule = "memory-leak";
  incident.reason = "A new alert.";
  return incident;
}

Incident StoreContract::Stored(const std::string& name) {
  Incident incident = NewIncident(name);
  const Result<void> saved = Save(incident);
  EXPECT_TRUE(saved.ok()) << saved.error().message;
  return incident;
}

Result<void> StoreContract::Save(const Incident& incident) {
  IncidentUpdate update;
  update.incident = &incident;
  return store().incidents.Save(update);
}

PermitRequest Restart(const Incident& incident, const std::string& action_id) {
  PermitRequest request;
  request.purpose.incident_id = incident.id;
  request.purpose.action_id = action_id;
  request.purpose.intent_id = action_id + "/canary/1";
  request.purpose.kind = ActionKind::kRollingRestart;
  request.purpose.phase = "canary";
  request.purpose.target = incident.target;
  request.purpose.target_uid = incident.target_uid;
  request.purpose.runbook = "memory-leak";
  request.purpose.plan_hash = "hash-1";
  request.mutation =
      DeletePod{{ObjectKind::kPod, "shop", "cart-1"}, "uid-pod", "42"};
  request.request = {"DELETE", "/api/v1/namespaces/shop/pods/cart-1",
                     "application/json", std::string("{\"a\":\0\xff}", 8)};
  request.guards = LooseGuards();
  return request;
}

Incident StoreContract::Knowing(const Incident& incident) {
  Incident knowing = incident;
  const auto intents = store().audit.Intents(incident.id);
  for (const StoredIntent& intent : *intents) {
    Execution& execution = knowing.executions.emplace_back();
    execution.intent_id = intent.purpose.intent_id;
  }
  return knowing;
}

Result<Intent> StoreContract::Record(const PermitRequest& request,
                                     const Incident& incident) {
  const std::vector<AuditRecord> none;
  Incident next = Knowing(incident);
  next.executions.emplace_back().intent_id = request.purpose.intent_id;
  return store().audit.RecordIntent(MakePermit(request, clock_), next, none);
}

Result<void> StoreContract::End(const Incident& incident,
                                const std::string& action_id,
                                ActionResult result) {
  const Incident knowing = Knowing(incident);
  IncidentUpdate update;
  update.incident = &knowing;
  update.action_end = ActionEnd{action_id, result};
  return store().incidents.Save(update);
}

}  // namespace selfheal::testing
