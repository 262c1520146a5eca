#include "sim/kubesim/kubelet_nodes.h"

#include <algorithm>

#include "sim/kubesim/metrics.h"
#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

using Labels = Exposition::Labels;

constexpr double kMib = 1048576.0;
/// Where a kubelet begins to report pressure, and where it ends.
constexpr double kPressureShare = 0.90;
constexpr double kReliefShare = 0.85;
constexpr double kInodes = 6553600;
constexpr double kBytesPerInode = 65536;

Labels Join(Labels labels, const Labels& more) {
  labels.insert(labels.end(), more.begin(), more.end());
  return labels;
}

std::string AddressOf(const Json& node) {
  const Json* addresses = Member(node, {"status", "addresses"});
  if (addresses == nullptr || addresses->empty()) return "";
  return (*addresses)[0].value("address", "");
}

void SetPressure(Store& store, const std::string& node, bool holds) {
  store.Edit(Named("nodes"), "", node, Part::kStatus, [&](Json& object) {
    SetCondition(object["status"], "DiskPressure", holds,
                 holds ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
                 "", store.now());
  });
}

}  // namespace

std::map<std::string, double> DiskBytesByNode(const Kubelet& kubelet,
                                              TimePoint at) {
  std::map<std::string, double> bytes;
  for (const auto& [uid, pod] : kubelet.pods()) {
    for (const ContainerRun& run : pod.containers) {
      bytes[pod.node] += kubelet.DiskBytes(pod, run, at);
    }
  }
  return bytes;
}

double Kubelet::DiskBytes(const PodRun& pod, const ContainerRun& container,
                          TimePoint at) const {
  if (container.state == ContainerState::kCreating) return 0;
  double written = container.written_mib;
  if (at < now_) {
    written -=
        pod.behaviour.disk_mib_per_min * speed_ * ToSeconds(now_ - at) / 60;
  }
  return kMib * (pod.behaviour.disk_mib + std::max(written, 0.0));
}

/// A lost kubelet: its pods are not ready and stay as they are.
void Kubelet::FollowNodes() {
  for (auto& [uid, pod] : pods_) {
    const Json* node = store_->Find(Named("nodes"), "", pod.node);
    const Json* ready = node == nullptr ? nullptr : ConditionOf(*node, "Ready");
    const bool lost = ready != nullptr && ready->value("status", "") != "True";
    if (lost == pod.lost) continue;
    pod.lost = lost;
    WriteStatus(pod);
  }
}

void Kubelet::WatchDisks() {
  std::map<std::string, double> written = DiskBytesByNode(*this, now_);
  for (const Store::Key& key : store_->Keys(Named("nodes"))) {
    const std::string& node = key.second;
    const Json& object = store_->Get(Named("nodes"), "", node);
    const double share = (kSystemDiskBytes + written[node]) / kDiskBytes;
    const Json* pressure = ConditionOf(object, "DiskPressure");
    const bool before = pressure != nullptr && pressure->value("reason", "") ==
                                                   "KubeletHasDiskPressure";
    if (!before && share >= kPressureShare) SetPressure(*store_, node, true);
    if (before && share < kReliefShare) SetPressure(*store_, node, false);
  }
}

void AddNodeMetrics(const Store& store, const Kubelet& kubelet, TimePoint at,
                    const Exposition::Labels& extra, Exposition& into) {
  const std::map<std::string, double> written = DiskBytesByNode(kubelet, at);
  for (const auto& [key, node] : store.All(Named("nodes"))) {
    const std::string& name = key.second;
    const auto found = written.find(name);
    const double pods = found == written.end() ? 0 : found->second;
    const double used = kSystemDiskBytes + pods;
    const Labels cadvisor =
        Join({{"node", name}, {"id", "/"}, {"device", "/dev/vda1"}}, extra);
    into.Add("container_fs_limit_bytes", "gauge", cadvisor, kDiskBytes);
    into.Add("container_fs_usage_bytes", "gauge", cadvisor, used);
    into.Add("machine_memory_bytes", "gauge", Join({{"node", name}}, extra),
             ParseQuantity(node["status"]["capacity"].value("memory", "0")));
    const std::string instance = AddressOf(node) + ":9100";
    const Labels exporter = {{"instance", instance},
                             {"device", "/dev/vda1"},
                             {"fstype", "ext4"},
                             {"mountpoint", "/"}};
    into.Add("node_uname_info", "gauge",
             {{"instance", instance}, {"nodename", name}}, 1);
    into.Add("node_filesystem_size_bytes", "gauge", exporter, kDiskBytes);
    into.Add("node_filesystem_avail_bytes", "gauge", exporter,
             kDiskBytes - used);
    into.Add("node_filesystem_readonly", "gauge", exporter, 0);
    into.Add("node_filesystem_files", "gauge", exporter, kInodes);
    into.Add("node_filesystem_files_free", "gauge", exporter,
             kInodes - used / kBytesPerInode);
  }
}

}  // namespace kubesim
