#pragma once

// Configuration, rules and runbooks as files, for the subcommands: what an
// adapter offers reaches receiver/ through here alone.

#include "adapters/yaml/check.h"          // IWYU pragma: export
#include "adapters/yaml/config_loader.h"  // IWYU pragma: export
