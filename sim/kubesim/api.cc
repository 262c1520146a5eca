#include "sim/kubesim/api.h"

#include "sim/kubesim/defaults.h"
#include "sim/kubesim/patch.h"
#include "sim/kubesim/schema.h"

namespace kubesim {
namespace {

ApiError NoSuchResource() {
  return ApiError(404, "NotFound",
                  "the server could not find the requested resource",
                  Json::object());
}

ApiError NoSuchMethod() {
  return ApiError(405, "MethodNotAllowed",
                  "the server does not allow this method on the requested "
                  "resource",
                  Json::object());
}

std::string Verb(const ApiRequest& request, const ResourcePath& path) {
  if (request.method == "GET") return path.name.empty() ? "list" : "get";
  if (request.method == "POST") return "create";
  if (request.method == "PUT") return "update";
  if (request.method == "PATCH") return "patch";
  return "delete";
}

void CheckUrlName(const Json& object, const ResourcePath& path) {
  const std::string name = Text(object, {"metadata", "name"});
  if (name != path.name) {
    throw ApiError(400, "BadRequest",
                   "the name of the object (" + name +
                       ") does not match the name on the URL (" + path.name +
                       ")");
  }
}

void CheckJsonType(const ApiRequest& request) {
  const std::string type =
      request.content_type.substr(0, request.content_type.find(';'));
  if (type.empty() || type == "application/json") return;
  throw ApiError(415, "UnsupportedMediaType",
                 "the body of the request was in an unknown format - accepted "
                 "media types include: application/json, application/yaml, "
                 "application/vnd.kubernetes.protobuf");
}

/// Unknown fields are dropped, or refused when the request is strict about
/// them: 422 for a patch, 400 for a whole object.
void CheckFields(const ApiRequest& request, const Resource& resource,
                 Json& object) {
  const std::string unknown = DropUnknownFields(resource, object);
  if (unknown.empty() || request.Query("fieldValidation") != "Strict") return;
  const std::string why =
      "strict decoding error: unknown field \"" + unknown + "\"";
  if (request.method == "PATCH") {
    throw ApiError(422, "Invalid", " \"\" is invalid: patch: " + why,
                   Json::object());
  }
  throw ApiError(400, "BadRequest",
                 resource.kind + " in version \"" + resource.version +
                     "\" cannot be handled as a " + resource.kind + ": " + why);
}

Json ResourceEntry(const Resource& resource) {
  return {{"name", resource.plural},
          {"singularName", ""},
          {"namespaced", resource.namespaced},
          {"kind", resource.kind},
          {"verbs", {"create", "delete", "get", "list", "patch", "update"}}};
}

Json GroupVersion(const Resource& resource) {
  return {{"groupVersion", resource.ApiVersion()},
          {"version", resource.version}};
}

}  // namespace

std::string ApiRequest::Query(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string{} : found->second;
}

bool WantsDryRun(const ApiRequest& request, const Json& options) {
  std::string value = request.Query("dryRun");
  if (options.is_object() && !options.empty()) {
    // A body makes the API server ignore the options of the query.
    const Json list = options.value("dryRun", Json::array());
    value = list.empty() ? std::string{} : list[0].get<std::string>();
  }
  if (!value.empty() && value != "All") {
    throw ApiError(
        422, "Invalid",
        "dryRun: Unsupported value: [\"" + value +
            "\"]: supported values: \"All\"",
        Json{{"causes",
              {{{"reason", "FieldValueNotSupported"}, {"field", "dryRun"}}}}});
  }
  return value == "All";
}

Json ParseBody(const std::string& body, const std::string& kind) {
  Json object = Json::parse(body, nullptr, false);
  if (!object.is_object()) {
    throw ApiError(400, "BadRequest",
                   "the object provided is unrecognized (must be of type " +
                       kind + "): couldn't get version/kind; json parse error");
  }
  return object;
}

ApiResponse Answer(int code, const Json& body) {
  ApiResponse response;
  response.code = code;
  response.body = body.dump() + "\n";
  return response;
}

ApiResponse Api::Handle(const ApiRequest& request) {
  try {
    return Dispatch(request);
  } catch (const ApiError& error) {
    const Json status = error.ToStatus();
    ApiResponse response = Answer(error.code(), status);
    const std::int64_t wait = Number(status, {"details", "retryAfterSeconds"});
    if (wait > 0) response.headers["Retry-After"] = std::to_string(wait);
    return response;
  } catch (const Json::exception& error) {
    return Answer(400, ApiError(400, "BadRequest", error.what()).ToStatus());
  }
}

ApiResponse Api::Dispatch(const ApiRequest& request) {
  if (request.path == "/readyz" || request.path == "/livez" ||
      request.path == "/healthz") {
    return {
        .code = 200, .body = "ok", .content_type = "text/plain", .headers = {}};
  }
  if (request.path == "/version") {
    return Answer(200, {{"major", "1"},
                        {"minor", "34"},
                        {"gitVersion", "v1.34.4"},
                        {"platform", "linux/amd64"}});
  }
  if (request.path ==
      "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews") {
    return ReviewAccess(request);
  }
  const std::optional<ResourcePath> path = ParseResourcePath(request.path);
  if (!path || lacking_.count(path->resource->group) > 0) {
    return Discover(request);
  }
  CheckAllowed(request, *path);
  if (path->subresource == "scale") return HandleScale(request, *path);
  if (path->subresource == "eviction") return Evict(request, *path);
  if (!path->subresource.empty() && path->subresource != "status") {
    throw NoSuchResource();
  }
  return HandleObject(request, *path);
}

ApiResponse Api::Discover(const ApiRequest& request) const {
  if (request.path == "/api") {
    return Answer(200, {{"kind", "APIVersions"}, {"versions", {"v1"}}});
  }
  Json groups = Json::array();
  Json resources = Json::array();
  std::string last;
  for (const Resource& resource : Resources()) {
    if (lacking_.count(resource.group) > 0) continue;
    const std::string base =
        resource.group.empty() ? "/api/v1" : "/apis/" + resource.ApiVersion();
    if (request.path == base) resources.push_back(ResourceEntry(resource));
    if (resource.group.empty() || resource.group == last) continue;
    last = resource.group;
    groups.push_back({{"name", resource.group},
                      {"versions", {GroupVersion(resource)}},
                      {"preferredVersion", GroupVersion(resource)}});
  }
  if (request.path == "/apis") {
    return Answer(
        200,
        {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}});
  }
  if (!resources.empty()) {
    const std::size_t start = request.path.rfind("/apis/", 0) == 0 ? 6 : 5;
    return Answer(200, {{"kind", "APIResourceList"},
                        {"apiVersion", "v1"},
                        {"groupVersion", request.path.substr(start)},
                        {"resources", resources}});
  }
  // Of a path that it does not know at all it tells in no Status.
  return {.code = 404,
          .body = "404 page not found\n",
          .content_type = "text/plain; charset=utf-8",
          .headers = {}};
}

void Api::CheckAllowed(const ApiRequest& request,
                       const ResourcePath& path) const {
  std::string resource = path.resource->plural;
  if (!path.subresource.empty()) resource += "/" + path.subresource;
  if (denied_.count(Verb(request, path) + " " + resource) == 0) return;
  throw ApiError(403, "Forbidden",
                 path.resource->Qualified() + " \"" + path.name +
                     "\" is forbidden: User \"simulated\" cannot " +
                     Verb(request, path) + " resource \"" + resource + "\"",
                 {{"name", path.name}, {"kind", path.resource->plural}});
}

ApiResponse Api::ReviewAccess(const ApiRequest& request) const {
  if (request.method != "POST") throw NoSuchMethod();
  Json review = ParseBody(request.body, "SelfSubjectAccessReview");
  const Json* wanted = Member(review, {"spec", "resourceAttributes"});
  const Json attributes = wanted != nullptr ? *wanted : Json::object();
  std::string resource = attributes.value("resource", "");
  const std::string sub = attributes.value("subresource", "");
  if (!sub.empty()) resource += "/" + sub;
  const bool allowed =
      denied_.count(attributes.value("verb", "") + " " + resource) == 0;
  review["status"] = {{"allowed", allowed}};
  return Answer(201, review);
}

ApiResponse Api::HandleObject(const ApiRequest& request,
                              const ResourcePath& path) {
  if (request.method == "GET") {
    if (path.name.empty()) return ListObjects(request, path);
    return Answer(200, store_->Get(*path.resource, path.name_space, path.name));
  }
  if (request.method == "POST" && path.name.empty()) {
    return CreateObject(request, path);
  }
  if (path.name.empty()) throw NoSuchMethod();
  if (request.method == "PUT" || request.method == "PATCH") {
    return WriteObject(request, path);
  }
  if (request.method == "DELETE" && path.subresource.empty()) {
    return DeleteObject(request, path);
  }
  throw NoSuchMethod();
}

ApiResponse Api::CreateObject(const ApiRequest& request,
                              const ResourcePath& path) {
  CheckJsonType(request);
  Json object = ParseBody(request.body, path.resource->kind);
  if (object.value("kind", path.resource->kind) != path.resource->kind) {
    throw ApiError(400, "BadRequest",
                   object.value("kind", "") + " in version \"" +
                       object.value("apiVersion", "") +
                       "\" cannot be handled as a " + path.resource->kind);
  }
  CheckFields(request, *path.resource, object);
  if (path.resource->namespaced) {
    const std::string given = Text(object, {"metadata", "namespace"});
    if (!given.empty() && given != path.name_space) {
      throw ApiError(400, "BadRequest",
                     "the namespace of the provided object does not match the "
                     "namespace sent on the request");
    }
    object["metadata"]["namespace"] = path.name_space;
  }
  return Answer(201, store_->Create(*path.resource, std::move(object),
                                    WantsDryRun(request, nullptr)));
}

ApiResponse Api::WriteObject(const ApiRequest& request,
                             const ResourcePath& path) {
  const bool dry_run = WantsDryRun(request, nullptr);
  Json object;
  if (request.method == "PATCH") {
    const Json& current =
        store_->Get(*path.resource, path.name_space, path.name);
    object = ApplyPatch(current, request.body, request.content_type,
                        path.resource->custom);
  } else {
    CheckJsonType(request);
    object = ParseBody(request.body, path.resource->kind);
    if (path.resource->namespaced &&
        Text(object, {"metadata", "namespace"}).empty()) {
      object["metadata"]["namespace"] = path.name_space;
    }
  }
  CheckFields(request, *path.resource, object);
  CheckUrlName(object, path);
  const Part part = path.subresource == "status" ? Part::kStatus : Part::kMain;
  return Answer(200, store_->Update(*path.resource, std::move(object), part,
                                    dry_run, request.Query("fieldManager")));
}

ApiResponse Api::DeleteObject(const ApiRequest& request,
                              const ResourcePath& path) {
  Json options = Json::object();
  if (!request.body.empty()) {
    options = Json::parse(request.body, nullptr, false);
    if (!options.is_object()) {
      throw ApiError(500, "", "couldn't get version/kind; json parse error");
    }
  }
  return Answer(200, store_->Delete(*path.resource, path.name_space, path.name,
                                    options, WantsDryRun(request, options)));
}

}  // namespace kubesim
