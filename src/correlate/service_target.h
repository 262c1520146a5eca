#pragma once

#include "core/cluster.h"
#include "core/result.h"

namespace selfheal {

/// The one workload that owns every pod behind `service`. Pods that are going,
/// or have ended, get no requests and do not count.
///
/// @error kInvalidArgument     several own them: two of their names.
///        kNotFound            there is no such Service, or nothing behind it.
///        kFailedPrecondition  it selects no pods by labels, or one of them
///                             belongs to nothing that we can act on.
///        and the view's.
Result<ClusterObject> WorkloadOfService(ClusterView& view,
                                        const ObjectRef& service);

}  // namespace selfheal
