#pragma once

#include <string>

#include "core/assessment.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// What an engineer would say about the assessment, one line: "memory 6.1
/// robust deviations above its last 3 days and rising 14 MiB a minute; reaches
/// the limit in 12 min (9-16)". Names at most three metrics.
std::string Sentence(const EvidenceWindow& window,
                     const Assessment& assessment);

}  // namespace selfheal::assess
