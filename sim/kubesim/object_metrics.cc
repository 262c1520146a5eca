#include "sim/kubesim/metrics.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

using Labels = Exposition::Labels;

Labels Join(Labels labels, const Labels& more) {
  labels.insert(labels.end(), more.begin(), more.end());
  return labels;
}

/// A family and where its value stands in the object.
struct Figure {
  const char* family;
  std::initializer_list<const char*> path;
};

void AddFigures(const Json& object, const Labels& labels,
                std::initializer_list<Figure> figures, Exposition& into) {
  for (const Figure& figure : figures) {
    into.Add(figure.family, "gauge", labels,
             static_cast<double>(Number(object, figure.path)));
  }
}

void AddConditions(const Json& object, const char* family, const Labels& labels,
                   Exposition& into) {
  const Json* conditions = Member(object, {"status", "conditions"});
  if (conditions == nullptr) return;
  for (const Json& condition : *conditions) {
    for (const char* status : {"true", "false", "unknown"}) {
      std::string have = condition.value("status", "");
      for (char& c : have) c = static_cast<char>(std::tolower(c));
      into.Add(family, "gauge",
               Join(labels, {{"condition", condition.value("type", "")},
                             {"status", status}}),
               have == status ? 1 : 0);
    }
  }
}

void AddDeployment(const Json& object, const Labels& labels, Exposition& into) {
  AddFigures(
      object, labels,
      {{"kube_deployment_spec_replicas", {"spec", "replicas"}},
       {"kube_deployment_metadata_generation", {"metadata", "generation"}},
       {"kube_deployment_status_observed_generation",
        {"status", "observedGeneration"}},
       {"kube_deployment_status_replicas", {"status", "replicas"}},
       {"kube_deployment_status_replicas_ready", {"status", "readyReplicas"}},
       {"kube_deployment_status_replicas_available",
        {"status", "availableReplicas"}},
       {"kube_deployment_status_replicas_unavailable",
        {"status", "unavailableReplicas"}},
       {"kube_deployment_status_replicas_updated",
        {"status", "updatedReplicas"}}},
      into);
  into.Add("kube_deployment_spec_paused", "gauge", labels,
           object["spec"].value("paused", false) ? 1 : 0);
  AddConditions(object, "kube_deployment_status_condition", labels, into);
}

void AddStatefulSet(const Json& object, const Labels& labels,
                    Exposition& into) {
  AddFigures(
      object, labels,
      {{"kube_statefulset_replicas", {"spec", "replicas"}},
       {"kube_statefulset_metadata_generation", {"metadata", "generation"}},
       {"kube_statefulset_status_observed_generation",
        {"status", "observedGeneration"}},
       {"kube_statefulset_status_replicas", {"status", "replicas"}},
       {"kube_statefulset_status_replicas_ready", {"status", "readyReplicas"}},
       {"kube_statefulset_status_replicas_available",
        {"status", "availableReplicas"}},
       {"kube_statefulset_status_replicas_updated",
        {"status", "updatedReplicas"}}},
      into);
}

void AddAutoscaler(const Json& object, const Labels& labels, Exposition& into) {
  AddFigures(object, labels,
             {{"kube_horizontalpodautoscaler_spec_min_replicas",
               {"spec", "minReplicas"}},
              {"kube_horizontalpodautoscaler_spec_max_replicas",
               {"spec", "maxReplicas"}},
              {"kube_horizontalpodautoscaler_status_current_replicas",
               {"status", "currentReplicas"}},
              {"kube_horizontalpodautoscaler_status_desired_replicas",
               {"status", "desiredReplicas"}}},
             into);
  AddConditions(object, "kube_horizontalpodautoscaler_status_condition", labels,
                into);
}

void AddBudget(const Json& object, const Labels& labels, Exposition& into) {
  AddFigures(object, labels,
             {{"kube_poddisruptionbudget_status_pod_disruptions_allowed",
               {"status", "disruptionsAllowed"}},
              {"kube_poddisruptionbudget_status_current_healthy",
               {"status", "currentHealthy"}},
              {"kube_poddisruptionbudget_status_desired_healthy",
               {"status", "desiredHealthy"}},
              {"kube_poddisruptionbudget_status_expected_pods",
               {"status", "expectedPods"}}},
             into);
}

void AddNode(const Json& object, const Labels& labels, Exposition& into) {
  into.Add("kube_node_info", "gauge", labels, 1);
  into.Add("kube_node_spec_unschedulable", "gauge", labels,
           object["spec"].value("unschedulable", false) ? 1 : 0);
  AddConditions(object, "kube_node_status_condition", labels, into);
}

void AddReplicaSet(const Json& object, const Labels& labels, Exposition& into) {
  AddFigures(
      object, labels,
      {{"kube_replicaset_spec_replicas", {"spec", "replicas"}},
       {"kube_replicaset_status_ready_replicas", {"status", "readyReplicas"}}},
      into);
  const Json* owner = ControllerOf(object);
  if (owner == nullptr) return;
  into.Add("kube_replicaset_owner", "gauge",
           Join(labels, {{"owner_kind", owner->value("kind", "")},
                         {"owner_name", owner->value("name", "")},
                         {"owner_is_controller", "true"}}),
           1);
}

}  // namespace

void AddObjectMetrics(const Store& store, const Exposition::Labels& extra,
                      Exposition& into) {
  using Adder = void (*)(const Json&, const Labels&, Exposition&);
  struct Kind {
    const char* plural;
    const char* label;
    Adder add;
  };
  for (const Kind& kind :
       {Kind{"deployments", "deployment", AddDeployment},
        Kind{"replicasets", "replicaset", AddReplicaSet},
        Kind{"statefulsets", "statefulset", AddStatefulSet},
        Kind{"horizontalpodautoscalers", "horizontalpodautoscaler",
             AddAutoscaler},
        Kind{"poddisruptionbudgets", "poddisruptionbudget", AddBudget},
        Kind{"nodes", "node", AddNode}}) {
    for (const auto& [key, object] : store.All(Named(kind.plural))) {
      Labels labels;
      if (!key.first.empty()) labels.emplace_back("namespace", key.first);
      labels.emplace_back(kind.label, key.second);
      kind.add(object, Join(labels, extra), into);
    }
  }
}

}  // namespace kubesim
