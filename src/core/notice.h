#pragma once

#include <string>
#include <vector>

namespace selfheal {

/// What people are told about one incident. Plain text: sinks escape it.
struct Notice {
  std::string incident_id;
  std::string title;
  std::vector<std::string> lines;
  std::string severity;  ///< "info", "warning" or "critical".
};

}  // namespace selfheal
