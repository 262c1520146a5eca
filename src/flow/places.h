#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "config/config.h"

namespace selfheal {

/// The configured namespaces; "" where all are.
inline std::vector<std::string> PlacesOf(const Config& config) {
  const auto& namespaces = config.kubernetes.namespaces;
  const bool all =
      std::find(namespaces.begin(), namespaces.end(), "*") != namespaces.end();
  return all ? std::vector<std::string>{""} : namespaces;
}

}  // namespace selfheal
