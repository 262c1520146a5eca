#pragma once

#include <string>
#include <vector>

#include "core/source_finding.h"

namespace selfheal {

/// `[{"file":..,"line":..,"column":..,"message":..}]`, in ASCII.
std::string FindingsJson(const std::vector<SourceFinding>& findings);

}  // namespace selfheal
