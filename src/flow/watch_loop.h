#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "collect/collector.h"
#include "collect/metric_source.h"
#include "config/config.h"
#include "core/incident.h"
#include "core/log.h"
#include "correlate/incident_store.h"
#include "correlate/target_resolver.h"
#include "flow/flow_observer.h"
#include "flow/sightings.h"
#include "plan/runbook_source.h"

namespace selfheal {

/// Runs the rules that declare `watch` without any alert, so that a predicted
/// failure becomes an incident before Alertmanager fires. What the judge does
/// not confirm leaves no trace. RunOnce belongs to one thread.
class WatchLoop {
 public:
  struct Ports {
    const Config& config;
    const Clock& clock;
    MetricSource& metrics;
    const Collector& collector;
    TargetResolver& targets;
    IncidentStore& incidents;
    CorrelationStore& links;
    RunbookSource& runbooks;
    FlowObserver& observer;
    Logger& log;
    Sightings& sightings;
    std::function<void(const Incident&)> wake;
  };

  explicit WatchLoop(Ports ports) : ports_(std::move(ports)) {}

  /// Runs every watch expression once.
  void RunOnce();
  /// Notes whether Prometheus says that the Watchdog alert fires; every minute,
  /// whatever the period of the watch. May run beside RunOnce.
  void LookForWatchdog();

 private:
  void RunRule(const Rule& rule);
  void LookAt(const Rule& rule, const ResolvedTarget& target);
  void Open(const Rule& rule, const ResolvedTarget& target,
            Assessment assessment);

  Ports ports_;
  /// When an incident of a rule and target was opened last by this loop.
  std::map<std::pair<std::string, ObjectRef>, Time> opened_;
};

}  // namespace selfheal
