#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/result.h"
#include "core/source_finding.h"

namespace selfheal::yaml {

/// Names and values of environment variables.
using Environment = std::map<std::string, std::string>;

/// The variables of this process that the table of knobs names.
Environment ProcessEnvironment();

/// Reads the configuration: environment over YAML file over defaults.
///
/// Without `file`: ./config/selfheal.yaml, then /etc/selfheal/selfheal.yaml,
/// then defaults. An empty variable counts as not set. Everything that is
/// wrong is collected; a finding about a variable has the file "environment".
/// @param defaults  what holds where neither says anything.
/// @error kInvalidArgument  there are findings.
/// @error kNotFound  `file`, or one that was found, cannot be read.
Result<Config> LoadConfig(const std::optional<std::string>& file,
                          const Environment& environment,
                          std::vector<SourceFinding>* findings,
                          const Config& defaults = {});

/// The same into `config`, which has what is right also where there are
/// findings.
Result<void> ReadConfig(const std::optional<std::string>& file,
                        const Environment& environment, Config& config,
                        std::vector<SourceFinding>* findings);

}  // namespace selfheal::yaml
