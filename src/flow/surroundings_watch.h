#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/cluster.h"
#include "core/log.h"
#include "core/mutex.h"
#include "core/safe_clock.h"
#include "flow/flow_observer.h"
#include "guard/action_history.h"
#include "guard/surroundings.h"
#include "record/audit_store.h"

namespace selfheal {

/// Looks at what surrounds all targets: how many there are, the nodes, their
/// versions and the API server's, and the clocks. In a storm it opens the
/// global breaker, also while no incident asks for anything.
///
/// Read is thread-safe; LookAtCluster and Tick belong to one thread each.
class SurroundingsWatch final : public guard::SurroundingsReader {
 public:
  struct Ports {
    const Config& config;
    SafeClock& clock;
    ClusterView& cluster;
    guard::ServerView& server;
    ActionHistory& history;
    AuditStore& audit;
    FlowObserver& observer;
    Logger& log;
    /// Evidence queries of the last 5 min.
    std::function<guard::QueryShare()> queries;
    std::function<std::vector<guard::MissingRight>()> missing_rights;
  };

  explicit SurroundingsWatch(Ports ports) : ports_(std::move(ports)) {}

  guard::Surroundings Read() override;

  /// Reads the cluster's part, every 30 s. Cost: 3 lists a namespace, 1 of
  /// the nodes, 1 read of the server.
  void LookAtCluster();
  /// Compares the clocks and looks for a storm, every second.
  void Tick();

 private:
  /// The namespaces to list; "" = every one.
  Result<void> CountTargets(std::map<ObjectKind, int>& population);
  void NoteVersions(const std::vector<ClusterObject>& nodes,
                    const std::string& server, Time now) REQUIRES(mutex_);
  void CompareClocks();
  void TakeOver(Duration skew);
  void LookForStorm();
  bool Note(const char* outcome, const std::string& reason, Fields data);

  const Ports ports_;

  mutable Mutex mutex_;
  guard::Surroundings last_ GUARDED_BY(mutex_);
  std::optional<SteadyTime> server_read_at_ GUARDED_BY(mutex_);
  std::string server_version_ GUARDED_BY(mutex_);
  std::map<std::string, std::string> versions_ GUARDED_BY(mutex_);
  std::optional<SteadyTime> upgrade_seen_at_ GUARDED_BY(mutex_);

  // Of Tick alone.
  bool was_off_ = false;
  /// Since when the API server says what our wall clock says, and both differ
  /// from our time.
  std::optional<SteadyTime> agreed_since_;
};

}  // namespace selfheal
