#include "sim/kubesim/api.h"
#include "sim/kubesim/defaults.h"
#include "sim/kubesim/patch.h"

namespace kubesim {
namespace {

std::string SelectorText(const Json& object) {
  std::string text;
  const Json* labels = Member(object, {"spec", "selector", "matchLabels"});
  if (labels == nullptr) return text;
  for (const auto& [key, value] : labels->items()) {
    if (!text.empty()) text += ",";
    text += key + "=" + value.get<std::string>();
  }
  return text;
}

Json ScaleOf(const Json& object) {
  const Json& metadata = object["metadata"];
  return {{"kind", "Scale"},
          {"apiVersion", "autoscaling/v1"},
          {"metadata",
           {{"name", metadata["name"]},
            {"namespace", metadata["namespace"]},
            {"uid", metadata["uid"]},
            {"resourceVersion", metadata["resourceVersion"]},
            {"creationTimestamp", metadata["creationTimestamp"]}}},
          {"spec", {{"replicas", Number(object, {"spec", "replicas"})}}},
          {"status",
           {{"replicas", Number(object, {"status", "replicas"})},
            {"selector", SelectorText(object)}}}};
}

void CheckScaleUid(const ResourcePath& path, const Json& current,
                   const Json& scale) {
  const std::string uid = Text(scale, {"metadata", "uid"});
  const std::string have = Text(current, {"metadata", "uid"});
  if (uid.empty() || uid == have) return;
  Resource scaled = *path.resource;
  scaled.plural += "/scale";
  throw Conflict(scaled, path.name,
                 "Precondition failed: UID in precondition: " + uid +
                     ", UID in object meta: " + have);
}

/// The budgets of the namespace that select this pod.
std::vector<const Json*> BudgetsOf(const Store& store, const Json& pod) {
  std::vector<const Json*> budgets;
  const Json labels = pod["metadata"].value("labels", Json::object());
  const std::string name_space = Text(pod, {"metadata", "namespace"});
  for (const auto& [key, budget] : store.All(Named("poddisruptionbudgets"))) {
    if (key.first != name_space) continue;
    const Json* selector = Member(budget, {"spec", "selector"});
    if (selector != nullptr && SelectorMatches(*selector, labels)) {
      budgets.push_back(&budget);
    }
  }
  return budgets;
}

bool IsReady(const Json& pod) {
  const Json* status = Member(pod, {"status"});
  if (status == nullptr) return false;
  for (const Json& condition : status->value("conditions", Json::array())) {
    if (condition.value("type", "") == "Ready") {
      return condition.value("status", "") == "True";
    }
  }
  return false;
}

bool IgnoresBudget(const Json& pod) {
  const std::string phase = Text(pod, {"status", "phase"});
  return phase == "Pending" || phase == "Succeeded" || phase == "Failed" ||
         pod["metadata"].contains("deletionTimestamp");
}

ApiError TooManyDisruptions(const std::string& message, int wait) {
  Json details = {
      {"causes", {{{"reason", "DisruptionBudget"}, {"message", message}}}}};
  if (wait > 0) details["retryAfterSeconds"] = wait;
  return ApiError(429, "TooManyRequests",
                  "Cannot evict pod as it would violate the pod's disruption "
                  "budget.",
                  details);
}

void CheckBudget(const Json& pod, const Json& budget) {
  const std::string name = Text(budget, {"metadata", "name"});
  const std::int64_t healthy = Number(budget, {"status", "currentHealthy"});
  const std::int64_t desired = Number(budget, {"status", "desiredHealthy"});
  const bool always =
      Text(budget, {"spec", "unhealthyPodEvictionPolicy"}) == "AlwaysAllow";
  if (!IsReady(pod) && (always || (healthy >= desired && desired > 0))) return;
  if (Number(budget, {"status", "observedGeneration"}) <
      Number(budget, {"metadata", "generation"})) {
    throw TooManyDisruptions("The disruption budget " + name +
                                 " is still being processed by the server.",
                             10);
  }
  if (Number(budget, {"status", "disruptionsAllowed"}) > 0) return;
  throw TooManyDisruptions(
      "The disruption budget " + name + " needs " + std::to_string(desired) +
          " healthy pods and has " + std::to_string(healthy) + " currently",
      0);
}

void TakeAllowance(Store& store, const Json& budget, const std::string& pod) {
  store.Edit(
      Named("poddisruptionbudgets"), Text(budget, {"metadata", "namespace"}),
      Text(budget, {"metadata", "name"}), Part::kStatus, [&](Json& object) {
        Json& status = object["status"];
        status["disruptionsAllowed"] =
            Number(status, {"disruptionsAllowed"}) - 1;
        status["disruptedPods"][pod] = FormatTime(store.now());
      });
}

}  // namespace

ApiResponse Api::HandleScale(const ApiRequest& request,
                             const ResourcePath& path) {
  if (!path.resource->has_scale) {
    throw ApiError(404, "NotFound",
                   "the server could not find the requested resource",
                   Json::object());
  }
  const Json current = store_->Get(*path.resource, path.name_space, path.name);
  Json scale = ScaleOf(current);
  if (request.method == "GET") return Answer(200, scale);
  if (request.method == "PATCH") {
    scale = ApplyPatch(scale, request.body, request.content_type, false);
  } else if (request.method == "PUT") {
    scale = ParseBody(request.body, "Scale");
  } else {
    throw ApiError(405, "MethodNotAllowed", "method not allowed on scale");
  }
  CheckScaleUid(path, current, scale);
  Json object = current;
  const std::string version = Text(scale, {"metadata", "resourceVersion"});
  if (version.empty()) {
    object["metadata"].erase("resourceVersion");
  } else {
    object["metadata"]["resourceVersion"] = version;
  }
  const std::int64_t replicas = Number(scale, {"spec", "replicas"});
  if (replicas < 0) {
    throw Invalid({.group = "autoscaling",
                   .version = "v1",
                   .plural = "scales",
                   .kind = "Scale"},
                  path.name, "spec.replicas",
                  "Invalid value: " + std::to_string(replicas) +
                      ": must be greater than or equal to 0");
  }
  object["spec"]["replicas"] = replicas;
  return Answer(
      200, ScaleOf(store_->Update(*path.resource, std::move(object),
                                  Part::kMain, WantsDryRun(request, nullptr))));
}

ApiResponse Api::Evict(const ApiRequest& request, const ResourcePath& path) {
  if (request.method != "POST" || path.resource->plural != "pods") {
    throw ApiError(405, "MethodNotAllowed", "method not allowed on eviction");
  }
  const Json eviction = ParseBody(request.body, "Eviction");
  const std::string name = Text(eviction, {"metadata", "name"});
  if (name != path.name) {
    throw ApiError(400, "BadRequest",
                   "name in URL does not match name in Eviction object");
  }
  const Json* found = Member(eviction, {"deleteOptions"});
  const Json options = found != nullptr ? *found : Json::object();
  const bool dry_run = WantsDryRun(request, options);
  const Json pod = store_->Get(*path.resource, path.name_space, path.name);
  const std::vector<const Json*> budgets = BudgetsOf(*store_, pod);
  if (!IgnoresBudget(pod) && budgets.size() > 1) {
    throw ApiError(500, "",
                   "This pod has more than one PodDisruptionBudget, which the "
                   "eviction subresource does not support.");
  }
  if (!IgnoresBudget(pod) && budgets.size() == 1) {
    CheckBudget(pod, *budgets[0]);
    // As the real one: the allowance is gone even if the deletion then fails
    // at a precondition.
    if (!dry_run && IsReady(pod)) TakeAllowance(*store_, *budgets[0], name);
  }
  store_->Delete(*path.resource, path.name_space, path.name, options, dry_run);
  return Answer(201, {{"kind", "Status"},
                      {"apiVersion", "v1"},
                      {"metadata", Json::object()},
                      {"status", "Success"},
                      {"code", 201}});
}

}  // namespace kubesim
