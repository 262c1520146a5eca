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

/// `value` in `unit` as people write it: "14 MiB", "250 ms", "3.2".
std::string Quantity(double value, const std::string& unit);

/// "40 s", "12 min", "3 hours", "3 days".
std::string Span(double seconds);

}  // namespace selfheal::assess
