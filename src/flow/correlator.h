#pragma once

#include <functional>
#include <string>

#include "core/clock.h"
#include "core/incident.h"
#include "core/log.h"
#include "correlate/incident_store.h"
#include "correlate/target_resolver.h"
#include "flow/flow_observer.h"
#include "intake/alert_store.h"
#include "plan/runbook_source.h"

namespace selfheal {

/// Turns stored alerts into incidents: a level, not an event, so a crash in
/// between loses nothing. Called by one thread.
class Correlator {
 public:
  struct Ports {
    AlertStore& alerts;
    IncidentStore& incidents;
    CorrelationStore& links;
    RunbookSource& runbooks;
    TargetResolver& targets;
    FlowObserver& observer;
    Logger& log;
    const Clock& clock;
    /// An incident has something to look at.
    std::function<void(const Incident&)> wake;
  };

  explicit Correlator(Ports ports) : ports_(std::move(ports)) {}

  /// Handles every alert that no pass has looked at.
  ///
  /// @return true where some must wait, as the cluster did not answer.
  /// @error kUnavailable  the store.
  Result<bool> Drain();

 private:
  /// kEnded: the incident had ended before the alert could join it.
  enum class Handled { kDone, kWait, kEnded };

  Result<Handled> Handle(const StoredAlert& stored, const RuleSet& rules);
  Result<Handled> Open(const StoredAlert& stored, const Rule& rule);
  Result<Handled> Merge(const StoredAlert& stored, const std::string& id);
  Result<Handled> Create(const StoredAlert& stored, Incident incident);

  Ports ports_;
};

}  // namespace selfheal
