#pragma once

#include "sim/kubesim/resources.h"
#include "sim/kubesim/types.h"

namespace kubesim {

/// Fills what the API server fills when the author of an object left it out.
void ApplyDefaults(const Resource& resource, Json& object);

/// Throws ApiError 422 with the API server's words for a bad object.
void Validate(const Resource& resource, const Json& object);

/// Throws ApiError 422 when a field that may not change did.
void ValidateUpdate(const Resource& resource, const Json& before,
                    const Json& after);

/// True when `selector` (a metav1.LabelSelector) selects `labels`. An empty
/// selector selects everything, an absent one nothing.
bool SelectorMatches(const Json& selector, const Json& labels);

}  // namespace kubesim
