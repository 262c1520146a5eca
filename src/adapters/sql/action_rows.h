#pragma once

#include <string>
#include <vector>

#include "adapters/sql/connection.h"
#include "core/budget.h"
#include "correlate/incident_store.h"

namespace selfheal::sql {

/// Stored form of an object, and its inverse; unlike ParseObjectRef it keeps
/// names that Kubernetes would refuse.
std::string TargetText(const ObjectRef& ref);
ObjectRef TargetFrom(const std::string& text);

/// Actions that the budgets count: started in the last 24 h, or in flight.
Result<std::vector<ActionRow>> RecentActions(Connection& db, Time now);

Result<std::optional<ActionRow>> FindAction(Connection& db,
                                            const std::string& action_id);
Result<void> InsertAction(Connection& db, const ActionRow& row);

/// Ends an action that is in flight; ending it again the same way, or one that
/// came to no intent, is no change.
///
/// @error kFailedPrecondition  it ended otherwise.
Result<void> EndAction(Connection& db, const ActionEnd& end, Time now);

}  // namespace selfheal::sql
