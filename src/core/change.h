#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "core/object.h"

namespace selfheal {

/// One spec change of one object: the most common cause of an incident.
struct SpecChange {
  ObjectRef object;
  Time at;
  std::string by;  ///< Field manager, or "" where it is not known.
  std::vector<std::string> fields;  ///< Dotted paths, e.g. "spec.replicas".
  long long revision = 0;           ///< Kubernetes' own revision number.
};

}  // namespace selfheal
