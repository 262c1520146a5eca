#pragma once

#include <string>

#include "adapters/kubernetes/api_client.h"
#include "core/result.h"

namespace selfheal::kubernetes {

/// One right as RBAC names it; `subresource` and `name` may be empty.
struct Right {
  std::string verb;
  std::string group;
  std::string resource;
  std::string subresource = {};
  std::string ns = {};
  std::string name = {};
};

/// Asks the API server whether our own account has `right`.
///
/// Admission may still refuse what this allows.
/// @error as ClusterView; kInternal also for an answer without a verdict.
Result<bool> HasRight(ApiClient& api, const Right& right);

}  // namespace selfheal::kubernetes
