#pragma once

#include <string>

#include "sim/kubesim/types.h"

namespace kubesim {

/// RFC 7386: `null` deletes, lists are replaced whole.
Json ApplyMergePatch(const Json& object, const Json& patch);

/// Kubernetes' strategic merge for built-in kinds: lists of objects merge by
/// their key (`containers` by `name`, `conditions` by `type`), `$patch` and
/// `$setElementOrder` directives included.
Json ApplyStrategicPatch(const Json& object, const Json& patch);

/// RFC 6902. Throws ApiError 422 without a reason for a failed operation, and
/// 400 for a document that is no JSON Patch.
Json ApplyJsonPatch(const Json& object, const Json& patch);

/// Chooses by Content-Type; throws ApiError 415 for one that is not served.
Json ApplyPatch(const Json& object, const std::string& body,
                const std::string& content_type, bool custom_resource);

}  // namespace kubesim
