#pragma once

#include <optional>
#include <vector>

#include "adapters/yaml/tree.h"
#include "config/config.h"
#include "core/rule.h"

namespace selfheal::yaml {

/// A rule with the places that checks across files point at.
struct LoadedRule {
  Rule rule;
  SourcePosition runbook_at;
  std::vector<SourcePosition> alerts_at;  ///< One an item of rule.alerts.
};

/// Reads a `kind: Rule` document; what is not written comes from `config`.
/// The digest is left empty. Nullopt where `sink` got a finding.
std::optional<LoadedRule> ReadRule(const Node& root, const Config& config,
                                   FindingSink& sink);

}  // namespace selfheal::yaml
