#include <algorithm>
#include <array>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

/// How long a pod without a toleration of its own stays on a lost node.
constexpr double kTolerationSeconds = 300;

/// A taint that the node controllers put on a node, and what asks for it.
struct Cause {
  const char* taint;
  const char* condition;  ///< Null: the cordon.
  const char* status;
  const char* effect;
};

constexpr std::array<Cause, 8> kCauses = {{
    {"node.kubernetes.io/unschedulable", nullptr, "", "NoSchedule"},
    {"node.kubernetes.io/memory-pressure", "MemoryPressure", "True",
     "NoSchedule"},
    {"node.kubernetes.io/disk-pressure", "DiskPressure", "True", "NoSchedule"},
    {"node.kubernetes.io/pid-pressure", "PIDPressure", "True", "NoSchedule"},
    {"node.kubernetes.io/not-ready", "Ready", "False", "NoSchedule"},
    {"node.kubernetes.io/not-ready", "Ready", "False", "NoExecute"},
    {"node.kubernetes.io/unreachable", "Ready", "Unknown", "NoSchedule"},
    {"node.kubernetes.io/unreachable", "Ready", "Unknown", "NoExecute"},
}};

bool Holds(const Json& node, const Cause& cause) {
  if (cause.condition == nullptr) {
    return node["spec"].value("unschedulable", false);
  }
  const Json* condition = ConditionOf(node, cause.condition);
  return condition != nullptr && condition->value("status", "") == cause.status;
}

bool IsOurs(const Json& taint) {
  return std::any_of(kCauses.begin(), kCauses.end(), [&](const Cause& cause) {
    return taint.value("key", "") == cause.taint;
  });
}

/// The taints as they must be; those of other people stay.
Json TaintsOf(const Json& node) {
  Json taints = Json::array();
  for (const Json& taint : node["spec"].value("taints", Json::array())) {
    if (!IsOurs(taint)) taints.push_back(taint);
  }
  for (const Cause& cause : kCauses) {
    if (!Holds(node, cause)) continue;
    taints.push_back({{"key", cause.taint}, {"effect", cause.effect}});
  }
  return taints;
}

/// Pods leave a node that has been lost for too long, as far as the API is
/// concerned: its kubelet does not hear of it.
void EvictFromLost(Store& store, const Json& node, double speed) {
  const Json* ready = ConditionOf(node, "Ready");
  if (ready == nullptr || ready->value("status", "") == "True") return;
  const TimePoint since = ParseTime(ready->value("lastTransitionTime", ""));
  if (store.now() < since + FromSeconds(kTolerationSeconds / speed)) return;
  ForEachCopy(store, Named("pods"), [&](const Json& pod) {
    const Json* owner = ControllerOf(pod);
    const bool daemon =
        owner != nullptr && owner->value("kind", "") == "DaemonSet";
    if (!daemon && !IsTerminating(pod) &&
        Text(pod, {"spec", "nodeName"}) == Text(node, {"metadata", "name"})) {
      DeletePod(store, pod);
    }
  });
}

}  // namespace

void ReconcileNodes(Store& store, double speed) {
  ForEachCopy(store, Named("nodes"), [&](const Json& node) {
    const Json taints = TaintsOf(node);
    if (taints != node["spec"].value("taints", Json::array())) {
      store.Edit(Named("nodes"), "", Text(node, {"metadata", "name"}),
                 Part::kMain, [&](Json& object) {
                   object["spec"]["taints"] = taints;
                   if (taints.empty()) object["spec"].erase("taints");
                 });
    }
    EvictFromLost(store, node, speed);
  });
}

}  // namespace kubesim
