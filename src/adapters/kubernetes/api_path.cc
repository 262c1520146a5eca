#include "adapters/kubernetes/api_path.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "adapters/http/url.h"

namespace selfheal::kubernetes {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool IsLabelText(std::string_view text, std::string_view extra) {
  return std::all_of(text.begin(), text.end(), [extra](char c) {
    return IsAlphanumeric(c) || extra.find(c) != std::string_view::npos;
  });
}

/// "a=b,c=d", or nullopt where a character could end the value early.
std::optional<std::string> SelectorText(const Labels& selector) {
  std::string text;
  for (const auto& [name, value] : selector) {
    if (name.empty() || name.size() > 317 || value.size() > 63 ||
        !IsLabelText(name, "-_./") || !IsLabelText(value, "-_.")) {
      return std::nullopt;
    }
    if (!text.empty()) text += ',';
    text += name + "=" + value;
  }
  return text;
}

std::string Root(const Resource& resource) {
  std::string path =
      resource.group.empty() ? "/api" : "/apis/" + std::string(resource.group);
  return path + "/" + std::string(resource.version);
}

Error BadName(std::string_view what) {
  return Error{Code::kInvalidArgument,
               std::string(what) + " is not a valid name"};
}

}  // namespace

Resource ResourceOf(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kPod:
      return {"", "v1", "pods"};
    case ObjectKind::kReplicaSet:
      return {"apps", "v1", "replicasets"};
    case ObjectKind::kDeployment:
      return {"apps", "v1", "deployments"};
    case ObjectKind::kStatefulSet:
      return {"apps", "v1", "statefulsets"};
    case ObjectKind::kDaemonSet:
      return {"apps", "v1", "daemonsets"};
    case ObjectKind::kJob:
      return {"batch", "v1", "jobs"};
    case ObjectKind::kNode:
      return {"", "v1", "nodes", false};
    case ObjectKind::kNamespace:
      return {"", "v1", "namespaces", false};
    case ObjectKind::kHorizontalPodAutoscaler:
      return {"autoscaling", "v2", "horizontalpodautoscalers"};
    case ObjectKind::kPodDisruptionBudget:
      return {"policy", "v1", "poddisruptionbudgets"};
    case ObjectKind::kControllerRevision:
      return {"apps", "v1", "controllerrevisions"};
    case ObjectKind::kPersistentVolumeClaim:
      return {"", "v1", "persistentvolumeclaims"};
    case ObjectKind::kStorageClass:
      return {"storage.k8s.io", "v1", "storageclasses", false};
    case ObjectKind::kCertificate:
      return {"cert-manager.io", "v1", "certificates"};
    case ObjectKind::kApplication:
      return {"argoproj.io", "v1alpha1", "applications"};
    case ObjectKind::kResourceQuota:
      return {"", "v1", "resourcequotas"};
    case ObjectKind::kLimitRange:
      return {"", "v1", "limitranges"};
    case ObjectKind::kRollout:
      return {"argoproj.io", "v1alpha1", "rollouts"};
    case ObjectKind::kService:
      return {"", "v1", "services"};
  }
  return {"", "v1", "pods"};
}

Result<std::string> ObjectPath(const ObjectRef& ref) {
  if (!IsWellFormed(ref)) return BadName(ToString(ref));
  const Resource resource = ResourceOf(ref.kind);
  std::vector<std::string> segments;
  if (resource.namespaced) segments = {"namespaces", ref.ns};
  segments.emplace_back(resource.name);
  segments.push_back(ref.name);
  auto path = http::BuildPath(segments);
  if (!path) return path.error();
  return Root(resource) + *path;
}

Result<std::string> ListPath(const ListQuery& query, int limit,
                             const std::string& continue_token) {
  const Resource resource = ResourceOf(query.kind);
  std::string path = Root(resource);
  if (!query.ns.empty()) {
    if (!resource.namespaced || !IsDnsLabel(query.ns)) {
      return BadName("namespace");
    }
    path += "/namespaces/" + query.ns;
  }
  path += "/" + std::string(resource.name);
  std::vector<std::pair<std::string, std::string>> parameters;
  const auto selector = SelectorText(query.selector);
  if (!selector) return BadName("a label of the selector");
  if (!selector->empty()) parameters.emplace_back("labelSelector", *selector);
  std::string fields;
  if (!query.node.empty()) {
    if (query.kind != ObjectKind::kPod || !IsDnsSubdomain(query.node)) {
      return BadName("node");
    }
    fields = "spec.nodeName=" + query.node;
  }
  if (!query.name.empty()) {
    if (!IsDnsSubdomain(query.name)) return BadName("name");
    fields += (fields.empty() ? "" : ",");
    fields += "metadata.name=" + query.name;
  }
  if (!fields.empty()) parameters.emplace_back("fieldSelector", fields);
  parameters.emplace_back("limit", std::to_string(limit));
  if (!continue_token.empty()) {
    parameters.emplace_back("continue", continue_token);
  }
  return path + "?" + http::BuildQuery(parameters);
}

}  // namespace selfheal::kubernetes
