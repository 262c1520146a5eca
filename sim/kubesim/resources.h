#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kubesim {

/// One served resource of the API.
struct Resource {
  std::string group;  // empty = core
  std::string version;
  std::string plural;
  std::string kind;
  bool namespaced = true;
  bool counts_generation = false;  // metadata.generation follows the spec
  bool has_scale = false;
  bool custom = false;  // no strategic merge, as for a CRD
  bool whole = false;   // without a status subresource

  std::string ApiVersion() const {
    return group.empty() ? version : group + "/" + version;
  }
  std::string Qualified() const {
    return group.empty() ? plural : plural + "." + group;
  }
};

/// Everything the simulator serves, in discovery order.
const std::vector<Resource>& Resources();

/// nullptr when group, version and plural name nothing that is served.
const Resource* FindResource(const std::string& group,
                             const std::string& version,
                             const std::string& plural);

/// nullptr when no served resource has that kind in that apiVersion.
const Resource* FindKind(const std::string& api_version,
                         const std::string& kind);

/// The resource of a plural that the caller knows to exist.
const Resource& Named(std::string_view plural);

/// A request path, taken apart.
struct ResourcePath {
  const Resource* resource = nullptr;
  std::string name_space;
  std::string name;
  std::string subresource;
};

/// nullopt when the path names nothing that is served.
std::optional<ResourcePath> ParseResourcePath(const std::string& path);

}  // namespace kubesim
