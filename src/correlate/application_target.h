#pragma once

#include "core/cluster.h"
#include "core/labels.h"
#include "core/result.h"

namespace selfheal {

/// The workload that an alert about an Application of Argo CD means: the one
/// that the Application itself tells to have drifted or, where it tells of none
/// or can't be read, the only one that says it is kept by it. Labels: `name`
/// and `namespace` of the Application, `dest_namespace` it deploys to.
///
/// @error kInvalidArgument  several are meant, or only what is no workload has
///        drifted (a list of it), or the labels name no Application.
///        kNotFound  it keeps none that we know; and the view's errors.
Result<ObjectRef> WorkloadOfApplication(ClusterView& view,
                                        const Labels& labels);

}  // namespace selfheal
