#pragma once

#include <string>

namespace selfheal {

/// One right of our own account, as RBAC names it; `subresource` and `name`
/// may be empty, an empty `ns` means every namespace.
struct Right {
  std::string verb;
  std::string group;  ///< "" = the core group.
  std::string resource;
  std::string subresource = {};
  std::string ns = {};
  std::string name = {};

  auto operator<=>(const Right&) const = default;
};

/// "create pods/eviction in shop", "patch deployments.apps everywhere".
std::string ToString(const Right& right);

}  // namespace selfheal
