#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/assessment.h"
#include "core/evidence.h"
#include "core/kept_evidence.h"
#include "core/result.h"

namespace selfheal {

/// Every field of `kept`, to the bit; NaN and infinities are written as null.
std::string StoredEvidenceJson(const KeptEvidence& kept);

/// The inverse of StoredEvidenceJson; null reads as NaN.
///
/// @error kDataLoss  the text is not what StoredEvidenceJson writes.
Result<KeptEvidence> ParseStoredEvidence(std::string_view text);

/// The evidence for plotting: a window a metric with its points, the band of
/// its baseline (1st to 99th percentile), scores and limit; the forecast.
///
/// @param shown   nobody judged it: no forecast.
/// @param later   how it went on; its points stand behind those of `shown`, a
///                gap between them is one null.
/// @param scores  of the last points of the windows of `shown`; NaN = none.
std::string EvidenceJson(const KeptEvidence& shown,
                         const std::optional<EvidenceWindow>& later,
                         const std::vector<double>& scores);

}  // namespace selfheal
