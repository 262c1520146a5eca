#pragma once

#include <optional>

#include "adapters/sql/writer.h"
#include "core/heartbeat.h"

namespace selfheal::sql {

/// The last sign of life; empty where there was none.
Result<std::optional<Heartbeat>> ReadHeartbeat(Connection& db);

Result<void> WriteHeartbeat(Connection& db, const Heartbeat& beat);

}  // namespace selfheal::sql
