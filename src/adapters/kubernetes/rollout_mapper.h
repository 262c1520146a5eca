#pragma once

#include "codec/field_reader.h"
#include "core/cluster.h"

namespace selfheal::kubernetes {

/// Adds to `state` what a Rollout has otherwise than the kinds of apps/v1.
void MapRollout(const FieldReader& root, WorkloadState& state);

}  // namespace selfheal::kubernetes
