#pragma once

#include <optional>
#include <string>

#include "adapters/sql/connection.h"
#include "core/incident.h"
#include "record/approval_store.h"

namespace selfheal::sql {

/// The incident's last question to people.
Result<std::optional<Approval>> LastApproval(Connection& db,
                                             const std::string& incident);

/// Writes a question that is new, or that expired; a new question and the end
/// of the incident take back those before.
Result<void> SaveApproval(Connection& db, const std::string& incident,
                          const std::optional<Approval>& approval,
                          bool finished);

/// Pending -> granted or denied, of exactly this plan, before its expiry; a
/// grant that is not the last one needed leaves it pending.
///
/// @error kFailedPrecondition  not pending, expired, of another plan, or
///        granted by the same name before.
Result<void> DecideApproval(Connection& db, const ApprovalDecision& decision,
                            Time now);

/// Granted -> consumed by an action; returns who granted it.
///
/// A grant covers one action: its later intents find it consumed by the same
/// action and pass.
/// @error kFailedPrecondition  no unexpired grant of this plan and uid.
Result<std::string> ConsumeApproval(Connection& db,
                                    const MutationPurpose& purpose, Time now);

}  // namespace selfheal::sql
