#include "sim/kubesim/patch.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace kubesim {
namespace {

/// The key by which a list merges; empty = the list is atomic.
std::string MergeKey(const std::string& field) {
  static const std::map<std::string, std::string> kKeys = {
      {"containers", "name"},
      {"initContainers", "name"},
      {"ephemeralContainers", "name"},
      {"env", "name"},
      {"volumes", "name"},
      {"imagePullSecrets", "name"},
      {"volumeMounts", "mountPath"},
      {"ports", "containerPort"},
      {"conditions", "type"},
      {"ownerReferences", "uid"},
      {"taints", "key"},
      {"addresses", "type"},
      {"hostAliases", "ip"}};
  const auto found = kKeys.find(field);
  return found == kKeys.end() ? std::string{} : found->second;
}

bool MergesPrimitives(const std::string& field) {
  return field == "finalizers" || field == "podCIDRs";
}

bool IsDirective(const std::string& field) {
  return field == "$patch" || field == "$retainKeys" ||
         field.rfind("$setElementOrder/", 0) == 0 ||
         field.rfind("$deleteFromPrimitiveList/", 0) == 0;
}

Json MergeMap(const Json& object, const Json& patch);

Json WithoutDirectives(const Json& value) {
  if (value.is_object()) return MergeMap(Json::object(), value);
  if (!value.is_array()) return value;
  Json result = Json::array();
  for (const Json& item : value) {
    if (item.is_object() && item.contains("$patch")) continue;
    result.push_back(WithoutDirectives(item));
  }
  return result;
}

Json::iterator FindByKey(Json& list, const std::string& key,
                         const Json& value) {
  return std::find_if(list.begin(), list.end(), [&](const Json& item) {
    return item.is_object() && item.contains(key) && item[key] == value;
  });
}

Json MergeList(const Json& list, const Json& patch, const std::string& key) {
  const bool replaces =
      std::any_of(patch.begin(), patch.end(), [](const Json& item) {
        return item.is_object() && item.value("$patch", "") == "replace" &&
               item.size() == 1;
      });
  if (replaces) return WithoutDirectives(patch);
  Json result = list.is_array() ? list : Json::array();
  for (const Json& item : patch) {
    if (!item.is_object() || !item.contains(key)) {
      throw ApiError(400, "BadRequest",
                     "map: " + item.dump() +
                         " does not contain declared merge key: " + key);
    }
    const auto found = FindByKey(result, key, item[key]);
    if (item.value("$patch", "") == "delete") {
      if (found != result.end()) result.erase(found);
    } else if (found == result.end()) {
      result.push_back(WithoutDirectives(item));
    } else {
      *found = MergeMap(*found, item);
    }
  }
  return result;
}

Json MergePrimitives(const Json& list, const Json& patch) {
  Json result = list.is_array() ? list : Json::array();
  for (const Json& item : patch) {
    if (std::find(result.begin(), result.end(), item) == result.end()) {
      result.push_back(item);
    }
  }
  return result;
}

void DeletePrimitives(Json& object, const std::string& directive,
                      const Json& values) {
  const std::string field = directive.substr(directive.find('/') + 1);
  if (!object.contains(field) || !object[field].is_array()) return;
  Json kept = Json::array();
  for (const Json& item : object[field]) {
    if (std::find(values.begin(), values.end(), item) == values.end()) {
      kept.push_back(item);
    }
  }
  object[field] = std::move(kept);
}

void RetainKeys(Json& object, const Json& keys) {
  Json kept = Json::object();
  for (const Json& key : keys) {
    const std::string name = key.get<std::string>();
    if (object.contains(name)) kept[name] = object[name];
  }
  object = std::move(kept);
}

void OrderElements(Json& object, const std::string& directive,
                   const Json& order) {
  const std::string field = directive.substr(directive.find('/') + 1);
  const std::string key = MergeKey(field);
  if (key.empty() || !object.contains(field)) return;
  Json ordered = Json::array();
  Json rest = object[field];
  for (const Json& wanted : order) {
    if (!wanted.is_object() || !wanted.contains(key)) continue;
    const auto found = FindByKey(rest, key, wanted[key]);
    if (found == rest.end()) continue;
    ordered.push_back(*found);
    rest.erase(found);
  }
  for (const Json& item : rest) ordered.push_back(item);
  object[field] = std::move(ordered);
}

void MergeMember(Json& result, const std::string& field, const Json& value) {
  if (value.is_null()) {
    result.erase(field);
  } else if (value.is_object()) {
    const Json old = result.value(field, Json::object());
    result[field] = MergeMap(old.is_object() ? old : Json::object(), value);
  } else if (value.is_array() && !MergeKey(field).empty()) {
    result[field] =
        MergeList(result.value(field, Json::array()), value, MergeKey(field));
  } else if (value.is_array() && MergesPrimitives(field)) {
    result[field] = MergePrimitives(result.value(field, Json::array()), value);
  } else {
    result[field] = value;
  }
}

Json MergeMap(const Json& object, const Json& patch) {
  const std::string directive =
      patch.contains("$patch") && patch["$patch"].is_string()
          ? patch["$patch"].get<std::string>()
          : "";
  if (directive == "delete") return Json::object();
  Json result = directive == "replace" ? Json::object() : object;
  for (const auto& [field, value] : patch.items()) {
    if (field == "$retainKeys") RetainKeys(result, value);
    if (field.rfind("$deleteFromPrimitiveList/", 0) == 0) {
      DeletePrimitives(result, field, value);
    }
  }
  for (const auto& [field, value] : patch.items()) {
    if (!IsDirective(field)) MergeMember(result, field, value);
  }
  for (const auto& [field, value] : patch.items()) {
    if (field.rfind("$setElementOrder/", 0) == 0) {
      OrderElements(result, field, value);
    }
  }
  return result;
}

/// The API server lets `replace` make a member that is not there.
Json Lenient(const Json& object, Json operation) {
  if (operation.value("op", "") != "replace") return operation;
  const Json::json_pointer path(operation.value("path", ""));
  if (!path.empty() && !object.contains(path)) operation["op"] = "add";
  return operation;
}

Json ParsePatch(const std::string& body) {
  Json patch = Json::parse(body, nullptr, false);
  if (patch.is_discarded()) {
    throw ApiError(400, "BadRequest",
                   "error decoding patch: invalid character in the body");
  }
  return patch;
}

}  // namespace

Json ApplyMergePatch(const Json& object, const Json& patch) {
  Json result = object;
  result.merge_patch(patch);
  return result;
}

Json ApplyStrategicPatch(const Json& object, const Json& patch) {
  return MergeMap(object, patch);
}

Json ApplyJsonPatch(const Json& object, const Json& patch) {
  if (!patch.is_array()) {
    throw ApiError(400, "BadRequest",
                   "error decoding patch: json: cannot unmarshal object into "
                   "Go value of type []handlers.jsonPatchOp");
  }
  Json result = object;
  try {
    for (const Json& operation : patch) {
      result = result.patch(Json::array({Lenient(result, operation)}));
    }
  } catch (const Json::exception&) {
    throw ApiError(422, "Invalid",
                   "the server rejected our request due to an error in our "
                   "request",
                   Json::object());
  }
  return result;
}

Json ApplyPatch(const Json& object, const std::string& body,
                const std::string& content_type, bool custom_resource) {
  const std::string type = content_type.substr(0, content_type.find(';'));
  if (type == "application/json-patch+json") {
    return ApplyJsonPatch(object, ParsePatch(body));
  }
  const bool merge = type == "application/merge-patch+json";
  const bool strategic =
      type == "application/strategic-merge-patch+json" && !custom_resource;
  if (!merge && !strategic) {
    throw ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type",
                   Json::object());
  }
  const Json patch = ParsePatch(body);
  if (!patch.is_object()) {
    throw ApiError(400, "BadRequest",
                   "json: cannot unmarshal the patch into a Go value of type "
                   "map[string]interface {}");
  }
  return merge ? ApplyMergePatch(object, patch)
               : ApplyStrategicPatch(object, patch);
}

}  // namespace kubesim
