#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/assessment.h"
#include "core/evidence.h"

namespace selfheal {

/// Changes with every change of what the judge computes or says.
inline constexpr std::string_view kJudgeVersion = "4";

/// Says whether `window` confirms an incident as `spec` asks.
///
/// @param window  Each metric with its fine window and coarse baseline. The
///                anomaly part thins the window to the baseline's step.
/// @param seed    Of the forests; from the incident's id.
/// @return        Inconclusive, with the reason, where the evidence has a
///                problem, a metric that is not optional has one, or all are
///                constant. An optional metric with a problem is left out, and
///                leaving it out never confirms what its presence would not.
/// Total: never throws. Deterministic to the bit. Thread-safe. Cost: a few
/// milliseconds for 8 metrics and a baseline of 864 rows.
Assessment Judge(const EvidenceWindow& window, const ConfirmSpec& spec,
                 std::uint64_t seed);

/// For the eye: the score that Judge would have given at each point of the
/// longest grid of `window`, from what was known then, before `together_with`
/// is asked. The last one is that of Judge; NaN where it would have been
/// inconclusive. The detectors are fitted
/// once, so it costs a few times what Judge does.
std::vector<double> ScoreLine(const EvidenceWindow& window,
                              const ConfirmSpec& spec, std::uint64_t seed);

}  // namespace selfheal
