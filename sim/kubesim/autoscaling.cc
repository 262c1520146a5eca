#include <algorithm>
#include <cmath>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/defaults.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

constexpr double kTolerance = 0.1;

/// The mean CPU use of a workload's ready pods in percent of their requests;
/// 0 when nothing is known.
double CpuUtilisation(const Kubelet& kubelet, const std::string& workload) {
  double used = 0;
  double requested = 0;
  for (const auto& [uid, pod] : kubelet.pods()) {
    if (pod.workload != workload || !pod.IsReady()) continue;
    for (const ContainerRun& container : pod.containers) {
      used += kubelet.CpuCores(pod, container);
      requested += container.cpu_request;
    }
  }
  return requested > 0 ? 100 * used / requested : 0;
}

double CpuTarget(const Json& autoscaler) {
  const Json* metrics = Member(autoscaler, {"spec", "metrics"});
  if (metrics == nullptr) return 0;
  for (const Json& metric : *metrics) {
    if (Text(metric, {"resource", "name"}) == "cpu") {
      return static_cast<double>(
          Number(metric, {"resource", "target", "averageUtilization"}));
    }
  }
  return 0;
}

std::int64_t Recommend(const Json& autoscaler, const Kubelet& kubelet,
                       const std::string& workload, std::int64_t current) {
  const double target = CpuTarget(autoscaler);
  const double use = CpuUtilisation(kubelet, workload);
  if (target <= 0 || use <= 0) return current;
  const double ratio = use / target;
  if (std::abs(ratio - 1) <= kTolerance) return current;
  // Down-scaling waits out a stabilisation window longer than any test here.
  return std::max(current, static_cast<std::int64_t>(std::ceil(
                               static_cast<double>(current) * ratio)));
}

void WriteStatus(Store& store, const Json& autoscaler, std::int64_t current,
                 std::int64_t desired, bool active, bool limited) {
  store.Edit(
      Named("horizontalpodautoscalers"),
      Text(autoscaler, {"metadata", "namespace"}),
      Text(autoscaler, {"metadata", "name"}), Part::kStatus, [&](Json& object) {
        Json& status = object["status"];
        status["currentReplicas"] = current;
        status["desiredReplicas"] = desired;
        if (current != desired) {
          status["lastScaleTime"] = FormatTime(store.now());
        }
        SetCondition(status, "AbleToScale", true, "ReadyForNewScale",
                     "recommended size matches current size", store.now());
        SetCondition(status, "ScalingActive", active,
                     active ? "ValidMetricFound" : "ScalingDisabled",
                     active ? "the HPA was able to compute the replica count"
                            : "scaling is disabled since the replica count of "
                              "the target is zero",
                     store.now());
        SetCondition(status, "ScalingLimited", limited,
                     limited ? "TooManyReplicas" : "DesiredWithinRange",
                     "the desired count and the acceptable range", store.now());
      });
}

void Reconcile(Store& store, const Json& autoscaler, const Kubelet& kubelet) {
  const Json& reference = autoscaler["spec"]["scaleTargetRef"];
  const std::string name_space = Text(autoscaler, {"metadata", "namespace"});
  const Resource* resource = FindKind(reference.value("apiVersion", "apps/v1"),
                                      reference.value("kind", ""));
  if (resource == nullptr || !resource->has_scale) return;
  const std::string name = reference.value("name", "");
  const Json* target = store.Find(*resource, name_space, name);
  if (target == nullptr) return;
  const std::int64_t current = Number(*target, {"spec", "replicas"});
  if (current == 0) {
    WriteStatus(store, autoscaler, 0, 0, false, false);
    return;
  }
  const std::int64_t least = Number(autoscaler, {"spec", "minReplicas"}, 1);
  const std::int64_t most = Number(autoscaler, {"spec", "maxReplicas"});
  const std::string workload = name_space + "/" + resource->kind + "/" + name;
  const std::int64_t wish = Recommend(autoscaler, kubelet, workload, current);
  const std::int64_t desired = std::clamp(wish, least, most);
  if (desired != current) {
    store.Edit(*resource, name_space, name, Part::kMain,
               [&](Json& object) { object["spec"]["replicas"] = desired; });
  }
  WriteStatus(store, autoscaler, current, desired, true, wish > most);
}

/// What a budget asks for, of `expected` pods.
std::int64_t DesiredHealthy(const Json& budget, std::int64_t expected) {
  const Json* least = Member(budget, {"spec", "minAvailable"});
  if (least != nullptr) return IntOrPercent(*least, expected, true);
  const Json* most = Member(budget, {"spec", "maxUnavailable"});
  if (most == nullptr) return expected;
  return std::max<std::int64_t>(expected - IntOrPercent(*most, expected, true),
                                0);
}

/// Evicted within two minutes, and not yet seen terminating.
bool IsBeingDisrupted(const Json& budget, const std::string& pod,
                      TimePoint now) {
  const Json* evicted = Member(budget, {"status", "disruptedPods"});
  if (evicted == nullptr || !evicted->contains(pod)) return false;
  return ParseTime(evicted->value(pod, "")) + std::chrono::minutes(2) > now;
}

/// Entries that are over: the pod is gone or going, or two minutes went by.
void ForgetDisrupted(const Store& store, Json& budget) {
  Json& evicted = budget["status"]["disruptedPods"];
  for (auto it = evicted.begin(); it != evicted.end();) {
    const Json* pod = store.Find(
        Named("pods"), Text(budget, {"metadata", "namespace"}), it.key());
    const bool over = pod == nullptr || IsTerminating(*pod) ||
                      !IsBeingDisrupted(budget, it.key(), store.now());
    it = over ? evicted.erase(it) : std::next(it);
  }
  if (evicted.empty()) budget["status"].erase("disruptedPods");
}

struct Health {
  std::int64_t expected = 0;
  std::int64_t healthy = 0;
};

/// The pods that a budget selects, and those of them that serve.
Health HealthUnder(const Store& store, const Json& budget) {
  Health health;
  const Json* selector = Member(budget, {"spec", "selector"});
  if (selector == nullptr) return health;
  const std::string name_space = Text(budget, {"metadata", "namespace"});
  const auto& pods = store.All(Named("pods"));
  for (auto it = pods.lower_bound({name_space, ""});
       it != pods.end() && it->first.first == name_space; ++it) {
    const Json& pod = it->second;
    if (!SelectorMatches(*selector,
                         pod["metadata"].value("labels", Json::object()))) {
      continue;
    }
    ++health.expected;
    const bool going = IsTerminating(pod) ||
                       IsBeingDisrupted(budget, it->first.second, store.now());
    if (IsPodReady(pod) && !going) ++health.healthy;
  }
  return health;
}

}  // namespace

void ReconcileAutoscalers(Store& store, const Kubelet& kubelet) {
  ForEachCopy(
      store, Named("horizontalpodautoscalers"),
      [&](const Json& autoscaler) { Reconcile(store, autoscaler, kubelet); });
}

void ReconcileBudgets(Store& store) {
  ForEachCopy(store, Named("poddisruptionbudgets"), [&](const Json& budget) {
    const Health health = HealthUnder(store, budget);
    const std::int64_t desired = DesiredHealthy(budget, health.expected);
    store.Edit(
        Named("poddisruptionbudgets"), Text(budget, {"metadata", "namespace"}),
        Text(budget, {"metadata", "name"}), Part::kStatus, [&](Json& object) {
          ForgetDisrupted(store, object);
          Json& status = object["status"];
          status["expectedPods"] = health.expected;
          status["currentHealthy"] = health.healthy;
          status["desiredHealthy"] = desired;
          status["disruptionsAllowed"] =
              std::max<std::int64_t>(health.healthy - desired, 0);
          status["observedGeneration"] =
              Number(object, {"metadata", "generation"});
        });
  });
}

}  // namespace kubesim
