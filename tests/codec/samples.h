#pragma once

#include "core/evidence.h"
#include "core/incident.h"

namespace selfheal::testing {

/// An incident with every member set.
Incident FullIncident();

/// Two metrics; one with gaps and a limit.
EvidenceWindow FullEvidence();

}  // namespace selfheal::testing
