#pragma once

#include "codec/field_reader.h"
#include "core/cluster.h"

namespace selfheal::kubernetes {

/// What the containers of a pod's spec ask for together; an init container
/// counts where it alone asks for more.
Amounts RequestsOf(const FieldReader& pod_spec);

/// status.allocatable of a node.
Amounts AllocatableOf(const FieldReader& node_status);

}  // namespace selfheal::kubernetes
