#pragma once

#include "adapters/yaml/tree.h"
#include "core/rule.h"

namespace selfheal::yaml {

/// Reads `spec.evidence`: a map of names to queries. `rule.target` must be
/// set, since it decides which placeholders there are.
void ReadEvidence(const Node& node, Rule& rule, FindingSink& sink);

}  // namespace selfheal::yaml
