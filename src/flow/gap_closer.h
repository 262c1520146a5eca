#pragma once

#include <functional>

#include "core/clock.h"
#include "core/log.h"
#include "flow/flow_observer.h"
#include "flow/sightings.h"
#include "intake/alert_source.h"
#include "intake/alert_store.h"

namespace selfheal {

/// Takes in what fires in Alertmanager and was never posted to us: a webhook
/// is an event, this makes it a level. Called by one thread.
class GapCloser {
 public:
  struct Ports {
    AlertSource& source;
    AlertStore& alerts;
    FlowObserver& observer;
    Logger& log;
    const Clock& clock;
    Sightings& sightings;
    /// Alerts were stored.
    std::function<void()> wake;
  };

  explicit GapCloser(Ports ports) : ports_(std::move(ports)) {}

  /// Reads the active alerts once and stores those that are new.
  void RunOnce();

 private:
  Ports ports_;
};

}  // namespace selfheal
