#include "sim/kubesim/resources.h"

#include <stdexcept>

namespace kubesim {
namespace {

// budget: one table, a row a resource.
std::vector<Resource> MakeResources() {
  return {
      {.group = "",
       .version = "v1",
       .plural = "namespaces",
       .kind = "Namespace",
       .namespaced = false},
      {.group = "",
       .version = "v1",
       .plural = "nodes",
       .kind = "Node",
       .namespaced = false},
      {.group = "",
       .version = "v1",
       .plural = "pods",
       .kind = "Pod",
       .counts_generation = true},
      {.group = "",
       .version = "v1",
       .plural = "persistentvolumeclaims",
       .kind = "PersistentVolumeClaim"},
      {.group = "storage.k8s.io",
       .version = "v1",
       .plural = "storageclasses",
       .kind = "StorageClass",
       .namespaced = false},
      {.group = "cert-manager.io",
       .version = "v1",
       .plural = "certificates",
       .kind = "Certificate",
       .counts_generation = true,
       .custom = true},
      {.group = "", .version = "v1", .plural = "services", .kind = "Service"},
      {.group = "",
       .version = "v1",
       .plural = "configmaps",
       .kind = "ConfigMap"},
      {.group = "apps",
       .version = "v1",
       .plural = "deployments",
       .kind = "Deployment",
       .counts_generation = true,
       .has_scale = true},
      {.group = "apps",
       .version = "v1",
       .plural = "replicasets",
       .kind = "ReplicaSet",
       .counts_generation = true,
       .has_scale = true},
      {.group = "apps",
       .version = "v1",
       .plural = "statefulsets",
       .kind = "StatefulSet",
       .counts_generation = true,
       .has_scale = true},
      {.group = "apps",
       .version = "v1",
       .plural = "daemonsets",
       .kind = "DaemonSet",
       .counts_generation = true},
      {.group = "apps",
       .version = "v1",
       .plural = "controllerrevisions",
       .kind = "ControllerRevision"},
      {.group = "autoscaling",
       .version = "v2",
       .plural = "horizontalpodautoscalers",
       .kind = "HorizontalPodAutoscaler"},
      {.group = "policy",
       .version = "v1",
       .plural = "poddisruptionbudgets",
       .kind = "PodDisruptionBudget",
       .counts_generation = true},
      {.group = "",
       .version = "v1",
       .plural = "resourcequotas",
       .kind = "ResourceQuota"},
      {.group = "",
       .version = "v1",
       .plural = "limitranges",
       .kind = "LimitRange"},
      {.group = "argoproj.io",
       .version = "v1alpha1",
       .plural = "applications",
       .kind = "Application",
       .custom = true,
       .whole = true},
      {.group = "argoproj.io",
       .version = "v1alpha1",
       .plural = "rollouts",
       .kind = "Rollout",
       .counts_generation = true,
       .has_scale = true,
       .custom = true},
      {.group = "events.k8s.io",
       .version = "v1",
       .plural = "events",
       .kind = "Event"},
      {.group = "coordination.k8s.io",
       .version = "v1",
       .plural = "leases",
       .kind = "Lease"},
  };
}

std::vector<std::string> Split(const std::string& path) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : path) {
    if (c != '/') {
      part += c;
      continue;
    }
    if (!part.empty()) parts.push_back(part);
    part.clear();
  }
  if (!part.empty()) parts.push_back(part);
  return parts;
}

}  // namespace

const std::vector<Resource>& Resources() {
  static const std::vector<Resource> kResources = MakeResources();
  return kResources;
}

const Resource* FindResource(const std::string& group,
                             const std::string& version,
                             const std::string& plural) {
  for (const Resource& resource : Resources()) {
    if (resource.group == group && resource.version == version &&
        resource.plural == plural) {
      return &resource;
    }
  }
  return nullptr;
}

const Resource* FindKind(const std::string& api_version,
                         const std::string& kind) {
  for (const Resource& resource : Resources()) {
    if (resource.ApiVersion() == api_version && resource.kind == kind) {
      return &resource;
    }
  }
  return nullptr;
}

const Resource& Named(std::string_view plural) {
  for (const Resource& resource : Resources()) {
    if (resource.plural == plural) return resource;
  }
  throw std::logic_error("no resource named " + std::string(plural));
}

std::optional<ResourcePath> ParseResourcePath(const std::string& path) {
  const std::vector<std::string> parts = Split(path);
  std::size_t at = 0;
  std::string group;
  if (parts.size() >= 3 && parts[0] == "api") {
    at = 1;
  } else if (parts.size() >= 4 && parts[0] == "apis") {
    group = parts[1];
    at = 2;
  } else {
    return std::nullopt;
  }
  const std::string& version = parts[at++];
  ResourcePath result;
  const bool scoped = parts[at] == "namespaces" && parts.size() >= at + 3 &&
                      FindResource(group, version, parts[at + 2]) != nullptr;
  if (scoped) {
    result.name_space = parts[at + 1];
    at += 2;
  }
  result.resource = FindResource(group, version, parts[at++]);
  if (result.resource == nullptr) return std::nullopt;
  if (scoped && !result.resource->namespaced) return std::nullopt;
  if (at < parts.size()) result.name = parts[at++];
  if (at < parts.size()) result.subresource = parts[at++];
  if (at < parts.size()) return std::nullopt;
  if (!result.name.empty() && result.resource->namespaced && !scoped) {
    return std::nullopt;
  }
  return result;
}

}  // namespace kubesim
