#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sql/connection.h"
#include "adapters/sql/writer.h"
#include "guard/action_history.h"

namespace selfheal::sql {

/// Actions that the budgets count: started in the last 24 h, or in flight.
Result<std::vector<ActionRow>> RecentActions(Connection& db, Time now);

/// Breakers that are open at `now`.
Result<std::vector<BreakerRow>> OpenBreakers(Connection& db, Time now);

Result<KillSwitchRow> ReadKillSwitch(Connection& db);

/// All that the guards remember.
Result<SafetyState> ReadSafety(Connection& db, Time now);

/// Opens, prolongs or closes a breaker; audited where that changes anything.
Result<void> WriteBreaker(WriteContext& context, const BreakerChange& change,
                          Time now);

/// Sets the stored kill switch; audited.
Result<void> WriteKillSwitch(WriteContext& context, const KillSwitchRow& row);

}  // namespace selfheal::sql
