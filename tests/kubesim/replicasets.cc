#include <algorithm>

#include "tests/kubesim/controllers.h"
#include "tests/kubesim/defaults.h"
#include "tests/kubesim/workloads.h"

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
                           std::atoi(cost.c_str()));
  };
  if (rank(a) != rank(b)) return rank(a) < rank(b);
  return Text(a, {"metadata", "creationTimestamp"}) >
         Text(b, {"metadata", "creationTimestamp"});
}

/// Pods whose labels left the selector are let go; orphans are taken in.
void ClaimPods(Store& store, const Json& set) {
  const Json& selector = set["spec"]["selector"];
  const std::string name_space = Text(set, {"metadata", "namespace"});
  const std::string uid = Text(set, {"metadata", "uid"});
  const std::map<Store::Key, Json> pods = store.All(Named("pods"));
  for (const auto& [key, pod] : pods) {
    if (key.first != name_space || IsTerminating(pod)) continue;
    const Json* owner = ControllerOf(pod);
    const bool selected = SelectorMatches(
        selector, pod["metadata"].value("labels", Json::object()));
    if (owner == nullptr && selected) {
      store.Edit(
          Named("pods"), key.first, key.second, Part::kMain, [&](Json& object) {
            object["metadata"]["ownerReferences"] = {OwnerReference(set)};
          });
    } else if (owner != nullptr && owner->value("uid", "") == uid &&
               !selected) {
      store.Edit(
          Named("pods"), key.first, key.second, Part::kMain,
          [](Json& object) { object["metadata"].erase("ownerReferences"); });
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
  const std::map<Store::Key, Json> sets = store.All(Named("replicasets"));
  for (const auto& [key, set] : sets) {
    ClaimPods(store, set);
    Reconcile(store, set);
  }
}

}  // namespace kubesim
