#include "adapters/kubernetes/discovery.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "codec/field_reader.h"

namespace selfheal::kubernetes {
namespace {

/// True where `path` is answered by a `kind` whose `list` names no `name`.
bool Lacks(const http::Outcome& outcome, std::string_view kind,
           std::string_view list, std::string_view name) {
  if (!outcome.ok() || outcome.response().status != 200) return false;
  const auto document =
      nlohmann::json::parse(outcome.response().body, nullptr, false);
  if (!document.is_object()) return false;
  std::optional<Error> error;
  const FieldReader root(document, error);
  if (root.String("kind") != kind || !root.Has(list)) return false;
  const auto entries = root.Objects(list);
  const bool named = std::any_of(
      entries.begin(), entries.end(),
      [name](const FieldReader& one) { return one.String("name") == name; });
  return !error && !named;
}

}  // namespace

bool IsUnknownKind(ApiClient& api, const Resource& resource) {
  if (resource.group.empty()) return false;
  const http::Outcome version = api.Get("/apis/" + std::string(resource.group) +
                                        "/" + std::string(resource.version));
  if (version.ok() && version.response().status == 404) {
    return Lacks(api.Get("/apis"), "APIGroupList", "groups", resource.group);
  }
  return Lacks(version, "APIResourceList", "resources", resource.name);
}

}  // namespace selfheal::kubernetes
