#include "sim/kubesim/store.h"

#include "sim/kubesim/defaults.h"

namespace kubesim {
namespace {

Json Details(const Resource& resource, const std::string& name,
             const std::string& kind) {
  Json details = {{"name", name}, {"kind", kind}};
  if (!resource.group.empty()) details["group"] = resource.group;
  return details;
}

std::string KindAndGroup(const Resource& resource) {
  return resource.group.empty() ? resource.kind
                                : resource.kind + "." + resource.group;
}

/// Deployments count their annotations into the generation as well.
bool SpecChanged(const Resource& resource, const Json& before,
                 const Json& after) {
  if (before.value("spec", Json()) != after.value("spec", Json())) return true;
  return resource.plural == "deployments" &&
         before["metadata"].value("annotations", Json::object()) !=
             after["metadata"].value("annotations", Json::object());
}

void KeepServerFields(const Json& current, Json& object) {
  Json& metadata = object["metadata"];
  const Json& old = current["metadata"];
  for (const char* field :
       {"uid", "creationTimestamp", "namespace", "name", "generation",
        "deletionTimestamp", "deletionGracePeriodSeconds", "generateName",
        "managedFields"}) {
    if (old.contains(field)) {
      metadata[field] = old[field];
    } else {
      metadata.erase(field);
    }
  }
  metadata["resourceVersion"] = old["resourceVersion"];
  metadata.erase("selfLink");
}

/// What changes in a status is its writer's from now on.
void KeepWriter(const Json& current, const std::string& manager, Json& object) {
  const Json before = current.value("status", Json::object());
  const Json after = object.value("status", Json::object());
  Json entries = object["metadata"].value("managedFields", Json::array());
  Json written = Json::object();
  for (const auto& [key, value] : after.items()) {
    if (before.contains(key) && before[key] == value) continue;
    for (Json& entry : entries) {
      Json& fields = entry["fieldsV1"]["f:status"];
      fields.erase("f:" + key);
      if (entry["manager"] == manager) written.update(fields);
    }
    written["f:" + key] = Json::object();
  }
  if (written.empty()) return;
  std::erase_if(entries.get_ref<Json::array_t&>(), [&](const Json& entry) {
    return entry["fieldsV1"]["f:status"].empty() || entry["manager"] == manager;
  });
  entries.push_back({{"manager", manager},
                     {"operation", "Update"},
                     {"subresource", "status"},
                     {"fieldsType", "FieldsV1"},
                     {"fieldsV1", {{"f:status", written}}}});
  object["metadata"]["managedFields"] = std::move(entries);
}

void CheckPreconditions(const Resource& resource, const Json& current,
                        const Json& object) {
  const std::string name = Text(current, {"metadata", "name"});
  const std::string version = Text(object, {"metadata", "resourceVersion"});
  if (!version.empty() && version != "0" &&
      version != Text(current, {"metadata", "resourceVersion"})) {
    if (version.find_first_not_of("0123456789") != std::string::npos) {
      throw ApiError(
          500, "",
          "strconv.ParseUint: parsing \"" + version + "\": invalid syntax");
    }
    throw Conflict(resource, name,
                   "the object has been modified; please apply your changes "
                   "to the latest version and try again");
  }
  const std::string uid = Text(object, {"metadata", "uid"});
  if (!uid.empty() && uid != Text(current, {"metadata", "uid"})) {
    throw Invalid(resource, name, "metadata.uid",
                  "Invalid value: \"" + uid + "\": field is immutable");
  }
}

void CheckDeletePreconditions(const Resource& resource, const Json& current,
                              const Json& options) {
  const std::string name = Text(current, {"metadata", "name"});
  const std::string uid = Text(options, {"preconditions", "uid"});
  const std::string have = Text(current, {"metadata", "uid"});
  if (!uid.empty() && uid != have) {
    throw ApiError(
        409, "Conflict",
        "Operation cannot be fulfilled on " + KindAndGroup(resource) + " \"" +
            name + "\": the UID in the precondition (" + uid +
            ") does not match the UID in record (" + have +
            "). The object might have been deleted and then recreated",
        Details(resource, name, resource.kind));
  }
  const std::string version =
      Text(options, {"preconditions", "resourceVersion"});
  const std::string current_version =
      Text(current, {"metadata", "resourceVersion"});
  if (!version.empty() && version != current_version) {
    throw ApiError(
        409, "Conflict",
        "Operation cannot be fulfilled on " + KindAndGroup(resource) + " \"" +
            name + "\": the ResourceVersion in the precondition (" + version +
            ") does not match the ResourceVersion in record (" +
            current_version + "). The object might have been modified",
        Details(resource, name, resource.kind));
  }
}

Json DeletedStatus(const Resource& resource, const Json& object) {
  Json details =
      Details(resource, Text(object, {"metadata", "name"}), resource.plural);
  details["uid"] = Text(object, {"metadata", "uid"});
  return {{"kind", "Status"},
          {"apiVersion", "v1"},
          {"metadata", Json::object()},
          {"status", "Success"},
          {"details", details}};
}

std::string ControllerUid(const Json& object) {
  const Json* owners = Member(object, {"metadata", "ownerReferences"});
  if (owners == nullptr) return {};
  for (const Json& owner : *owners) {
    if (owner.value("controller", false)) return owner.value("uid", "");
  }
  return {};
}

bool IsRunningPod(const Resource& resource, const Json& object) {
  if (resource.plural != "pods") return false;
  const std::string phase = Text(object, {"status", "phase"});
  return !Text(object, {"spec", "nodeName"}).empty() && phase != "Succeeded" &&
         phase != "Failed";
}

}  // namespace

ApiError NotFound(const Resource& resource, const std::string& name) {
  return ApiError(404, "NotFound",
                  resource.Qualified() + " \"" + name + "\" not found",
                  Details(resource, name, resource.plural));
}

ApiError Conflict(const Resource& resource, const std::string& name,
                  const std::string& why) {
  return ApiError(409, "Conflict",
                  "Operation cannot be fulfilled on " + resource.Qualified() +
                      " \"" + name + "\": " + why,
                  Details(resource, name, resource.plural));
}

ApiError Invalid(const Resource& resource, const std::string& name,
                 const std::string& field, const std::string& why) {
  Json details = Details(resource, name, resource.kind);
  details["causes"] = Json::array(
      {{{"reason", "FieldValueInvalid"}, {"message", why}, {"field", field}}});
  return ApiError(422, "Invalid",
                  KindAndGroup(resource) + " \"" + name +
                      "\" is invalid: " + field + ": " + why,
                  details);
}

const Json* Store::Find(const Resource& resource, const std::string& name_space,
                        const std::string& name) const {
  const std::map<Key, Json>& all = All(resource);
  const auto found =
      all.find({resource.namespaced ? name_space : std::string{}, name});
  return found == all.end() ? nullptr : &found->second;
}

const Json& Store::Get(const Resource& resource, const std::string& name_space,
                       const std::string& name) const {
  const Json* object = Find(resource, name_space, name);
  if (object == nullptr) throw NotFound(resource, name);
  return *object;
}

const std::map<Store::Key, Json>& Store::All(const Resource& resource) const {
  static const std::map<Key, Json> kNone;
  const auto found = objects_.find(resource.Qualified());
  return found == objects_.end() ? kNone : found->second;
}

Json Store::Create(const Resource& resource, Json object, bool dry_run) {
  Json& metadata = object["metadata"];
  if (!metadata.is_object()) metadata = Json::object();
  std::string name = Text(object, {"metadata", "name"});
  const std::string prefix = Text(object, {"metadata", "generateName"});
  if (name.empty() && !prefix.empty()) {
    name = prefix + NewSuffix(5);
    metadata["name"] = name;
  }
  const std::string name_space = Text(object, {"metadata", "namespace"});
  if (resource.namespaced &&
      Find(Named("namespaces"), "", name_space) == nullptr) {
    throw NotFound(Named("namespaces"), name_space);
  }
  object["apiVersion"] = resource.ApiVersion();
  object["kind"] = resource.kind;
  for (const char* field :
       {"selfLink", "managedFields", "deletionTimestamp", "resourceVersion"}) {
    metadata.erase(field);
  }
  metadata["uid"] = NewUid();
  metadata["creationTimestamp"] = FormatTime(now_);
  if (resource.counts_generation) metadata["generation"] = 1;
  ApplyDefaults(resource, object);
  Validate(resource, object);
  if (Find(resource, name_space, name) != nullptr) {
    throw ApiError(409, "AlreadyExists",
                   resource.Qualified() + " \"" + name + "\" already exists",
                   Details(resource, name, resource.plural));
  }
  if (!dry_run) Persist(resource, object);
  return object;
}

Json Store::Update(const Resource& resource, Json object, Part part,
                   bool dry_run, const std::string& manager) {
  const std::string name_space = Text(object, {"metadata", "namespace"});
  const std::string name = Text(object, {"metadata", "name"});
  const Json& current = Get(resource, name_space, name);
  CheckPreconditions(resource, current, object);
  if (part == Part::kStatus) {
    Json merged = current;
    merged["status"] = object.value("status", Json::object());
    object = std::move(merged);
  } else if (resource.whole) {
    // Its status is written with the rest.
  } else if (current.contains("status")) {
    object["status"] = current["status"];
  } else {
    object.erase("status");
  }
  KeepServerFields(current, object);
  // Of built-in kinds nobody asks.
  if (part == Part::kStatus && resource.custom) {
    KeepWriter(current, manager, object);
  }
  object["apiVersion"] = resource.ApiVersion();
  object["kind"] = resource.kind;
  if (part == Part::kMain) {
    ApplyDefaults(resource, object);
    Validate(resource, object);
    ValidateUpdate(resource, current, object);
    if (resource.counts_generation && SpecChanged(resource, current, object)) {
      object["metadata"]["generation"] =
          Number(current, {"metadata", "generation"}) + 1;
    }
  }
  if (object == current || dry_run) return object;
  Persist(resource, object);
  if (object["metadata"].contains("deletionTimestamp") &&
      object["metadata"].value("finalizers", Json::array()).empty() &&
      !IsRunningPod(resource, object)) {
    Remove(resource, name_space, name);
  }
  return object;
}

bool Store::Edit(const Resource& resource, const std::string& name_space,
                 const std::string& name, Part part,
                 const std::function<void(Json&)>& change) {
  const Json* current = Find(resource, name_space, name);
  if (current == nullptr) return false;
  Json edited = *current;
  change(edited);
  if (edited != *current) Update(resource, std::move(edited), part);
  return true;
}

Json Store::Delete(const Resource& resource, const std::string& name_space,
                   const std::string& name, const Json& options, bool dry_run) {
  Json object = Get(resource, name_space, name);
  CheckDeletePreconditions(resource, object, options);
  const bool pod = resource.plural == "pods";
  std::int64_t grace =
      Number(object, {"spec", "terminationGracePeriodSeconds"}, 30);
  grace =
      std::max<std::int64_t>(Number(options, {"gracePeriodSeconds"}, grace), 0);
  const bool waits =
      (IsRunningPod(resource, object) && grace > 0) ||
      !object["metadata"].value("finalizers", Json::array()).empty();
  Json& metadata = object["metadata"];
  if (!waits) {
    if (!dry_run) Remove(resource, name_space, name);
    if (!pod) return DeletedStatus(resource, object);
    metadata["deletionTimestamp"] = FormatTime(now_);
    metadata["deletionGracePeriodSeconds"] = 0;
    return object;
  }
  const std::int64_t old =
      Number(object, {"metadata", "deletionGracePeriodSeconds"}, grace + 1);
  if (!metadata.contains("deletionTimestamp") || grace < old) {
    metadata["deletionTimestamp"] =
        FormatTime(now_ + std::chrono::seconds(grace));
    metadata["deletionGracePeriodSeconds"] = grace;
    if (resource.counts_generation) {
      metadata["generation"] = Number(object, {"metadata", "generation"}) + 1;
    }
    if (!dry_run) Persist(resource, object);
  }
  return object;
}

std::vector<Store::Key> Store::Keys(const Resource& resource) const {
  std::vector<Key> keys;
  for (const auto& [key, object] : All(resource)) keys.push_back(key);
  return keys;
}

std::vector<std::pair<const Resource*, Store::Key>> Store::OwnedBy(
    const std::string& uid) const {
  const auto found = owned_.find(uid);
  if (found == owned_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void Store::Unlink(const Json& object, const Resource& resource,
                   const Key& key) {
  const auto found = owned_.find(ControllerUid(object));
  if (found == owned_.end()) return;
  found->second.erase({&resource, key});
  if (found->second.empty()) owned_.erase(found);
}

void Store::Remove(const Resource& resource, const std::string& name_space,
                   const std::string& name) {
  auto& all = objects_[resource.Qualified()];
  const Key key{resource.namespaced ? name_space : "", name};
  const auto found = all.find(key);
  if (found == all.end()) return;
  Unlink(found->second, Named(resource.plural), key);
  all.erase(found);
  ++revision_;
}

void Store::Persist(const Resource& resource, Json& object) {
  object["metadata"]["resourceVersion"] = std::to_string(++revision_);
  const Key key{resource.namespaced ? Text(object, {"metadata", "namespace"})
                                    : std::string{},
                Text(object, {"metadata", "name"})};
  Json& slot = objects_[resource.Qualified()][key];
  const Resource& served = Named(resource.plural);
  if (!slot.is_null()) Unlink(slot, served, key);
  slot = object;
  const std::string owner = ControllerUid(object);
  if (!owner.empty()) owned_[owner].insert({&served, key});
}

std::uint64_t Store::NextRandom() {
  return HashText(std::to_string(seed_) + "/" + std::to_string(draws_++));
}

std::string Store::NewUid() {
  static const char kHex[] = "0123456789abcdef";
  std::string uid = "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx";
  std::uint64_t bits = 0;
  int left = 0;
  for (char& c : uid) {
    if (c != 'x') continue;
    if (left == 0) {
      bits = NextRandom();
      left = 16;
    }
    c = kHex[bits & 15];
    bits >>= 4;
    --left;
  }
  return uid;
}

std::string Store::NewSuffix(int length) {
  static const char kLetters[] = "bcdfghjklmnpqrstvwxz2456789";
  std::string suffix;
  std::uint64_t bits = NextRandom();
  for (int i = 0; i < length; ++i) {
    suffix += kLetters[bits % (sizeof kLetters - 1)];
    bits /= sizeof kLetters - 1;
  }
  return suffix;
}

}  // namespace kubesim
