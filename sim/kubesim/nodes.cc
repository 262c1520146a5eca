#include <algorithm>
#include <map>
#include <set>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

bool IsFinished(const Json& pod) {
  const std::string phase = Text(pod, {"status", "phase"});
  return phase == "Failed" || phase == "Succeeded";
}

/// The conditions of a node, and its cordon, stand as taints; no pod here but
/// those of DaemonSets, which are bound without a scheduler, tolerates one.
bool TakesPods(const Json& node) {
  const Json taints = node["spec"].value("taints", Json::array());
  return std::none_of(taints.begin(), taints.end(), [](const Json& taint) {
    return taint.value("effect", "") != "PreferNoSchedule";
  });
}

void SetUnschedulable(Store& store, const Json& pod, std::size_t nodes) {
  store.Edit(Named("pods"), Text(pod, {"metadata", "namespace"}),
             Text(pod, {"metadata", "name"}), Part::kStatus, [&](Json& object) {
               SetCondition(
                   object["status"], "PodScheduled", false, "Unschedulable",
                   "0/" + std::to_string(nodes) + " nodes are available.",
                   store.now());
             });
}

/// Every uid that may own something, by which orphans are known.
std::set<std::string> LiveUids(const Store& store) {
  std::set<std::string> uids;
  for (const Resource& resource : Resources()) {
    for (const auto& [key, object] : store.All(resource)) {
      uids.insert(Text(object, {"metadata", "uid"}));
    }
  }
  return uids;
}

bool IsOrphaned(const Json& object, const std::set<std::string>& live) {
  const Json* owners = Member(object, {"metadata", "ownerReferences"});
  if (owners == nullptr || owners->empty()) return false;
  return std::none_of(owners->begin(), owners->end(), [&](const Json& owner) {
    return live.count(owner.value("uid", "")) > 0;
  });
}

}  // namespace

void SchedulePods(Store& store) {
  std::map<std::string, int> load;
  const std::map<Store::Key, Json>& nodes = store.All(Named("nodes"));
  for (const auto& [key, node] : nodes) {
    if (TakesPods(node)) load[key.second] = 0;
  }
  std::vector<Json> waiting;
  for (const auto& [key, pod] : store.All(Named("pods"))) {
    const std::string node = Text(pod, {"spec", "nodeName"});
    if (node.empty() && !IsTerminating(pod)) waiting.push_back(pod);
    const auto found = load.find(node);
    if (found != load.end() && !IsFinished(pod)) ++found->second;
  }
  for (const Json& pod : waiting) {
    const auto least = std::min_element(
        load.begin(), load.end(),
        [](const auto& a, const auto& b) { return a.second < b.second; });
    if (least == load.end()) {
      SetUnschedulable(store, pod, nodes.size());
      continue;
    }
    ++least->second;
    store.Edit(Named("pods"), Text(pod, {"metadata", "namespace"}),
               Text(pod, {"metadata", "name"}), Part::kMain, [&](Json& object) {
                 object["spec"]["nodeName"] = least->first;
               });
  }
}

void CollectGarbage(Store& store) {
  const std::set<std::string> live = LiveUids(store);
  for (const char* plural : {"replicasets", "controllerrevisions", "pods"}) {
    const Resource& resource = Named(plural);
    std::vector<Json> orphans;
    for (const auto& [key, object] : store.All(resource)) {
      if (!IsTerminating(object) && IsOrphaned(object, live)) {
        orphans.push_back(object);
      }
    }
    for (const Json& object : orphans) {
      store.Delete(resource, Text(object, {"metadata", "namespace"}),
                   Text(object, {"metadata", "name"}), Json::object(), false);
    }
  }
}

}  // namespace kubesim
