#pragma once

#include <string>
#include <utility>

#include "tests/fakes/fake_cluster_view.h"

namespace selfheal::testing {

/// An object that bears app=cart, at resourceVersion 7 and generation 4.
inline ClusterObject Named(const ObjectRef& ref, std::string uid) {
  ClusterObject object = Bare(ref, std::move(uid));
  object.resource_version = "7";
  object.generation = 4;
  object.labels = {{"app", "cart"}};
  return object;
}

}  // namespace selfheal::testing
