#include "core/cluster.h"

namespace selfheal {

const OwnerRef* ClusterObject::Controller() const {
  for (const OwnerRef& owner : owners) {
    if (owner.controller) return &owner;
  }
  return nullptr;
}

}  // namespace selfheal
