#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/incident.h"
#include "core/log.h"
#include "correlate/incident_store.h"
#include "correlate/target_resolver.h"
#include "flow/flow_observer.h"
#include "intake/alert_store.h"
#include "plan/runbook_source.h"
#include "record/notifier.h"

namespace selfheal {

/// Turns stored alerts into incidents: a level, not an event, so a crash in
/// between loses nothing. Called by one thread.
///
/// Alerts are taken a few hundred at a time. Those of one target cost one look
/// at the cluster, those of one incident one audit record, and all of them one
/// transaction, but for the incidents that are opened. What needs no look at
/// the cluster goes first, and a cluster that stays silent once is not asked
/// again in the same pass.
class Correlator {
 public:
  struct Ports {
    AlertStore& alerts;
    IncidentStore& incidents;
    CorrelationStore& links;
    RunbookSource& runbooks;
    TargetResolver& targets;
    Notifier& notifier;
    /// Opted in; "*" = all.
    const std::vector<std::string>& namespaces;
    FlowObserver& observer;
    Logger& log;
    const Clock& clock;
    /// An incident has something to look at, at the latest after so long.
    std::function<void(const Incident&, Duration)> wake;
    /// What can be measured of an alert whose target nobody acts on, one
    /// sentence or ""; asked once for each that people are told of.
    std::function<std::string(const Incident&, const Labels&)> measure = {};
  };

  explicit Correlator(Ports ports) : ports_(std::move(ports)) {}

  /// What a call of Drain left behind.
  enum class Left {
    kNothing,
    kPerhaps,  ///< Others may have come meanwhile.
    kWaiting,  ///< Some wait for a cluster that did not answer.
  };

  /// Handles the alerts that no pass has looked at; ends with the first few
  /// hundred that are not a whole pass, so that a flood is paced.
  ///
  /// @error kUnavailable  the store.
  Result<Left> Drain();

 private:
  struct Joining;
  struct Pass;

  Result<void> Sort(const StoredAlert& stored, Pass& pass);
  Result<void> Open(const StoredAlert& stored, const Rule& rule, Pass& pass);
  bool OptedIn(const std::string& ns) const;
  Result<void> Strand(const StoredAlert& stored, const Rule& rule,
                      const Error& why, Pass& pass);
  Result<void> JoinKnown(const StoredAlert& stored, Pass& pass);
  const Result<ResolvedTarget>& Resolve(const StoredAlert& stored,
                                        const Rule& rule, Pass& pass);
  enum class Tell { kPeople, kNobody };
  /// Tells of an alert without a target: once a while for all that name the
  /// same.
  Result<void> Escalate(const StoredAlert& stored, Incident incident, Tell tell,
                        Pass& pass);
  Result<void> Create(const std::vector<const StoredAlert*>& alerts,
                      Incident incident);
  /// Writes down what joined or matched nothing, and wakes or replaces the
  /// incidents.
  Result<void> Finish(Pass& pass);
  Result<void> Wake(const Joining& joining);

  Ports ports_;
  /// The last incident without a target, by what its alerts name.
  std::map<std::pair<ObjectRef, IncidentType>, Incident> told_;
};

}  // namespace selfheal
