#pragma once

#include "codec/field_reader.h"
#include "core/cluster.h"

namespace selfheal::kubernetes {

/// How the pods of a workload are replaced, from its spec; state.replicas is
/// known before.
void MapStrategy(const FieldReader& spec, ObjectKind kind,
                 WorkloadState& state);

}  // namespace selfheal::kubernetes
