#pragma once

#include <string_view>

#include "core/cluster.h"
#include "core/result.h"

namespace selfheal {

/// The one node with the name or the address of `instance`, "10.0.0.7:9100".
///
/// @error kInvalidArgument  it is empty, or there are several.
///        kNotFound         there is none; and the view's errors.
Result<ClusterObject> NodeAt(ClusterView& view, std::string_view instance);

}  // namespace selfheal
