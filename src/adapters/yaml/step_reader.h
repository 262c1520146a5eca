#pragma once

#include <optional>

#include "adapters/yaml/tree.h"
#include "config/config.h"
#include "core/rule.h"

namespace selfheal::yaml {

/// Reads one step of a runbook; nullopt where its action is not known.
std::optional<RunbookStep> ReadStep(const Node& node, const Config& config,
                                    FindingSink& sink);

}  // namespace selfheal::yaml
