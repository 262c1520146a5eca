#include "sim/kubesim/metrics.h"

#include <cmath>

#include "sim/kubesim/workloads.h"

namespace kubesim {
namespace {

using Labels = Exposition::Labels;

Labels Join(Labels labels, const Labels& more) {
  labels.insert(labels.end(), more.begin(), more.end());
  return labels;
}

/// One pod at one time, with the label sets that its series share.
struct Subject {
  const PodRun& pod;
  const ContainerRun& container;
  const Kubelet& kubelet;
  TimePoint at;
  Labels state;    // kube-state-metrics' labels
  Labels runtime;  // cAdvisor's labels
  Labels app;      // the application's own
};

void AddResources(const Subject& subject, Exposition& into) {
  const ContainerRun& run = subject.container;
  const auto add = [&](const char* family, const char* resource,
                       const char* unit, double amount) {
    if (amount <= 0) return;
    into.Add(family, "gauge",
             Join(subject.state, {{"node", subject.pod.node},
                                  {"resource", resource},
                                  {"unit", unit}}),
             amount);
  };
  add("kube_pod_container_resource_limits", "memory", "byte", run.memory_limit);
  add("kube_pod_container_resource_limits", "cpu", "core", run.cpu_limit);
  add("kube_pod_container_resource_requests", "memory", "byte",
      run.memory_request);
  add("kube_pod_container_resource_requests", "cpu", "core", run.cpu_request);
}

void AddContainerState(const Subject& subject, Exposition& into) {
  const ContainerRun& run = subject.container;
  into.Add("kube_pod_container_status_restarts_total", "counter", subject.state,
           run.restarts);
  into.Add("kube_pod_container_status_ready", "gauge", subject.state,
           run.ready ? 1 : 0);
  into.Add("kube_pod_container_status_running", "gauge", subject.state,
           run.state == ContainerState::kRunning ? 1 : 0);
  into.Add("kube_pod_container_status_waiting", "gauge", subject.state,
           run.state == ContainerState::kRunning ? 0 : 1);
  if (run.state != ContainerState::kRunning) {
    const bool fresh = run.state == ContainerState::kCreating;
    into.Add("kube_pod_container_status_waiting_reason", "gauge",
             Join(subject.state, {{"reason", fresh ? "ContainerCreating"
                                                   : "CrashLoopBackOff"}}),
             1);
  }
  if (run.last_terminated.is_null()) return;
  into.Add("kube_pod_container_status_last_terminated_reason", "gauge",
           Join(subject.state,
                {{"reason", run.last_terminated.value("reason", "")}}),
           1);
  into.Add("kube_pod_container_status_last_terminated_exitcode", "gauge",
           subject.state, run.last_terminated.value("exitCode", 0));
  into.Add("kube_pod_container_status_last_terminated_timestamp", "gauge",
           subject.state,
           UnixSeconds(ParseTime(run.last_terminated.value("finishedAt", ""))));
}

void AddUsage(const Subject& subject, const Counters& counters,
              Exposition& into) {
  const ContainerRun& run = subject.container;
  const double memory =
      std::floor(subject.kubelet.MemoryBytes(subject.pod, run, subject.at));
  into.Add("container_memory_working_set_bytes", "gauge", subject.runtime,
           memory);
  into.Add("container_memory_rss", "gauge", subject.runtime,
           std::floor(memory * 0.93));
  into.Add("container_cpu_usage_seconds_total", "counter",
           Join(subject.runtime, {{"cpu", "total"}}), counters.cpu_seconds);
  into.Add("container_fs_usage_bytes", "gauge",
           Join(subject.runtime, {{"device", "/dev/vda1"}}),
           std::floor(subject.kubelet.DiskBytes(subject.pod, run, subject.at)));
  into.Add("container_start_time_seconds", "gauge", subject.runtime,
           std::floor(UnixSeconds(run.since)));
  if (run.memory_limit > 0) {
    into.Add("container_spec_memory_limit_bytes", "gauge", subject.runtime,
             run.memory_limit);
  }
  if (run.cpu_limit <= 0) return;
  into.Add("container_cpu_cfs_periods_total", "counter", subject.runtime,
           std::floor(counters.periods));
  into.Add("container_cpu_cfs_throttled_periods_total", "counter",
           subject.runtime, std::floor(counters.throttled));
}

void AddRequests(const Subject& subject, const Counters& counters,
                 Exposition& into) {
  into.Add("http_requests_total", "counter",
           Join(subject.app, {{"code", "200"}}), std::floor(counters.ok));
  into.Add("http_requests_total", "counter",
           Join(subject.app, {{"code", "500"}}), std::floor(counters.errors));
  const std::string family = "http_request_duration_seconds";
  for (std::size_t i = 0; i < kLatencyBuckets.size(); ++i) {
    into.AddPart(family, "_bucket",
                 Join(subject.app, {{"le", FormatNumber(kLatencyBuckets[i])}}),
                 std::floor(counters.latency[i]));
  }
  const double count = std::floor(counters.ok + counters.errors);
  into.AddPart(family, "_bucket", Join(subject.app, {{"le", "+Inf"}}), count);
  into.AddPart(family, "_sum", subject.app, counters.latency_sum);
  into.AddPart(family, "_count", subject.app, count);
}

void AddPool(const Subject& subject, Exposition& into) {
  const Pool pool =
      subject.kubelet.PoolOf(subject.pod, subject.container, subject.at);
  if (pool.most <= 0) return;
  const Labels labels = Join(subject.app, {{"pool", "main"}});
  into.Add("hikaricp_connections_max", "gauge", labels, pool.most);
  into.Add("hikaricp_connections_active", "gauge", labels,
           std::floor(pool.active));
  into.Add("hikaricp_connections_pending", "gauge", labels,
           std::floor(pool.pending));
}

void AddPodState(const Store& store, const PodRun& pod, const Labels& common,
                 const Labels& extra, Exposition& into) {
  const Json* object = store.Find(Named("pods"), pod.name_space, pod.name);
  if (object == nullptr) return;
  const Json* owner = ControllerOf(*object);
  const std::string kind = owner ? owner->value("kind", "") : "<none>";
  const std::string name = owner ? owner->value("name", "") : "<none>";
  into.Add("kube_pod_info", "gauge",
           Join(common, {{"node", pod.node},
                         {"host_ip", "10.0.0.1"},
                         {"pod_ip", Text(*object, {"status", "podIP"})},
                         {"created_by_kind", kind},
                         {"created_by_name", name}}),
           1);
  into.Add("kube_pod_owner", "gauge",
           Join(common, {{"owner_kind", kind},
                         {"owner_name", name},
                         {"owner_is_controller", owner ? "true" : "false"}}),
           1);
  const std::string workload_kind =
      pod.workload.substr(pod.name_space.size() + 1,
                          pod.workload.rfind('/') - pod.name_space.size() - 1);
  std::string workload_type = workload_kind;
  for (char& c : workload_type) c = static_cast<char>(std::tolower(c));
  into.Add("namespace_workload_pod:kube_pod_owner:relabel", "gauge",
           Join({{"namespace", pod.name_space},
                 {"pod", pod.name},
                 {"workload", pod.service},
                 {"workload_type", workload_type}},
                extra),
           1);
  const std::string phase = Text(*object, {"status", "phase"});
  for (const char* each :
       {"Pending", "Running", "Succeeded", "Failed", "Unknown"}) {
    into.Add("kube_pod_status_phase", "gauge", Join(common, {{"phase", each}}),
             phase == each ? 1 : 0);
  }
  for (const char* each : {"true", "false", "unknown"}) {
    const bool holds = std::string(each) == (pod.IsReady() ? "true" : "false");
    into.Add("kube_pod_status_ready", "gauge",
             Join(common, {{"condition", each}}), holds ? 1 : 0);
  }
}

}  // namespace

void AddPodMetrics(const Store& store, const Kubelet& kubelet, TimePoint at,
                   const Exposition::Labels& extra, Exposition& into) {
  for (const auto& [uid, pod] : kubelet.pods()) {
    const Labels common =
        Join({{"namespace", pod.name_space}, {"pod", pod.name}, {"uid", uid}},
             extra);
    bool existed = false;
    for (const ContainerRun& run : pod.containers) {
      if (run.since > at) continue;
      existed = true;
      const Subject subject{
          .pod = pod,
          .container = run,
          .kubelet = kubelet,
          .at = at,
          .state = Join(common, {{"container", run.name}}),
          .runtime =
              Join({{"namespace", pod.name_space},
                    {"pod", pod.name},
                    {"container", run.name},
                    {"node", pod.node},
                    {"uid", uid},
                    {"name", run.id},
                    {"image", run.image},
                    {"id", "/kubepods/burstable/pod" + uid + "/" + run.id}},
                   extra),
          .app = Join({{"namespace", pod.name_space},
                       {"pod", pod.name},
                       {"container", run.name},
                       {"service", pod.service}},
                      extra)};
      AddResources(subject, into);
      AddContainerState(subject, into);
      if (run.state != ContainerState::kRunning) continue;
      const Counters counters = kubelet.CountersAt(pod, run, at);
      AddUsage(subject, counters, into);
      AddRequests(subject, counters, into);
      AddPool(subject, into);
    }
    if (existed) AddPodState(store, pod, common, extra, into);
  }
}

}  // namespace kubesim
