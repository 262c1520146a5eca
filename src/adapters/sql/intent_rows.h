#pragma once

#include <string>
#include <vector>

#include "adapters/sql/writer.h"
#include "core/execution.h"
#include "correlate/incident_store.h"

namespace selfheal::sql {

/// All of a Permit that its transaction needs; a Permit can't be copied and
/// may be gone while the transaction runs.
struct IntentRow {
  MutationPurpose purpose;
  Mutation mutation;
  WireRequest request;
  Budgets budgets;
  Time issued_at;
  Time deadline;
};

IntentRow RowOf(const Permit& permit);

/// Checks switches, breakers, budgets and approval, then writes the intent
/// and, where it is the first of its action, the action.
///
/// @return who approved it; "" where no approval was needed.
/// @error kFailedPrecondition  the first check that fails, by its name;
///        kAlreadyExists  the intent id.
Result<std::string> InsertIntent(Connection& db, const IntentRow& row,
                                 Time now);

/// The audit's row about an intent.
AuditRecord IntentRecord(const IntentRow& row, const std::string& approved_by,
                         const std::string& body_digest, Time now);

/// Writes how an open or unknown intent ended; the same end again is no
/// change.
///
/// @error kNotFound  no such intent; kFailedPrecondition  it ended otherwise.
Result<void> EndIntent(Connection& db, const IntentOutcome& end);

/// Who knows of the intents `known` alone may write about `incident`.
///
/// @error kAborted  another one has no outcome yet.
Result<void> CheckOpenIntents(Connection& db, const std::string& incident,
                              const std::vector<std::string>& known);

/// Intents of one incident, oldest first.
Result<std::vector<StoredIntent>> ListIntents(Connection& db,
                                              const std::string& incident);

}  // namespace selfheal::sql
