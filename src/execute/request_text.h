#pragma once

#include <string>
#include <vector>

#include "core/mutation.h"
#include "core/result.h"

namespace selfheal {

/// What the last look allows, copied from the configuration at start.
struct RequestLimits {
  std::vector<std::string> namespaces;  ///< Opted in; "*" = all.
  std::vector<std::string> excluded;
  std::string own_namespace;  ///< "" = outside of a cluster.
  int max_replicas = 0;
  /// guards.nodes: nodes may be cordoned, and for an action on a node what
  /// runs there be evicted.
  bool nodes = false;
  std::string own_pod = {};  ///< In own_namespace; "" = outside of a cluster.
};

/// Judges a request by its text alone: the path is of a shape that we know and
/// names the object of `mutation` in an opted-in namespace, and
/// the body has exactly the known keys with the known values, uid and
/// resourceVersion among them.
///
/// Shares no code with the guards or with what encodes requests. Pure.
/// @error kPermissionDenied  what is wrong.
Result<void> CheckRequestText(const WireRequest& request,
                              const Mutation& mutation,
                              const RequestLimits& limits);

}  // namespace selfheal
