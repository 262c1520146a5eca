#pragma once

#include <string>
#include <vector>

#include "sim/pipeline/pipeline.h"
#include "sim/scenario/scenario.h"

namespace selfheal::testing {

/// Tells `scenario` to a fresh pipeline made from its configuration.
///
/// @return  one sentence for each expectation that does not hold, "phase:
///          expected Mitigated, found Escalated"; empty = it ended as written.
/// Deterministic: the clock jumps from look to look.
std::vector<std::string> Tell(const Scenario& scenario, Pipeline& pipeline);

}  // namespace selfheal::testing
