#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/yaml/config_loader.h"
#include "core/result.h"
#include "core/source_finding.h"

namespace selfheal::yaml {

/// What `selfheal check` looks at.
struct CheckRequest {
  std::optional<std::string> config_file;
  std::optional<std::string> rules_dir;     ///< Over the configuration's.
  std::optional<std::string> runbooks_dir;  ///< Over the configuration's.
  Environment environment;
};

/// What held.
struct Checked {
  std::size_t rules = 0;
  std::size_t runbooks = 0;
  std::string rules_dir;
  std::string runbooks_dir;
};

/// Validates configuration, rules and runbooks as `serve` would load them.
///
/// Rules and runbooks are checked also where the configuration is wrong, by
/// what could be read of it, so that one call shows as much as possible.
/// @error kInvalidArgument  there are findings.
/// @error kNotFound  a file or folder cannot be read; the message says which.
Result<Checked> CheckAll(const CheckRequest& request,
                         std::vector<SourceFinding>* findings);

}  // namespace selfheal::yaml
