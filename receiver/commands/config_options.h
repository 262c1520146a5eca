#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/source_finding.h"

namespace selfheal {

/// Loads the configuration of `--config` (none where it is empty), with the
/// environment over it and `defaults` below; says on stderr what is wrong.
std::optional<Config> LoadConfigOrComplain(const std::string& file,
                                           const Config& defaults = {});

/// Writes each finding as one error line.
void PrintFindings(const std::vector<SourceFinding>& findings);

}  // namespace selfheal
