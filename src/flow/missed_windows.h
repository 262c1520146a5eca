#pragma once

#include <functional>
#include <string>
#include <vector>

#include "collect/metric_source.h"
#include "core/alert.h"
#include "core/clock.h"
#include "core/log.h"
#include "flow/flow_observer.h"
#include "intake/alert_store.h"
#include "plan/runbook_source.h"
#include "record/audit_store.h"
#include "record/heartbeat_store.h"
#include "record/notifier.h"

namespace selfheal {

/// Tells what came and went while we were not there: alerts that a rule
/// matches, that Prometheus remembers (`ALERTS`) and that were never posted.
/// What still fires is the gap closer's. Called by one thread.
class MissedWindows {
 public:
  struct Ports {
    const Clock& clock;
    MetricSource& metrics;
    AlertStore& alerts;
    AuditStore& audit;
    HeartbeatStore& beats;
    RunbookSource& runbooks;
    Notifier& notifier;
    FlowObserver& observer;
    Logger& log;
    /// Of one query.
    Duration timeout;
    std::string boot_id;
  };

  explicit MissedWindows(Ports ports) : ports_(std::move(ports)) {}

  /// Every minute: where the last sign of life is too old, reports each
  /// episode since then once (audit, metric, one notice, and a resolved alert
  /// in the store); then leaves a new sign of life. Where Prometheus or the
  /// store does not answer, the old one stays and the next run tries again.
  void RunOnce();

 private:
  /// From the last sign of life until now.
  struct Outage {
    Time start;
    Time end;
  };

  Result<void> Report(const Outage& outage);
  Result<std::vector<Alert>> Episodes(const Outage& outage);
  Result<bool> Known(const Alert& episode, const Outage& outage);
  Result<void> Keep(const Alert& episode, const Outage& outage);
  void Tell(const std::vector<Alert>& missed, const Outage& outage);

  const Ports ports_;
};

}  // namespace selfheal
