#pragma once

#include <string>
#include <string_view>

#include "core/incident.h"
#include "core/result.h"

namespace selfheal {

/// Every field of `incident`, lossless (a NaN is written as null).
std::string StoredIncidentJson(const Incident& incident);

/// The inverse of StoredIncidentJson.
///
/// @error kDataLoss  the text is not what StoredIncidentJson writes.
Result<Incident> ParseStoredIncident(std::string_view text);

}  // namespace selfheal
