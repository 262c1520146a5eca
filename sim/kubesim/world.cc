#include "sim/kubesim/world.h"

#include "sim/kubesim/controllers.h"
#include "sim/kubesim/metrics.h"

namespace kubesim {
namespace {

constexpr std::chrono::seconds kStep{1};
/// How long controllers leave a cluster alone in which nothing changes.
constexpr int kResyncSeconds = 5;
constexpr int kMostPasses = 20;

Json Container(const std::string& name, const std::string& memory,
               const std::string& cpu) {
  return {{"name", name},
          {"image", "registry.example/" + name + ":1.0"},
          {"resources",
           {{"limits", {{"memory", memory}, {"cpu", cpu}}},
            {"requests", {{"memory", memory}, {"cpu", cpu}}}}}};
}

Json Workload(const std::string& kind, const std::string& name, int replicas,
              const Json& container, const Json& annotations) {
  return {
      {"apiVersion", "apps/v1"},
      {"kind", kind},
      {"metadata",
       {{"name", name}, {"namespace", "shop"}, {"labels", {{"app", name}}}}},
      {"spec",
       {{"replicas", replicas},
        {"selector", {{"matchLabels", {{"app", name}}}}},
        {"template",
         {{"metadata",
           {{"labels", {{"app", name}}}, {"annotations", annotations}}},
          {"spec", {{"containers", {container}}}}}}}}};
}

Json Node(const std::string& name, const std::string& address) {
  return {
      {"apiVersion", "v1"},
      {"kind", "Node"},
      {"metadata",
       {{"name", name}, {"labels", {{"kubernetes.io/hostname", name}}}}},
      {"status",
       {{"capacity", {{"cpu", "8"}, {"memory", "32Gi"}, {"pods", "110"}}},
        {"allocatable", {{"cpu", "8"}, {"memory", "32Gi"}, {"pods", "110"}}},
        {"nodeInfo", {{"kubeletVersion", "v1.34.4"}}},
        {"addresses",
         {{{"type", "InternalIP"}, {"address", address}},
          {{"type", "Hostname"}, {"address", name}}}},
        {"conditions",
         {{{"type", "DiskPressure"}, {"status", "False"}},
          {{"type", "MemoryPressure"}, {"status", "False"}},
          {{"type", "PIDPressure"}, {"status", "False"}},
          {{"type", "Ready"}, {"status", "True"}}}}}}};
}

Json Budget(const std::string& app) {
  return {{"apiVersion", "policy/v1"},
          {"kind", "PodDisruptionBudget"},
          {"metadata", {{"name", app}, {"namespace", "shop"}}},
          {"spec",
           {{"maxUnavailable", 1},
            {"selector", {{"matchLabels", {{"app", app}}}}}}}};
}

}  // namespace

World::World(std::uint64_t seed, double speed, TimePoint start)
    : store_(seed),
      api_(&store_),
      kubelet_(&store_, speed),
      speed_(speed),
      now_(start) {
  store_.SetTime(now_);
  Apply({{"apiVersion", "v1"},
         {"kind", "Namespace"},
         {"metadata", {{"name", "default"}}}});
  Apply({{"apiVersion", "v1"},
         {"kind", "Namespace"},
         {"metadata", {{"name", "kube-system"}}}});
  Apply(Node("node-1", "10.0.0.1"));
  Apply(Node("node-2", "10.0.0.2"));
}

void World::Apply(const Json& object) {
  const Resource* resource =
      FindKind(object.value("apiVersion", ""), object.value("kind", ""));
  if (resource == nullptr) {
    throw ApiError(404, "NotFound",
                   "no resource of kind " + object.value("kind", ""));
  }
  store_.SetTime(now_);
  store_.Create(*resource, object);
}

void World::SetNodeCondition(const std::string& node, const std::string& type,
                             const std::string& status) {
  store_.SetTime(now_);
  static_cast<void>(store_.Get(Named("nodes"), "", node));
  store_.Edit(Named("nodes"), "", node, Part::kStatus, [&](Json& object) {
    for (Json& condition : object["status"]["conditions"]) {
      if (condition.value("type", "") != type) continue;
      condition["status"] = status;
      condition["lastTransitionTime"] = FormatTime(now_);
    }
  });
}

void World::AddShop() {
  Apply({{"apiVersion", "v1"},
         {"kind", "Namespace"},
         {"metadata", {{"name", "shop"}}}});
  const auto load = [](const char* millicores, const char* requests) {
    return Json{{"sim.selfheal.dev/cpu-millicores", millicores},
                {"sim.selfheal.dev/requests-per-second", requests},
                {"sim.selfheal.dev/hold-seconds", "0.1"},
                {"sim.selfheal.dev/pool-max", "20"}};
  };
  Apply(Workload("Deployment", "cart", 3, Container("cart", "256Mi", "500m"),
                 load("300", "60")));
  Apply(Workload("Deployment", "checkout", 3,
                 Container("checkout", "256Mi", "500m"), load("240", "30")));
  Apply(Workload("Deployment", "catalog", 2,
                 Container("catalog", "256Mi", "500m"), load("300", "80")));
  Apply(Workload("StatefulSet", "orders", 2,
                 Container("orders", "512Mi", "500m"), load("160", "20")));
  Apply(Budget("cart"));
  AddAddons();
  Apply({{"apiVersion", "autoscaling/v2"},
         {"kind", "HorizontalPodAutoscaler"},
         {"metadata", {{"name", "catalog"}, {"namespace", "shop"}}},
         {"spec",
          {{"scaleTargetRef",
            {{"apiVersion", "apps/v1"},
             {"kind", "Deployment"},
             {"name", "catalog"}}},
           {"minReplicas", 2},
           {"maxReplicas", 4}}}});
}

/// A volume that is four fifths full, and a certificate with two months left.
void World::AddAddons() {
  Apply({{"apiVersion", "storage.k8s.io/v1"},
         {"kind", "StorageClass"},
         {"metadata", {{"name", "fast"}}},
         {"provisioner", "csi.example"},
         {"allowVolumeExpansion", true}});
  Apply({{"apiVersion", "v1"},
         {"kind", "PersistentVolumeClaim"},
         {"metadata",
          {{"name", "data-orders-0"},
           {"namespace", "shop"},
           {"annotations", {{"sim.selfheal.dev/used-mib", "8192"}}}}},
         {"spec",
          {{"storageClassName", "fast"},
           {"accessModes", {"ReadWriteOnce"}},
           {"resources", {{"requests", {{"storage", "10Gi"}}}}}}}});
  Apply({{"apiVersion", "cert-manager.io/v1"},
         {"kind", "Certificate"},
         {"metadata", {{"name", "shop-tls"}, {"namespace", "shop"}}},
         {"spec",
          {{"secretName", "shop-tls"},
           {"issuerRef", {{"kind", "ClusterIssuer"}, {"name", "internal"}}}}},
         {"status",
          {{"revision", 1},
           {"notAfter", FormatTime(now_ + std::chrono::hours(60 * 24))},
           {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}}}});
}

void World::AdvanceTo(TimePoint to) {
  while (now_ < to) Tick(std::min<TimePoint>(now_ + kStep, to));
}

void World::JumpTo(TimePoint to) {
  if (to > now_) Tick(to);
}

void World::Tick(TimePoint to) {
  const TimePoint before = now_;
  now_ = to;
  store_.SetTime(to);
  kubelet_.Step(before, to);
  const Duration resync =
      std::max<Duration>(kStep, FromSeconds(kResyncSeconds / speed_));
  if (store_.revision() != reconciled_ || to - reconciled_at_ >= resync) {
    Reconcile();
  }
}

void World::Reconcile() {
  const bool autoscale = now_ - autoscaled_at_ >= FromSeconds(15 / speed_);
  if (autoscale) {
    autoscaled_at_ = now_;
    ReconcileAutoscalers(store_, kubelet_);
  }
  for (int pass = 0; pass < kMostPasses; ++pass) {
    const std::uint64_t before = store_.revision();
    CollectGarbage(store_);
    ReconcileApplications(store_);
    ReconcileDeployments(store_);
    ReconcileRollouts(store_);
    ReconcileReplicaSets(store_);
    ReconcileStatefulSets(store_);
    ReconcileDaemonSets(store_);
    ReconcileNodes(store_, speed_);
    ReconcileClaims(store_);
    ReconcileCertificates(store_);
    SchedulePods(store_);
    ReconcileBudgets(store_);
    kubelet_.Step(now_, now_);
    if (store_.revision() == before) break;
  }
  reconciled_ = store_.revision();
  reconciled_at_ = now_;
}

Exposition World::Metrics(TimePoint at, const Exposition::Labels& extra) const {
  Exposition exposition;
  AddPodMetrics(store_, kubelet_, at, extra, exposition);
  AddNodeMetrics(store_, kubelet_, at, extra, exposition);
  AddObjectMetrics(store_, extra, exposition);
  AddVolumeMetrics(store_, at, extra, exposition);
  AddCertificateMetrics(store_, extra, exposition);
  return exposition;
}

void World::WriteHistory(const Past& past, std::ostream& out) const {
  History history(past.families);
  for (TimePoint at = past.from; at <= past.to; at += past.step) {
    Exposition exposition;
    AddPodMetrics(store_, kubelet_, at, past.extra, exposition);
    AddNodeMetrics(store_, kubelet_, at, past.extra, exposition);
    AddObjectMetrics(store_, past.extra, exposition);
    AddVolumeMetrics(store_, at, past.extra, exposition);
    AddCertificateMetrics(store_, past.extra, exposition);
    history.Add(exposition, at);
  }
  history.Write(out);
}

}  // namespace kubesim
