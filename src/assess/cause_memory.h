#pragma once

#include "assess/cause_view.h"
#include "core/cause.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// Why memory ran out, from the metric `memory_usage_percent` (or the first
/// that begins with "memory" and has a limit); at most one holds:
///  - Cause::kLeak: between two restarts it climbs steadily by a quarter of the
///    limit or more, and not because the load does;
///  - Cause::kLowLimit: it follows the load up to the limit, or stands near the
///    limit without climbing, or is there again right after each restart.
///
/// Inconclusive where it was not measured against a limit. Pure.
CauseView MemoryView(const EvidenceWindow& evidence, Cause cause);

}  // namespace selfheal::assess
