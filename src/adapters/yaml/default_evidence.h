#pragma once

#include "core/rule.h"

namespace selfheal::yaml {

/// Adds to `rule` the features that every workload is judged by and that the
/// rule does not write itself: CPU, memory, errors, latencies and load, each
/// optional. Their rates look back as far as the rule does.
///
/// Precondition: `rule.look_back` is read. Does nothing for another target.
void AddDefaultEvidence(Rule& rule);

}  // namespace selfheal::yaml
