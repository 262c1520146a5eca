#pragma once

#include "assess/cause_view.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// Cause::kNewRevision: the trouble began with the newest change of the
/// template. The metrics with a limit were within it before, and the first of
/// them went past it within the hour after. A mere restart is no change,
/// nor is the first revision of all.
///
/// Inconclusive where too little was measured before the change. Pure.
CauseView BeganWithRevision(const EvidenceWindow& evidence);

}  // namespace selfheal::assess
