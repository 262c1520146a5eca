#include <algorithm>
#include <cmath>

#include "sim/kubesim/kubelet.h"

namespace kubesim {
namespace {

constexpr double kMib = 1048576.0;
constexpr double kPeriodsPerSecond = 10.0;  // CFS periods of 100 ms
constexpr double kIdleCores = 0.005;

/// The share of requests that take at most `bound`, for a median.
double ShareWithin(double bound, double median) {
  return 1 - std::exp(-0.6931471805599453 * bound / median);
}

/// How much longer requests take where a pod is near the end of what it can
/// serve, as in a queue of one server.
double Crowding(const Behaviour& behaviour, double requests) {
  if (behaviour.capacity_per_s <= 0) return 1;
  constexpr double kMostBusy = 0.98;
  return 1 / (1 - std::min(requests / behaviour.capacity_per_s, kMostBusy));
}

void Add(Counters& counters, const Rates& rates, double load_seconds,
         double seconds) {
  const double requests = rates.requests * load_seconds;
  const double cpu_load = rates.steady_cpu ? seconds : load_seconds;
  counters.cpu_seconds += rates.cpu_cores * cpu_load;
  counters.periods += kPeriodsPerSecond * seconds;
  const double most = std::abs(kPeriodsPerSecond * seconds);
  counters.throttled += std::clamp(
      kPeriodsPerSecond * cpu_load * rates.throttle_ratio, -most, most);
  counters.ok += requests * (1 - rates.error_ratio);
  counters.errors += requests * rates.error_ratio;
  counters.latency_sum += requests * rates.latency_s * 1.4427;
  for (std::size_t i = 0; i < kLatencyBuckets.size(); ++i) {
    counters.latency[i] +=
        requests * ShareWithin(kLatencyBuckets[i], rates.latency_s);
  }
}

void ClampToZero(Counters& counters) {
  for (double* figure :
       {&counters.cpu_seconds, &counters.periods, &counters.throttled,
        &counters.ok, &counters.errors, &counters.latency_sum}) {
    *figure = std::max(*figure, 0.0);
  }
  for (double& bucket : counters.latency) bucket = std::max(bucket, 0.0);
}

}  // namespace

const Load& Kubelet::LoadOf(const PodRun& pod) const {
  return loads_.try_emplace(pod.uid, pod.workload, pod.uid).first->second;
}

double Kubelet::MemoryBytes(const PodRun& pod, const ContainerRun& container,
                            TimePoint at) const {
  if (container.state != ContainerState::kRunning) return 0;
  const Behaviour& behaviour = pod.behaviour;
  const double t = Age(at);
  double leaked = container.leaked_mib;
  if (at < now_) {
    leaked -= behaviour.leak_mib_per_min * speed_ * ToSeconds(now_ - at) / 60;
  }
  const double wave = 0.15 * (LoadOf(pod).At(t) - 1);
  const double noise = behaviour.noise * NoiseAt(pod.uid + container.name, t);
  return kMib * (behaviour.memory_base_mib * (1 + wave + noise) +
                 std::max(leaked, 0.0));
}

double Kubelet::RequestsOf(const PodRun& pod) const {
  const auto found = ready_.find(pod.workload);
  const double sharers = found == ready_.end() ? 1 : found->second;
  return pod.IsReady() ? pod.behaviour.requests_per_s / std::max(sharers, 1.0)
                       : 0;
}

Rates Kubelet::RatesOf(const PodRun& pod, const ContainerRun& container) const {
  const Behaviour& behaviour = pod.behaviour;
  const auto found = ready_.find(pod.workload);
  const double sharers = found == ready_.end() ? 1 : found->second;
  const double wanted =
      kIdleCores + behaviour.cpu_millicores / 1000 / std::max(sharers, 1.0);
  Rates rates;
  rates.cpu_cores = wanted;
  rates.throttle_ratio = 0;
  rates.steady_cpu = behaviour.name == "cpu";
  if (container.cpu_limit > 0) {
    const double load = rates.steady_cpu ? 1 : LoadOf(pod).At(Age(now_));
    rates.cpu_cores =
        std::min(wanted, container.cpu_limit / std::max(load, 1.0));
    rates.throttle_ratio =
        std::clamp(1 - 0.8 * container.cpu_limit / (wanted * load), 0.01, 0.98);
  }
  rates.requests = RequestsOf(pod);
  double pressure = 0;
  if (container.memory_limit > 0) {
    pressure =
        std::max(0.0, (behaviour.memory_base_mib + container.leaked_mib) *
                              kMib / container.memory_limit -
                          0.8);
  }
  rates.error_ratio = std::min(behaviour.error_ratio + 0.3 * pressure, 0.9);
  rates.latency_s =
      behaviour.latency_s * (1 + 8 * rates.throttle_ratio + 5 * pressure) *
      Crowding(behaviour, rates.requests * LoadOf(pod).At(Age(now_)));
  const Pool pool = PoolOf(pod, container, now_);
  rates.latency_s += behaviour.hold_s * pool.pending;
  return rates;
}

Pool Kubelet::PoolOf(const PodRun& pod, const ContainerRun& container,
                     TimePoint at) const {
  const Behaviour& behaviour = pod.behaviour;
  if (behaviour.pool_max <= 0) return {};
  double lost = container.leaked_connections;
  if (at < now_) {
    lost -= behaviour.pool_leak_per_min * speed_ * ToSeconds(now_ - at) / 60;
  }
  const double wanted = std::max(lost, 0.0) + RequestsOf(pod) *
                                                  LoadOf(pod).At(Age(at)) *
                                                  behaviour.hold_s;
  return {.most = behaviour.pool_max,
          .active = std::min(wanted, behaviour.pool_max),
          .pending = std::max(wanted - behaviour.pool_max, 0.0)};
}

double Kubelet::CpuCores(const PodRun& pod,
                         const ContainerRun& container) const {
  const Rates rates = RatesOf(pod, container);
  return rates.steady_cpu ? rates.cpu_cores
                          : rates.cpu_cores * LoadOf(pod).At(Age(now_));
}

void Kubelet::Accumulate(PodRun& pod, TimePoint before, TimePoint now) {
  const Load& load = LoadOf(pod);
  for (ContainerRun& container : pod.containers) {
    if (container.state != ContainerState::kRunning) continue;
    const TimePoint from = std::max(before, container.since);
    if (from >= now) continue;
    const double seconds = ToSeconds(now - from);
    const double area = load.Integral(Age(now)) - load.Integral(Age(from));
    Add(container.counters, RatesOf(pod, container), area, seconds);
    container.leaked_mib +=
        pod.behaviour.leak_mib_per_min * speed_ * seconds / 60;
    container.leaked_connections +=
        pod.behaviour.pool_leak_per_min * speed_ * seconds / 60;
    container.written_mib +=
        pod.behaviour.disk_mib_per_min * speed_ * seconds / 60;
  }
}

Counters Kubelet::CountersAt(const PodRun& pod, const ContainerRun& container,
                             TimePoint at) const {
  Counters counters = container.counters;
  if (at >= now_) return counters;
  const Load& load = LoadOf(pod);
  const TimePoint from = std::max(at, container.since);
  const double area = load.Integral(Age(from)) - load.Integral(Age(now_));
  Add(counters, RatesOf(pod, container), area, -ToSeconds(now_ - from));
  ClampToZero(counters);
  return counters;
}

}  // namespace kubesim
