#pragma once

#include "core/cluster.h"
#include "core/result.h"

namespace selfheal {

/// The workload that owns `pod`, matched by uid at every hop.
///
/// @error kNotFound            an owner is gone, or is another object by now.
///        kFailedPrecondition  it has none that we can act on; and the view's.
Result<ClusterObject> OwnerOf(ClusterView& view, const ClusterObject& pod);

/// The workload that owned a pod which is gone: that of the one that names its
/// pods so.
///
/// @error kNotFound  there is none any more; and those of OwnerOf.
Result<ClusterObject> OwnerOfGone(ClusterView& view, const ObjectRef& pod);

}  // namespace selfheal
