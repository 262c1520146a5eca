#pragma once

#include "codec/field_reader.h"
#include "core/cluster.h"

namespace selfheal::kubernetes {

/// The state of an Application of Argo CD (argoproj.io/v1alpha1).
ApplicationState MapApplication(const FieldReader& root);

}  // namespace selfheal::kubernetes
