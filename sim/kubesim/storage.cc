#include <cmath>

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/metrics.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

constexpr char kUsed[] = "sim.selfheal.dev/used-mib";
constexpr char kFill[] = "sim.selfheal.dev/fill-mib-per-min";
constexpr double kMebibyte = 1048576.0;
constexpr double kFileBytes = 65536.0;

double Annotation(const Json& object, const char* name) {
  return ParseQuantity(Text(object, {"metadata", "annotations", name}));
}

std::string Requested(const Json& claim) {
  return Text(claim, {"spec", "resources", "requests", "storage"});
}

}  // namespace

void ReconcileClaims(Store& store) {
  ForEachCopy(store, Named("persistentvolumeclaims"), [&](const Json& claim) {
    const std::string wanted = Requested(claim);
    const bool bound = Text(claim, {"status", "phase"}) == "Bound";
    const bool grown = Text(claim, {"status", "capacity", "storage"}) == wanted;
    if (IsTerminating(claim) || wanted.empty() || (bound && grown)) return;
    const Store::Key key{Text(claim, {"metadata", "namespace"}),
                         Text(claim, {"metadata", "name"})};
    store.Edit(Named("persistentvolumeclaims"), key.first, key.second,
               Part::kMain, [&](Json& object) {
                 object["spec"]["volumeName"] =
                     "pvc-" + Text(object, {"metadata", "uid"});
               });
    store.Edit(Named("persistentvolumeclaims"), key.first, key.second,
               Part::kStatus, [&](Json& object) {
                 object["status"]["phase"] = "Bound";
                 object["status"]["capacity"]["storage"] = wanted;
               });
  });
}

void AddVolumeMetrics(const Store& store, TimePoint at,
                      const Exposition::Labels& extra, Exposition& into) {
  for (const auto& [key, claim] : store.All(Named("persistentvolumeclaims"))) {
    const Json* size = Member(claim, {"status", "capacity", "storage"});
    if (size == nullptr) continue;
    const double capacity = ParseQuantity(*size);
    const double minutes =
        ToSeconds(at -
                  ParseTime(Text(claim, {"metadata", "creationTimestamp"}))) /
        60.0;
    const double used =
        std::min(capacity, (Annotation(claim, kUsed) +
                            Annotation(claim, kFill) * std::max(0.0, minutes)) *
                               kMebibyte);
    Exposition::Labels labels = {{"namespace", key.first},
                                 {"persistentvolumeclaim", key.second}};
    labels.insert(labels.end(), extra.begin(), extra.end());
    const auto add = [&](const char* family, double value) {
      into.Add(family, "gauge", labels, value);
    };
    add("kubelet_volume_stats_capacity_bytes", capacity);
    add("kubelet_volume_stats_used_bytes", used);
    add("kubelet_volume_stats_available_bytes", capacity - used);
    add("kubelet_volume_stats_inodes", capacity / kFileBytes);
    add("kubelet_volume_stats_inodes_free", (capacity - used) / kFileBytes);
  }
}

}  // namespace kubesim
