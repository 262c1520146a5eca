#pragma once

#include <functional>
#include <optional>

#include "collect/change_journal.h"
#include "collect/collector.h"
#include "config/config.h"
#include "core/clock.h"
#include "core/cluster.h"
#include "core/digest.h"
#include "core/log.h"
#include "correlate/incident_store.h"
#include "execute/cluster_client.h"
#include "execute/executor.h"
#include "flow/flow_observer.h"
#include "guard/action_history.h"
#include "guard/guard_chain.h"
#include "guard/guards.h"
#include "plan/runbook_source.h"
#include "record/audit_store.h"
#include "record/notifier.h"

namespace selfheal {

/// Everything that the pipeline stands on; each outlives it.
struct FlowPorts {
  const Config& config;
  const Clock& clock;
  RunbookSource& runbooks;
  const Collector& collector;
  ChangeJournal& changes;
  ClusterView& cluster;
  ClusterClient& client;
  Executor& executor;
  guard::GuardChain& guards;
  ActionHistory& history;
  IncidentStore& incidents;
  CorrelationStore& links;
  AuditStore& audit;
  Notifier& notifier;
  FlowObserver& observer;
  Logger& log;
  Digester digest;
  /// When the Watchdog alert was last seen; empty = never.
  std::function<std::optional<Time>()> watchdog_seen;
  /// When the watch expression of a rule last named a target.
  std::function<std::optional<Time>(const std::string& rule,
                                    const ObjectRef& target)>
      gate_seen;
};

/// Why no action may touch an object, or "", as `guards` see it by itself.
inline std::function<std::string(const ClusterObject&)> ProtectedBy(
    const guard::GuardChain& guards) {
  return std::bind_front(guard::ProtectionOf, std::cref(guards.policy()));
}

}  // namespace selfheal
