#pragma once

#include "adapters/yaml/tree.h"
#include "config/config.h"
#include "core/rule.h"

namespace selfheal::yaml {

/// Reads `spec.confirm` (null = not written) into `rule.confirm`, over the
/// values of `config.judge`. `rule.evidence` must be read already.
void ReadConfirm(const Node* node, const Config& config, Rule& rule,
                 FindingSink& sink);

}  // namespace selfheal::yaml
