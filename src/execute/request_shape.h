#pragma once

#include <string>
#include <string_view>

#include "core/mutation.h"
#include "execute/flat_json.h"

namespace selfheal {

/// What a mutation's request must look like, written out a second time.
struct Shape {
  std::string method;
  std::string path;
  /// Leaves that must stand in the body, with their literals.
  FlatJson required;
  /// Leaves that may stand there, with their only literals.
  FlatJson optional;
  /// The whole body, where it holds a list; then there are no leaves.
  std::string body = {};
};

/// What the request of `mutation` must look like.
Shape ShapeOf(const Mutation& mutation);

/// "deployments" of a workload's kind; "" for another one.
std::string_view PluralOf(ObjectKind kind);

}  // namespace selfheal
