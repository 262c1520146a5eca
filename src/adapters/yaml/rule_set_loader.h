#pragma once

#include <memory>
#include <vector>

#include "adapters/yaml/rule_json.h"
#include "config/config.h"
#include "core/result.h"
#include "core/rule.h"
#include "core/source_finding.h"

namespace selfheal::yaml {

/// Reads the rules and runbooks of the folders that `config` names and
/// validates them as a whole. All findings of all files are collected.
/// @error kInvalidArgument  there are findings; no set comes of them.
/// @error kNotFound  a folder, or a file, which then is among the findings,
/// cannot be read.
Result<std::shared_ptr<const RuleSet>> LoadRuleSet(
    const Config& config, const DigestFunction& digest,
    std::vector<SourceFinding>* findings);

}  // namespace selfheal::yaml
