#include "sim/kubesim/revisions.h"

#include <algorithm>

namespace kubesim {

std::string EnsureRevision(Store& store, const Json& owner) {
  const Resource& resource = Named("controllerrevisions");
  Json data = {{"spec", {{"template", owner["spec"]["template"]}}}};
  data["spec"]["template"]["$patch"] = "replace";
  const std::string name = Text(owner, {"metadata", "name"}) + "-" +
                           TemplateHash(owner["spec"]["template"]);
  const std::string name_space = Text(owner, {"metadata", "namespace"});
  std::int64_t newest = 0;
  for (const Json& revision : ControlledBy(store, resource, owner)) {
    newest = std::max(newest, Number(revision, {"revision"}));
  }
  const Json* found = store.Find(resource, name_space, name);
  if (found == nullptr) {
    Json revision = {{"metadata",
                      {{"name", name},
                       {"namespace", name_space},
                       {"labels", owner["spec"]["template"]["metadata"].value(
                                      "labels", Json::object())},
                       {"ownerReferences", {OwnerReference(owner)}}}},
                     {"data", data},
                     {"revision", newest + 1}};
    store.Create(resource, std::move(revision));
  } else if (Number(*found, {"revision"}) < newest) {
    store.Edit(resource, name_space, name, Part::kMain,
               [&](Json& object) { object["revision"] = newest + 1; });
  }
  return name;
}

Json TemplateOfRevision(const Store& store, const Json& owner,
                        const std::string& name) {
  const Json* revision =
      store.Find(Named("controllerrevisions"),
                 Text(owner, {"metadata", "namespace"}), name);
  if (revision == nullptr) return nullptr;
  const Json* found = Member(*revision, {"data", "spec", "template"});
  if (found == nullptr) return nullptr;
  Json pod_template = *found;
  pod_template.erase("$patch");
  return pod_template;
}

}  // namespace kubesim
