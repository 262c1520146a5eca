#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "adapters/yaml/tree.h"
#include "config/config.h"
#include "core/rule.h"

namespace selfheal::yaml {

/// A runbook with the places that checks across files point at.
struct LoadedRunbook {
  Runbook runbook;
  std::vector<SourcePosition> steps_at;  ///< One an item of runbook.steps.
};

/// Reads a `kind: Runbook` document; what is not written comes from `config`,
/// whose guards a runbook may only tighten. The digest is left empty.
/// Nullopt where `sink` got a finding.
std::optional<LoadedRunbook> ReadRunbook(const Node& root, const Config& config,
                                         FindingSink& sink);

/// True where an object that `mode` names can take the action.
bool CanTake(TargetMode mode, ActionKind kind);

/// True where the action's object is no part of the target's name, but named
/// by every cause on which the step is taken: one pod of a workload, a node.
bool NamesItsObject(TargetMode mode, const RunbookStep& step);

/// "pod", "workload", "node", "volume", "certificate".
std::string_view TargetModeName(TargetMode mode);

}  // namespace selfheal::yaml
