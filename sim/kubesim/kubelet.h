#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "sim/kubesim/behaviour.h"
#include "sim/kubesim/store.h"

namespace kubesim {

/// The latency buckets of http_request_duration_seconds.
inline constexpr std::array<double, 11> kLatencyBuckets = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

/// Everything that a process counts from its start; gone with a restart.
struct Counters {
  double cpu_seconds = 0;
  double periods = 0;
  double throttled = 0;
  double ok = 0;
  double errors = 0;
  double latency_sum = 0;
  std::array<double, kLatencyBuckets.size()> latency{};
};

/// What a process does per second under a load of 1, given its surroundings.
struct Rates {
  double cpu_cores = 0;
  double throttle_ratio = 0;
  bool steady_cpu = false;  // the two above hold whatever the load
  double requests = 0;
  double error_ratio = 0;
  double latency_s = 0;
};

/// The connections of a process to its database.
struct Pool {
  double most = 0;  // 0 = it has none
  double active = 0;
  double pending = 0;
};

enum class ContainerState { kCreating, kRunning, kBackOff };

struct ContainerRun {
  std::string name;
  std::string image;
  std::string id;
  ContainerState state = ContainerState::kCreating;
  TimePoint since{};
  TimePoint next{};  // when the next transition of this state is due
  int restarts = 0;
  int crashes = 0;  // since it last ran for ten minutes
  bool ready = false;
  Json last_terminated;
  double memory_limit = 0;  // bytes; 0 = none
  double cpu_limit = 0;     // cores; 0 = none
  double memory_request = 0;
  double cpu_request = 0;
  double leaked_mib = 0;
  double leaked_connections = 0;
  double written_mib = 0;  // since it started; an image layer starts empty
  Counters counters;
};

struct PodRun {
  std::string name_space;
  std::string name;
  std::string uid;
  std::string node;
  std::string workload;  // namespace/Kind/name of the topmost controller
  std::string service;   // the name in it
  Behaviour behaviour;
  TimePoint stops_at{};  // set once the pod is being deleted
  bool lost = false;     // its node is not ready
  std::vector<ContainerRun> containers;

  bool IsReady() const;
};

/// Plays every node's kubelet: starts, crashes, restarts and stops the
/// containers of bound pods, and writes their status.
class Kubelet {
 public:
  Kubelet(Store* store, double speed) : store_(store), speed_(speed) {}

  /// Brings all pods from `before` to `now`.
  void Step(TimePoint before, TimePoint now);

  const std::map<std::string, PodRun>& pods() const { return pods_; }

  /// Changes how pods of a workload behave. With `persist`, pods that come
  /// later behave so too; without, a new pod follows its template again.
  /// Returns how many running pods were changed.
  int Inject(const std::string& workload, const Json& settings, bool persist,
             int most_pods);

  /// Changes how the pods of a node behave, those that come later too.
  int InjectNode(const std::string& node, const Json& settings);

  /// The memory of a container at a time, which may lie in the past.
  double MemoryBytes(const PodRun& pod, const ContainerRun& container,
                     TimePoint at) const;

  /// What a container has written to its node's file system, likewise.
  double DiskBytes(const PodRun& pod, const ContainerRun& container,
                   TimePoint at) const;

  /// The counters at a time that may lie in the past, as far as its start.
  Counters CountersAt(const PodRun& pod, const ContainerRun& container,
                      TimePoint at) const;

  Rates RatesOf(const PodRun& pod, const ContainerRun& container) const;

  /// The pool of a container at a time, which may lie in the past.
  Pool PoolOf(const PodRun& pod, const ContainerRun& container,
              TimePoint at) const;

  /// The cores that a container uses now.
  double CpuCores(const PodRun& pod, const ContainerRun& container) const;

 private:
  Duration Scaled(double seconds) const;
  /// Requests a second under a load of 1.
  double RequestsOf(const PodRun& pod) const;
  void Adopt(const Json& pod);
  void FollowNodes();
  void WatchDisks();
  void Follow(PodRun& pod, const Json& object);
  bool Transition(PodRun& pod, ContainerRun& container);
  void Start(PodRun& pod, ContainerRun& container);
  void Crash(PodRun& pod, ContainerRun& container, int exit_code,
             const std::string& reason);
  void Accumulate(PodRun& pod, TimePoint before, TimePoint now);
  void WriteStatus(const PodRun& pod);
  const Load& LoadOf(const PodRun& pod) const;
  /// Seconds since the first step: the waves of the load depend on it alone,
  /// so that two runs see the same at any hour of the day.
  double Age(TimePoint at) const { return ToSeconds(at - origin_); }

  Store* store_;
  double speed_;
  TimePoint origin_{};
  TimePoint now_{};
  std::uint64_t seen_ = 0;
  std::map<std::string, PodRun> pods_;      // by uid
  std::map<std::string, Json> persistent_;  // by workload
  std::map<std::string, Json> of_nodes_;
  std::map<std::string, int> ready_;           // ready pods by workload
  mutable std::map<std::string, Load> loads_;  // by uid
};

/// namespace/Kind/name of the topmost controller of a pod, or of itself.
std::string WorkloadOf(const Store& store, const Json& pod);

}  // namespace kubesim
