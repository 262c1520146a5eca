#pragma once

#include <string>
#include <vector>

#include "adapters/sql/connection.h"
#include "intake/alert_store.h"

namespace selfheal::sql {

/// An alert as its row holds it; made on the caller's thread.
struct AlertRow {
  std::string fingerprint;
  AlertStatus status = AlertStatus::kFiring;
  Time starts_at;
  std::optional<Time> ends_at;
  std::string alertname;
  std::string labels;
  std::string annotations;
  std::string generator_url;
  /// False: correlate need not look at it, unless it belongs to an incident.
  bool concerns = true;
};

AlertRow RowOf(const Alert& alert, bool concerns);

/// Stores what is new of `rows`; `received` of the answer is left at 0.
Result<StoredGroup> AppendAlerts(Connection& db,
                                 const std::vector<AlertRow>& rows, Time now);

/// Gives rows to an incident ("" = none) and marks them as looked at; gives it
/// the resolved rows too that wait for the same episodes.
Result<void> LinkAlerts(Connection& db, const std::vector<long long>& rows,
                        const std::string& incident);

Result<std::vector<StoredAlert>> UncorrelatedAlerts(Connection& db,
                                                    std::size_t limit);
Result<AlertPage> ListAlerts(Connection& db, const AlertQuery& query);

}  // namespace selfheal::sql
