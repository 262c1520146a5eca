#pragma once

#include <string>

#include "sim/kubesim/resources.h"
#include "sim/kubesim/types.h"

namespace kubesim {

/// Drops what a typed server would drop: members of the object, its metadata
/// and its spec that the kind does not have. Returns the first one's path,
/// empty when there was none. Only these three levels are checked.
std::string DropUnknownFields(const Resource& resource, Json& object);

}  // namespace kubesim
