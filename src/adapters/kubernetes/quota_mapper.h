#pragma once

#include "codec/field_reader.h"
#include "core/cluster.h"

namespace selfheal::kubernetes {

/// The states of the objects that bound what a namespace may use.
QuotaState MapQuota(const FieldReader& root);
LimitRangeState MapLimitRange(const FieldReader& root);

}  // namespace selfheal::kubernetes
