#pragma once

#include "adapters/kubernetes/api_client.h"
#include "adapters/kubernetes/api_path.h"

namespace selfheal::kubernetes {

/// True where the API server itself says that it has no such kind, as without
/// its CRD: to a path of one it answers 404 without a Status, which a proxy or
/// a wrong address would, too. At most two requests; false where it is not
/// sure.
bool IsUnknownKind(ApiClient& api, const Resource& resource);

}  // namespace selfheal::kubernetes
