#include "flow/gap_closer.h"

#include <utility>

namespace selfheal {

void GapCloser::RunOnce() {
  auto active = ports_.source.Active();
  ports_.observer.OnDependency("alertmanager", active.ok());
  if (!active.ok()) {
    ports_.log.Warn("active alerts not read",
                    {{"error", active.error().message}});
    return;
  }
  const Time now = ports_.clock.Now();
  AlertGroup group;
  group.version = "4";
  group.group_key = "gap";
  group.receiver = "selfheal";
  for (Alert& alert : *active) {
    if (AlertName(alert) == "Watchdog") ports_.sightings.SawWatchdog(now);
    group.alerts.push_back(std::move(alert));
  }
  group.received = group.alerts.size();
  if (group.alerts.empty()) return;
  auto stored = ports_.alerts.Append(group, now);
  ports_.observer.OnDependency("store", stored.ok());
  if (!stored.ok()) {
    ports_.log.Error("active alerts not stored",
                     {{"error", stored.error().message}});
    return;
  }
  if (stored->fresh == 0) return;
  ports_.log.Info("alerts found that were never posted",
                  {{"alerts", static_cast<std::int64_t>(stored->fresh)}});
  ports_.wake();
}

}  // namespace selfheal
