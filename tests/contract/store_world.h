#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "adapters/sql/sql_store.h"
#include "correlate/incident_store.h"
#include "guard/action_history.h"
#include "intake/alert_store.h"
#include "record/approval_store.h"
#include "record/audit_store.h"
#include "record/heartbeat_store.h"
#include "record/incident_reader.h"
#include "sim/fakes/fake_clock.h"
#include "support/permits.h"

namespace selfheal::testing {

/// One store behind all of its ports.
class StoreHandle {
 public:
  template <typename Store>
  explicit StoreHandle(std::shared_ptr<Store> store)
      : alerts(*store),
        incidents(*store),
        correlation(*store),
        audit(*store),
        history(*store),
        approvals(*store),
        reader(*store),
        beats(*store),
        owner_(std::move(store)) {}

  AlertStore& alerts;
  IncidentStore& incidents;
  CorrelationStore& correlation;
  AuditStore& audit;
  ActionHistory& history;
  ApprovalStore& approvals;
  IncidentReader& reader;
  HeartbeatStore& beats;

 private:
  std::shared_ptr<void> owner_;
};

/// A kind of store, by name.
struct StoreKind {
  std::string name;
  /// An empty store with its state in `folder`; a second call with the same
  /// folder, after the first store is gone, finds what was written.
  std::function<std::unique_ptr<StoreHandle>(const std::string& folder,
                                             const Clock& clock)>
      open;
  bool durable = false;
  /// Why it can't be had on this machine; empty, or "": it can.
  std::function<std::string()> lacking{};
};

inline void PrintTo(const StoreKind& kind, std::ostream* out) {
  *out << kind.name;
}

/// What every implementation of the store's ports must do.
class StoreContract : public ::testing::TestWithParam<StoreKind> {
 protected:
  StoreContract();
  ~StoreContract() override;
  void SetUp() override;

  StoreHandle& store() { return *store_; }
  Time now() const { return clock_.Now(); }
  /// Closes the store and opens it again.
  void Reopen();

  AlertGroup Group(std::vector<Alert> alerts) const;
  /// A firing alert that began `age` ago.
  Alert Firing(const std::string& name, seconds age) const;
  /// The end of such an alert, now.
  Alert Resolved(const std::string& name, seconds age) const;

  /// An open incident of Deployment/shop/`name`, not yet stored.
  Incident NewIncident(const std::string& name) const;
  /// Stores it and returns it.
  Incident Stored(const std::string& name);
  Result<void> Save(const Incident& incident);

  /// Of an incident that knows of all its intents.
  Result<Intent> Record(const PermitRequest& request, const Incident& incident);
  /// Ends the action of an earlier Record.
  Result<void> End(const Incident& incident, const std::string& action_id,
                   ActionResult result);

  FakeClock clock_;

 private:
  /// The incident with an execution for every intent that is stored.
  Incident Knowing(const Incident& incident);

  std::string folder_;
  std::unique_ptr<StoreHandle> store_;
};

/// Of a store whose callers wait as long as it takes.
SqlStoreOptions PatientOptions(const Clock& clock);

/// Budgets that stand in no test's way.
Config::GuardsConfig LooseGuards();

/// A request for the first intent of a new action on the incident's target.
PermitRequest Restart(const Incident& incident, const std::string& action_id);

}  // namespace selfheal::testing
