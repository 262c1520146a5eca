#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace selfheal {

/// Keys of `config` that somebody set and that this release does nothing with:
/// who relies on them must hear of it at the start.
std::vector<std::string> IdleKnobs(const Config& config);

}  // namespace selfheal
