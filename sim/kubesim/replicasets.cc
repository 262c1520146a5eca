#include <algorithm>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/defaults.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

/// The order in which a ReplicaSet gives up pods: those first that matter
/// least. Unassigned, not ready, cheap by annotation, youngest.
bool GoesFirst(const Json& a, const Json& b) {
  const auto rank = [](const Json& pod) {
    const Json annotations =
        pod["metadata"].value("annotations", Json::object());
    const std::string cost =
        annotations.value("controller.kubernetes.io/pod-deletion-cost", "0");
    const int assigned = Text(pod, {"spec", "nodeName"}).empty() ? 0 : 1;
    const int running = Text(pod, {"status", "phase"}) == "Running" ? 1 : 0;
    return std::make_tuple(assigned, running, IsPodReady(pod) ? 1 : 0,
                           std::strtol(cost.c_str(), nullptr, 10));
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  return Text(a, {"metadata", "creationTimestamp"}) >
         Text(b, {"metadata", "creationTimestamp"});
}

/// The ReplicaSet of the namespace that selects these labels, or nullptr.
const Json* SelectingSet(const Store& store, const std::string& name_space,
                         const Json& labels) {
  const auto& sets = store.All(Named("replicasets"));
  for (auto it = sets.lower_bound({name_space, ""});
       it != sets.end() && it->first.first == name_space; ++it) {
    if (SelectorMatches(it->second["spec"]["selector"], labels)) {
      return &it->second;
    }
  }
  return nullptr;
}

void SetOwners(Store& store, const Store::Key& pod, const Json& owners) {
  store.Edit(
      Named("pods"), pod.first, pod.second, Part::kMain,
      [&](Json& object) { object["metadata"]["ownerReferences"] = owners; });
}

/// Pods whose labels left the selector are let go; orphans are taken in.
void ClaimPods(Store& store) {
  for (const Store::Key& key : store.Keys(Named("pods"))) {
    const Json& pod = store.Get(Named("pods"), key.first, key.second);
    if (IsTerminating(pod)) continue;
    const Json labels = pod["metadata"].value("labels", Json::object());
    const Json* owner = ControllerOf(pod);
    if (owner == nullptr) {
      const Json* set = SelectingSet(store, key.first, labels);
      if (set != nullptr) {
        SetOwners(store, key, Json::array({OwnerReference(*set)}));
      }
    } else if (owner->value("kind", "") == "ReplicaSet") {
      const Json* set =
          store.Find(Named("replicasets"), key.first, owner->value("name", ""));
      if (set != nullptr &&
          !SelectorMatches((*set)["spec"]["selector"], labels)) {
        SetOwners(store, key, Json::array());
      }
    }
  }
}

void WriteStatus(Store& store, const Json& set, const std::vector<Json>& pods) {
  const std::int64_t min_ready = Number(set, {"spec", "minReadySeconds"});
  std::int64_t ready = 0;
  std::int64_t available = 0;
  for (const Json& pod : pods) {
    if (IsPodReady(pod)) ++ready;
    if (IsPodAvailable(pod, min_ready, store.now())) ++available;
  }
  store.Edit(Named("replicasets"), Text(set, {"metadata", "namespace"}),
             Text(set, {"metadata", "name"}), Part::kStatus, [&](Json& object) {
               Json& status = object["status"];
               status["replicas"] = pods.size();
               status["fullyLabeledReplicas"] = pods.size();
               status["readyReplicas"] = ready;
               status["availableReplicas"] = available;
               status["observedGeneration"] =
                   Number(object, {"metadata", "generation"});
             });
}

void Reconcile(Store& store, const Json& set) {
  std::vector<Json> pods;
  for (Json& pod : ControlledBy(store, Named("pods"), set)) {
    const std::string phase = Text(pod, {"status", "phase"});
    if (IsTerminating(pod) || phase == "Failed" || phase == "Succeeded") {
      continue;
    }
    pods.push_back(std::move(pod));
  }
  const auto wanted =
      static_cast<std::size_t>(Number(set, {"spec", "replicas"}));
  if (!IsTerminating(set)) {
    for (std::size_t n = pods.size(); n < wanted; ++n) {
      Json pod = PodFrom(set, set["spec"]["template"]);
      pod["metadata"]["generateName"] = Text(set, {"metadata", "name"}) + "-";
      store.Create(Named("pods"), std::move(pod));
    }
    if (pods.size() > wanted) {
      std::stable_sort(pods.begin(), pods.end(), GoesFirst);
      for (std::size_t n = 0; n + wanted < pods.size(); ++n) {
        DeletePod(store, pods[n]);
      }
    }
  }
  WriteStatus(store, set, pods);
}

}  // namespace

void ReconcileReplicaSets(Store& store) {
  ClaimPods(store);
  ForEachCopy(store, Named("replicasets"),
              [&](const Json& set) { Reconcile(store, set); });
}

}  // namespace kubesim
