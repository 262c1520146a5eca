#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/alertmanager/alertmanager_source.h"
#include "adapters/prometheus/prometheus_source.h"
#include "adapters/sql/sql_store.h"
#include "adapters/telemetry/metrics.h"
#include "adapters/yaml/reloadable_runbooks.h"
#include "app/audit_watch.h"
#include "app/cluster_parts.h"
#include "app/role.h"
#include "app/slack_side.h"
#include "core/safe_clock.h"
#include "core/source_finding.h"
#include "execute/last_metre.h"
#include "flow/access_watch.h"
#include "flow/flow_service.h"
#include "flow/gap_closer.h"
#include "flow/missed_windows.h"
#include "flow/query_tally.h"
#include "flow/scale_back.h"
#include "flow/surroundings_watch.h"
#include "guard/process_switches.h"

namespace selfheal {

/// The memory of another process' store, for who only looks.
struct BorrowedHistory {
  std::unique_ptr<ActionHistory> history;  ///< Null: there is none to read.
  std::string sentence;                    ///< What was found, for people.
};

/// Opens the store that `config` names, read-only.
BorrowedHistory BorrowHistory(const Config& config);

/// Every object of the product, in the order in which it is built; members go
/// in reverse. Wiring only: nothing here decides.
class Parts {
 public:
  static Result<std::unique_ptr<Parts>> Build(
      const Config& config, std::vector<SourceFinding>* findings, Role role,
      BorrowedHistory borrowed = {});

  /// What the guards remember: our own store, or the borrowed one.
  ActionHistory& history();
  std::vector<std::string> RunbookNames() const;
  /// "global" and the names of the loaded runbooks.
  std::set<std::string> BreakerScopes() const;
  /// The one way in which people decide: durable, told, and the flow is woken.
  Result<Incident> Decide(const ApprovalDecision& decision);

  const Config config;
  const Role role;
  SystemClock wall;
  SafeClock clock{wall};
  std::unique_ptr<Logger> log;
  std::unique_ptr<yaml::ReloadableRunbooks> runbooks;
  std::unique_ptr<telemetry::Metrics> metrics;
  /// Null where no other process shares the store.
  std::shared_ptr<WorkClaims> claims;
  std::unique_ptr<SqlStore> store;
  /// Empty where the store is our own.
  BorrowedHistory borrowed;
  std::unique_ptr<prometheus::PrometheusSource> prometheus;
  /// Counts what becomes of evidence queries to `prometheus`.
  std::unique_ptr<QueryTally> tally;
  ClusterParts cluster;
  /// Null where no bot of Slack is configured.
  std::unique_ptr<SlackSide> slack;
  std::unique_ptr<Notifier> notifier;
  /// Null where no Alertmanager is configured: gap closing is off.
  std::unique_ptr<alertmanager::AlertmanagerSource> alertmanager;
  Sightings sightings;
  std::unique_ptr<guard::ProcessSwitches> switches;
  std::unique_ptr<AccessWatch> access;
  std::unique_ptr<SurroundingsWatch> surroundings;
  std::unique_ptr<Collector> collector;
  std::unique_ptr<TargetResolver> targets;
  std::unique_ptr<guard::GuardChain> guards;
  std::unique_ptr<LastMetre> last_metre;
  std::unique_ptr<Executor> executor;
  std::unique_ptr<FlowPorts> ports;
  std::unique_ptr<GapCloser> gap_closer;
  std::unique_ptr<MissedWindows> missed;
  std::unique_ptr<ScaleBack> scale_back;
  std::unique_ptr<FlowService> flow;
  std::unique_ptr<AuditWatch> audit_watch;

 private:
  Parts(const Config& c, Role r) : config(c), role(r) {}

  /// Somebody decided: whoever works on the incident looks at it.
  void Tell(const Incident& incident);
  /// Not any more where another process took its target over.
  Result<void> CheckOurs(const Intent& intent) const;

  Result<void> OpenStore();
  Result<void> BuildSources();
  Result<void> BuildNotifier();
  Result<void> BuildAlertmanager();
  void BuildGuards();
  void BuildSurroundings();
  void BuildFlow();
  std::vector<Periodic> Jobs();
};

}  // namespace selfheal
