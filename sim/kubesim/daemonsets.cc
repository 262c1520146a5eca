#include <map>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/revisions.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

constexpr char kRevisionLabel[] = "controller-revision-hash";

std::string RevisionOfPod(const Json& pod) {
  const Json labels = pod["metadata"].value("labels", Json::object());
  return labels.value(kRevisionLabel, "");
}

void Place(Store& store, const Json& set, const std::string& node,
           const std::string& revision) {
  Json pod = PodFrom(set, set["spec"]["template"]);
  pod["metadata"]["generateName"] = Text(set, {"metadata", "name"}) + "-";
  pod["metadata"]["labels"][kRevisionLabel] = revision;
  pod["spec"]["nodeName"] = node;
  store.Create(Named("pods"), std::move(pod));
}

void WriteStatus(Store& store, const Json& set, std::size_t nodes,
                 const std::map<std::string, Json>& pods,
                 const std::string& revision) {
  std::int64_t ready = 0;
  std::int64_t updated = 0;
  for (const auto& [node, pod] : pods) {
    if (IsPodReady(pod) && !IsTerminating(pod)) ++ready;
    if (RevisionOfPod(pod) == revision) ++updated;
  }
  store.Edit(Named("daemonsets"), Text(set, {"metadata", "namespace"}),
             Text(set, {"metadata", "name"}), Part::kStatus, [&](Json& object) {
               Json& status = object["status"];
               status["observedGeneration"] =
                   Number(object, {"metadata", "generation"});
               status["desiredNumberScheduled"] = nodes;
               status["currentNumberScheduled"] = pods.size();
               status["updatedNumberScheduled"] = updated;
               status["numberReady"] = ready;
               status["numberAvailable"] = ready;
               status["numberUnavailable"] =
                   static_cast<std::int64_t>(nodes) - ready;
               status["numberMisscheduled"] = 0;
             });
}

void Reconcile(Store& store, const Json& set) {
  const std::string revision = EnsureRevision(store, set);
  std::map<std::string, Json> pods;
  for (const Json& pod : ControlledBy(store, Named("pods"), set)) {
    pods.emplace(Text(pod, {"spec", "nodeName"}), pod);
  }
  const std::vector<Store::Key> nodes = store.Keys(Named("nodes"));
  bool all_ready = true;
  for (const Store::Key& key : nodes) {
    const auto found = pods.find(key.second);
    if (found == pods.end()) Place(store, set, key.second, revision);
    all_ready = all_ready && found != pods.end() && IsPodReady(found->second) &&
                !IsTerminating(found->second);
  }
  const bool rolls =
      Text(set, {"spec", "updateStrategy", "type"}) != "OnDelete";
  for (const auto& [node, pod] : pods) {
    const bool old = RevisionOfPod(pod) != revision;
    if (!rolls || !old || IsTerminating(pod)) continue;
    if (all_ready || !IsPodReady(pod)) {
      DeletePod(store, pod);
      break;
    }
  }
  WriteStatus(store, set, nodes.size(), pods, revision);
}

}  // namespace

void ReconcileDaemonSets(Store& store) {
  ForEachCopy(store, Named("daemonsets"), [&](const Json& set) {
    if (!IsTerminating(set)) Reconcile(store, set);
  });
}

}  // namespace kubesim
