#include "sim/kubesim/defaults.h"

#include <algorithm>
#include <regex>

#include "sim/kubesim/store.h"

namespace kubesim {
namespace {

void Default(Json& object, const char* field, const Json& value) {
  if (!object.contains(field) || object[field].is_null()) {
    object[field] = value;
  }
}

void DefaultPodSpec(Json& spec) {
  Default(spec, "restartPolicy", "Always");
  Default(spec, "terminationGracePeriodSeconds", 30);
  Default(spec, "dnsPolicy", "ClusterFirst");
  Default(spec, "securityContext", Json::object());
  Default(spec, "schedulerName", "default-scheduler");
  if (!spec.contains("containers") || !spec["containers"].is_array()) return;
  for (Json& container : spec["containers"]) {
    const std::string image = container.value("image", "");
    const std::size_t colon = image.rfind(':');
    const bool tagged = colon != std::string::npos &&
                        image.find('/', colon) == std::string::npos &&
                        image.substr(colon) != ":latest";
    Default(container, "resources", Json::object());
    Default(container, "terminationMessagePath", "/dev/termination-log");
    Default(container, "terminationMessagePolicy", "File");
    Default(container, "imagePullPolicy", tagged ? "IfNotPresent" : "Always");
    Json& resources = container["resources"];
    if (!resources.contains("limits")) continue;
    Json requests = resources.value("requests", Json::object());
    for (const auto& [name, amount] : resources["limits"].items()) {
      Default(requests, name.c_str(), amount);
    }
    resources["requests"] = requests;
  }
}

void DefaultTemplate(Json& spec) {
  if (spec.contains("template") && spec["template"].contains("spec")) {
    DefaultPodSpec(spec["template"]["spec"]);
  }
}

void DefaultDeployment(Json& spec) {
  Default(spec, "replicas", 1);
  Default(spec, "revisionHistoryLimit", 10);
  Default(spec, "progressDeadlineSeconds", 600);
  Default(spec, "strategy", Json::object());
  Json& strategy = spec["strategy"];
  Default(strategy, "type", "RollingUpdate");
  if (strategy["type"] == "RollingUpdate") {
    Default(strategy, "rollingUpdate", Json::object());
    Default(strategy["rollingUpdate"], "maxUnavailable", "25%");
    Default(strategy["rollingUpdate"], "maxSurge", "25%");
  }
  DefaultTemplate(spec);
}

void DefaultStatefulSet(Json& spec) {
  Default(spec, "replicas", 1);
  Default(spec, "revisionHistoryLimit", 10);
  Default(spec, "podManagementPolicy", "OrderedReady");
  Default(spec, "updateStrategy", Json::object());
  Json& strategy = spec["updateStrategy"];
  Default(strategy, "type", "RollingUpdate");
  if (strategy["type"] == "RollingUpdate") {
    Default(strategy, "rollingUpdate", Json::object());
    Default(strategy["rollingUpdate"], "partition", 0);
  }
  DefaultTemplate(spec);
}

void DefaultDaemonSet(Json& spec) {
  Default(spec, "revisionHistoryLimit", 10);
  Default(spec, "updateStrategy", Json::object());
  Json& strategy = spec["updateStrategy"];
  Default(strategy, "type", "RollingUpdate");
  if (strategy["type"] == "RollingUpdate") {
    Default(strategy, "rollingUpdate", Json::object());
    Default(strategy["rollingUpdate"], "maxUnavailable", 1);
    Default(strategy["rollingUpdate"], "maxSurge", 0);
  }
  DefaultTemplate(spec);
}

/// The fields of metadata that a typed server would keep.
void PruneMetadata(Json& metadata) {
  static const std::vector<std::string> kKnown = {"name",
                                                  "generateName",
                                                  "namespace",
                                                  "uid",
                                                  "resourceVersion",
                                                  "generation",
                                                  "creationTimestamp",
                                                  "deletionTimestamp",
                                                  "deletionGracePeriodSeconds",
                                                  "labels",
                                                  "annotations",
                                                  "ownerReferences",
                                                  "finalizers"};
  for (auto it = metadata.begin(); it != metadata.end();) {
    const bool known =
        std::find(kKnown.begin(), kKnown.end(), it.key()) != kKnown.end();
    const bool empty =
        it->is_null() || ((it->is_object() || it->is_array()) && it->empty());
    it = known && !empty ? std::next(it) : metadata.erase(it);
  }
}

void CheckName(const Resource& resource, const std::string& name) {
  static const std::regex kSubdomain(
      "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  if (name.empty()) {
    throw Invalid(resource, name, "metadata.name",
                  "Required value: name or generateName is required");
  }
  if (!std::regex_match(name, kSubdomain)) {
    throw Invalid(resource, name, "metadata.name",
                  "Invalid value: \"" + name +
                      "\": a lowercase RFC 1123 subdomain must consist of "
                      "lower case alphanumeric characters, '-' or '.'");
  }
}

void CheckWorkload(const Resource& resource, const std::string& name,
                   const Json& spec) {
  const std::int64_t replicas = Number(spec, {"replicas"});
  if (spec.contains("replicas") && !spec["replicas"].is_number_integer()) {
    throw Invalid(resource, name, "patch",
                  "Invalid value: spec.replicas: must be an integer");
  }
  if (replicas < 0) {
    throw Invalid(resource, name, "spec.replicas",
                  "Invalid value: " + std::to_string(replicas) +
                      ": must be greater than or equal to 0");
  }
  const Json* selector = Member(spec, {"selector"});
  if (selector == nullptr || selector->empty()) {
    throw Invalid(resource, name, "spec.selector", "Required value");
  }
  const Json* labels = Member(spec, {"template", "metadata", "labels"});
  if (!SelectorMatches(*selector, labels ? *labels : Json::object())) {
    throw Invalid(resource, name, "spec.template.metadata.labels",
                  "Invalid value: `selector` does not match template `labels`");
  }
}

void CheckContainers(const Resource& resource, const std::string& name,
                     const Json* containers, const std::string& field) {
  if (containers == nullptr || !containers->is_array() || containers->empty()) {
    throw Invalid(resource, name, field, "Required value");
  }
}

void CheckAutoscaler(const Resource& resource, const std::string& name,
                     const Json& spec) {
  const std::int64_t least = Number(spec, {"minReplicas"}, 1);
  const std::int64_t most = Number(spec, {"maxReplicas"});
  if (most < 1) {
    throw Invalid(
        resource, name, "spec.maxReplicas",
        "Invalid value: " + std::to_string(most) + ": must be greater than 0");
  }
  if (most < least) {
    throw Invalid(resource, name, "spec.maxReplicas",
                  "Invalid value: " + std::to_string(most) +
                      ": must be greater than or equal to `minReplicas`");
  }
}

void CheckEvent(const Resource& resource, const Json& object) {
  const std::string name = Text(object, {"metadata", "name"});
  if (Text(object, {"eventTime"}).empty()) {
    throw Invalid(resource, name, "eventTime", "Required value");
  }
  for (const char* field :
       {"reportingController", "reportingInstance", "action", "reason"}) {
    const std::string text = Text(object, {field});
    if (text.empty()) throw Invalid(resource, name, field, "Required value");
    if (text.size() > 128) {
      throw Invalid(resource, name, field, "Invalid value: too long");
    }
  }
  if (Text(object, {"note"}).size() > 1024) {
    throw Invalid(resource, name, "note",
                  "Invalid value: can have at most 1024 characters");
  }
  const std::string type = Text(object, {"type"});
  if (type != "Normal" && type != "Warning") {
    throw Invalid(resource, name, "type", "Invalid value: \"" + type + "\"");
  }
}

bool RequirementMatches(const Json& requirement, const Json& labels) {
  const std::string key = requirement.value("key", "");
  const std::string op = requirement.value("operator", "");
  const Json values = requirement.value("values", Json::array());
  const bool present = labels.contains(key);
  const bool listed = present && std::find(values.begin(), values.end(),
                                           labels[key]) != values.end();
  if (op == "In") return listed;
  if (op == "NotIn") return !listed;
  if (op == "Exists") return present;
  return op == "DoesNotExist" && !present;
}

}  // namespace

bool SelectorMatches(const Json& selector, const Json& labels) {
  if (!selector.is_object()) return false;
  const Json wanted = selector.value("matchLabels", Json::object());
  for (const auto& [key, value] : wanted.items()) {
    if (!labels.contains(key) || labels[key] != value) return false;
  }
  for (const Json& requirement :
       selector.value("matchExpressions", Json::array())) {
    if (!RequirementMatches(requirement, labels)) return false;
  }
  return true;
}

void ApplyDefaults(const Resource& resource, Json& object) {
  PruneMetadata(object["metadata"]);
  if (resource.plural == "events" || resource.plural == "configmaps" ||
      resource.plural == "controllerrevisions") {
    return;
  }
  if (!object.contains("spec") || !object["spec"].is_object()) {
    object["spec"] = Json::object();
  }
  Json& spec = object["spec"];
  for (auto it = spec.begin(); it != spec.end();) {
    it = it->is_null() ? spec.erase(it) : std::next(it);
  }
  if (resource.plural == "deployments") DefaultDeployment(spec);
  if (resource.plural == "statefulsets") DefaultStatefulSet(spec);
  if (resource.plural == "daemonsets") DefaultDaemonSet(spec);
  if (resource.plural == "replicasets") {
    Default(spec, "replicas", 1);
    DefaultTemplate(spec);
  }
  if (resource.plural == "pods") DefaultPodSpec(spec);
  if (resource.plural == "horizontalpodautoscalers") {
    Default(spec, "minReplicas", 1);
    const Json target = {{"type", "Utilization"}, {"averageUtilization", 80}};
    const Json cpu = {{"name", "cpu"}, {"target", target}};
    Default(spec, "metrics",
            Json::array({{{"type", "Resource"}, {"resource", cpu}}}));
  }
  if (resource.plural == "namespaces") {
    object["metadata"]["labels"]["kubernetes.io/metadata.name"] =
        object["metadata"].value("name", "");
    Default(spec, "finalizers", Json::array({"kubernetes"}));
    Default(object, "status", Json{{"phase", "Active"}});
  }
  Default(object, "status", Json::object());
  if (resource.plural == "pods") {
    Default(object["status"], "phase", "Pending");
  }
}

void Validate(const Resource& resource, const Json& object) {
  const std::string name = Text(object, {"metadata", "name"});
  CheckName(resource, name);
  if (resource.plural == "events") CheckEvent(resource, object);
  if (!object.contains("spec")) return;
  const Json& spec = object["spec"];
  if (resource.plural == "deployments" || resource.plural == "replicasets" ||
      resource.plural == "statefulsets" || resource.plural == "daemonsets") {
    CheckWorkload(resource, name, spec);
    CheckContainers(resource, name,
                    Member(spec, {"template", "spec", "containers"}),
                    "spec.template.spec.containers");
  }
  if (resource.plural == "pods") {
    CheckContainers(resource, name, Member(spec, {"containers"}),
                    "spec.containers");
  }
  if (resource.plural == "horizontalpodautoscalers") {
    CheckAutoscaler(resource, name, spec);
  }
}

void ValidateUpdate(const Resource& resource, const Json& before,
                    const Json& after) {
  const std::string name = Text(after, {"metadata", "name"});
  const bool workload =
      resource.plural == "deployments" || resource.plural == "replicasets" ||
      resource.plural == "statefulsets" || resource.plural == "daemonsets";
  if (workload && before["spec"]["selector"] != after["spec"]["selector"]) {
    throw Invalid(resource, name, "spec.selector",
                  "Invalid value: " + after["spec"]["selector"].dump() +
                      ": field is immutable");
  }
  if (resource.plural == "persistentvolumeclaims") {
    const auto requested = [](const Json& claim) {
      return ParseQuantity(
          Text(claim, {"spec", "resources", "requests", "storage"}));
    };
    const double there =
        ParseQuantity(Text(before, {"status", "capacity", "storage"}));
    // An expansion that was asked for may be taken back, never what is there.
    if (requested(after) < requested(before) && requested(after) <= there) {
      throw Invalid(resource, name, "spec.resources.requests.storage",
                    "Forbidden: field can not be less than status.capacity");
    }
  }
  if (resource.plural == "pods" && Text(before, {"spec", "nodeName"}).empty() &&
      !Text(after, {"spec", "nodeName"}).empty()) {
    return;  // The scheduler's binding.
  }
  if (resource.plural == "pods" && before["spec"].value("nodeName", "") !=
                                       after["spec"].value("nodeName", "")) {
    throw Invalid(resource, name, "spec",
                  "Forbidden: pod updates may not change fields other than "
                  "`spec.containers[*].image`");
  }
}

}  // namespace kubesim
