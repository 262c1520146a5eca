#pragma once

#include <vector>

#include "core/alert.h"
#include "core/explanation.h"
#include "correlate/target_resolver.h"
#include "flow/flow_ports.h"

namespace selfheal {

/// Takes each alert through the pipeline against the live sources, read-only:
/// nothing is stored, asked or sent.
///
/// @error kUnavailable and others  a source can't be read.
Result<std::vector<Explanation>> Explain(const FlowPorts& ports,
                                         TargetResolver& targets,
                                         const AlertGroup& group);

}  // namespace selfheal
