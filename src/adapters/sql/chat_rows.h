#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sql/connection.h"
#include "record/chat_store.h"

namespace selfheal::sql {

Result<void> PutThread(Connection& db, const ChatThread& thread);
Result<void> DropThread(Connection& db, const std::string& incident_id);
Result<std::optional<ChatThread>> FindThread(Connection& db,
                                             const std::string& incident_id);
Result<std::optional<ChatThread>> FindThreadAt(Connection& db,
                                               const std::string& channel,
                                               const std::string& ts);

/// False where one of its keys is known. Forgets what was worked on and came a
/// day before.
Result<bool> InsertInput(Connection& db, const ChatInput& input);
Result<std::vector<ChatInput>> ReadWaitingInputs(Connection& db);
Result<void> EndInput(Connection& db, long long row);

}  // namespace selfheal::sql
