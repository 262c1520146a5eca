#pragma once

#include <string>
#include <vector>

#include "sim/pipeline/pipeline.h"
#include "sim/scenario/scenario.h"

namespace selfheal::testing {

/// One expectation of a scenario that does not hold; each side has an item for
/// each item of a list, else one.
struct Difference {
  std::string what;
  std::vector<std::string> expected;
  std::vector<std::string> found;
};

/// "phase: expected Mitigated, found Escalated".
std::string ToString(const Difference& difference);

/// Tells `scenario` to a fresh pipeline made from its configuration; no
/// differences = it ended as written. Deterministic: the clock jumps from look
/// to look.
std::vector<Difference> Tell(const Scenario& scenario, Pipeline& pipeline);

}  // namespace selfheal::testing
