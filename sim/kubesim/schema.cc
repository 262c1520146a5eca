#include "sim/kubesim/schema.h"

#include <map>
#include <set>

namespace kubesim {
namespace {

using Names = std::set<std::string>;

const Names kMetadata = {"name",
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
                         "finalizers",
                         "managedFields",
                         "selfLink"};

const std::map<std::string, Names>& SpecFields() {
  static const std::map<std::string, Names> kFields = {
      {"deployments",
       {"replicas", "selector", "template", "strategy", "minReadySeconds",
        "revisionHistoryLimit", "paused", "progressDeadlineSeconds"}},
      {"replicasets", {"replicas", "selector", "template", "minReadySeconds"}},
      {"statefulsets",
       {"replicas", "selector", "template", "serviceName", "updateStrategy",
        "podManagementPolicy", "revisionHistoryLimit", "minReadySeconds",
        "volumeClaimTemplates", "persistentVolumeClaimRetentionPolicy",
        "ordinals"}},
      {"daemonsets",
       {"selector", "template", "updateStrategy", "minReadySeconds",
        "revisionHistoryLimit"}},
      {"horizontalpodautoscalers",
       {"scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "behavior"}},
      {"poddisruptionbudgets",
       {"minAvailable", "maxUnavailable", "selector",
        "unhealthyPodEvictionPolicy"}},
      {"nodes",
       {"podCIDR", "podCIDRs", "providerID", "unschedulable", "taints",
        "configSource", "externalID"}}};
  return kFields;
}

std::string Drop(Json& object, const Names& known, const std::string& prefix) {
  std::string first;
  for (auto it = object.begin(); it != object.end();) {
    if (known.count(it.key()) > 0) {
      ++it;
      continue;
    }
    if (first.empty()) first = prefix + it.key();
    it = object.erase(it);
  }
  return first;
}

}  // namespace

std::string DropUnknownFields(const Resource& resource, Json& object) {
  std::string first;
  if (object.contains("metadata") && object["metadata"].is_object()) {
    first = Drop(object["metadata"], kMetadata, "metadata.");
  }
  const auto spec = SpecFields().find(resource.plural);
  if (spec == SpecFields().end()) return first;
  const Names top = {"apiVersion", "kind", "metadata", "spec", "status"};
  const std::string above = Drop(object, top, "");
  if (first.empty()) first = above;
  if (object.contains("spec") && object["spec"].is_object()) {
    const std::string below = Drop(object["spec"], spec->second, "spec.");
    if (first.empty()) first = below;
  }
  return first;
}

}  // namespace kubesim
