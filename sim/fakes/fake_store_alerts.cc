#include <algorithm>
#include <set>

#include "sim/fakes/fake_store_state.h"

namespace selfheal::testing {
namespace {

using AlertRow = FakeStoreState::AlertRow;

AlertRow* Exact(FakeStoreState& state, const Alert& alert, AlertStatus status) {
  for (AlertRow& row : state.alerts) {
    const Alert& known = row.stored.alert;
    if (known.fingerprint == alert.fingerprint && known.status == status &&
        known.starts_at == alert.starts_at) {
      return &row;
    }
  }
  return nullptr;
}

AlertRow* MovedEarlier(FakeStoreState& state, const Alert& alert) {
  for (AlertRow& row : state.alerts) {
    const Alert& known = row.stored.alert;
    if (known.fingerprint == alert.fingerprint && row.burning &&
        known.starts_at > alert.starts_at) {
      return &row;
    }
  }
  return nullptr;
}

/// Ends the episodes that a resolved alert closes; returns their incident.
std::string EndEpisodes(FakeStoreState& state, const Alert& alert) {
  const Time ends = alert.ends_at.value_or(alert.starts_at);
  std::string incident;
  for (AlertRow& row : state.alerts) {
    const Alert& known = row.stored.alert;
    if (known.fingerprint != alert.fingerprint ||
        known.status != AlertStatus::kFiring) {
      continue;
    }
    const bool same = known.starts_at == alert.starts_at;
    const bool within =
        known.starts_at <= alert.starts_at || known.starts_at < ends;
    if (within && (row.burning || same) && !row.stored.incident.empty()) {
      incident = row.stored.incident;
    }
    if (within) row.burning = false;
  }
  return incident;
}

void Insert(FakeStoreState& state, const Alert& alert, bool burning,
            const std::string& incident, Time now) {
  state.alerts.push_back({{static_cast<long long>(state.alerts.size()) + 1,
                           alert, incident, false, now},
                          burning});
}

void Note(StoredGroup& group, const std::string& incident) {
  if (incident.empty()) return;
  if (std::find(group.incidents.begin(), group.incidents.end(), incident) ==
      group.incidents.end()) {
    group.incidents.push_back(incident);
  }
}

/// Takes the end of an episode back where it is a minute old; false: it is not.
bool TakeUpAgain(FakeStoreState& state, AlertRow& own, Time now) {
  Alert& alert = own.stored.alert;
  std::vector<AlertRow*> ends;
  for (AlertRow& row : state.alerts) {
    const Alert& known = row.stored.alert;
    if (known.fingerprint != alert.fingerprint) continue;
    if (row.burning) return false;
    if (known.status != AlertStatus::kResolved) continue;
    if (row.stored.received_at > now - seconds(60)) return false;
    if (known.starts_at == alert.starts_at ||
        (known.starts_at < alert.starts_at &&
         known.ends_at > alert.starts_at)) {
      ends.push_back(&row);
    }
  }
  if (ends.empty()) return false;
  for (AlertRow* end : ends) {
    end->stored.alert.fingerprint.clear();
    end->stored.incident.clear();
  }
  own.burning = true;
  own.stored.incident.clear();
  own.stored.correlated = false;
  own.stored.received_at = now;
  return true;
}

void AppendOne(FakeStoreState& state, const Alert& alert, Time now,
               StoredGroup& group) {
  AlertRow* known = Exact(state, alert, alert.status);
  const bool firing = alert.status == AlertStatus::kFiring;
  if (known != nullptr && firing && TakeUpAgain(state, *known, now)) {
    ++group.waiting;
    return;
  }
  if (known == nullptr && firing) known = MovedEarlier(state, alert);
  if (known != nullptr) return Note(group, known->stored.incident);
  ++group.fresh;
  ++group.waiting;
  if (firing) {
    const bool ended = Exact(state, alert, AlertStatus::kResolved) != nullptr;
    return Insert(state, alert, !ended, "", now);
  }
  const std::string incident = EndEpisodes(state, alert);
  Insert(state, alert, false, incident, now);
  Note(group, incident);
}

/// Gives the incident to the resolved rows that wait for this episode.
void LinkResolved(FakeStoreState& state, const Alert& firing,
                  const std::string& incident) {
  for (AlertRow& row : state.alerts) {
    const Alert& known = row.stored.alert;
    const bool same = known.starts_at == firing.starts_at ||
                      (known.starts_at < firing.starts_at && known.ends_at &&
                       *known.ends_at > firing.starts_at);
    if (same && known.fingerprint == firing.fingerprint &&
        known.status == AlertStatus::kResolved && row.stored.incident.empty() &&
        !row.stored.correlated) {
      row.stored.incident = incident;
    }
  }
}

}  // namespace

StoredGroup AppendAlerts(FakeStoreState& state, const AlertGroup& group,
                         Time now) {
  StoredGroup out;
  out.received = group.received;
  for (const Alert& alert : group.alerts) AppendOne(state, alert, now, out);
  return out;
}

Result<void> LinkAlerts(FakeStoreState& state,
                        const std::vector<long long>& rows,
                        const std::string& incident) {
  for (const long long row : rows) {
    if (row < 1 || row > static_cast<long long>(state.alerts.size())) {
      return Error{Code::kNotFound, "no alert row " + std::to_string(row)};
    }
    StoredAlert& stored =
        state.alerts[static_cast<std::size_t>(row - 1)].stored;
    stored.correlated = true;
    if (incident.empty()) continue;
    stored.incident = incident;
    if (stored.alert.status == AlertStatus::kFiring) {
      LinkResolved(state, Alert(stored.alert), incident);
    }
  }
  return {};
}

}  // namespace selfheal::testing
