#pragma once

#include "core/mutation.h"
#include "core/result.h"

namespace selfheal::kubernetes {

/// The request that carries `mutation`, with its preconditions in the body.
/// Deterministic: the same mutation gives the same bytes.
///
/// @error kInvalidArgument  a kind that the mutation does not fit, a name that
///        may not stand in a path, no uid or no resourceVersion (without them
///        the request would have no precondition), or counts below 1.
Result<WireRequest> EncodeMutation(const Mutation& mutation);

/// The same request as a server-side dry run.
///
/// @error kInvalidArgument  not a request that EncodeMutation made.
Result<WireRequest> AsDryRun(const WireRequest& request);

}  // namespace selfheal::kubernetes
