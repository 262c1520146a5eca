#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/assessment.h"
#include "core/evidence.h"

namespace selfheal::assess {

/// How the first reason of what nothing else shows begins.
inline constexpr std::string_view kNothingShows =
    "nothing shows that it is felt: ";

/// Holds a confirmed assessment against the metrics that `names` lists: one of
/// them has to stand out on its bad side, or be past its limit. None does: not
/// confirmed. None could be measured: inconclusive, for what is felt is not
/// known. Some could not: the confidence falls by their share.
///
/// @param measured  those that can be used, of any name.
void BearOut(const std::vector<const MetricWindow*>& measured,
             const std::vector<std::string>& names, double threshold,
             Assessment& assessment);

}  // namespace selfheal::assess
