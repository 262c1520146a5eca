#pragma once

#include <string>
#include <string_view>

#include "core/cluster.h"
#include "core/object.h"
#include "core/result.h"

namespace selfheal::kubernetes {

/// Where the API server keeps one kind.
struct Resource {
  std::string_view group;    ///< "" for the core group.
  std::string_view version;  ///< "v1", "v2".
  std::string_view name;     ///< Plural, lower case.
  bool namespaced = true;
};

Resource ResourceOf(ObjectKind kind);

/// "/apis/apps/v1/namespaces/shop/deployments/cart".
///
/// @error kInvalidArgument  a name may not stand in a path.
Result<std::string> ObjectPath(const ObjectRef& ref);

/// "/api/v1/namespaces/shop/pods?labelSelector=...&limit=...".
///
/// @param continue_token  of the page before; empty = the first page.
/// @error kInvalidArgument  a namespace, node or label that the API server
///        would not accept as such (it could widen the selection).
Result<std::string> ListPath(const ListQuery& query, int limit,
                             const std::string& continue_token);

}  // namespace selfheal::kubernetes
