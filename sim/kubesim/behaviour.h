#pragma once

#include <string>

#include "sim/kubesim/types.h"

namespace kubesim {

/// How the containers of a pod behave. Set by annotations of the pod template
/// (`sim.selfheal.dev/<key>`) and by `POST /sim/inject`, with the same keys.
struct Behaviour {
  /// `behaviour`: calm, leak, crash-loop, noisy or cpu. `leak` and
  /// `crash-loop` only choose defaults of the figures below; `cpu` does so
  /// too, and its use of CPU does not follow the load.
  std::string name = "calm";
  double memory_base_mib = 64;   // memory-base-mib
  double leak_mib_per_min = 0;   // rate-mib-per-min
  double crash_after_s = 0;      // crash-after-seconds; 0 = never
  int recovers_after = -1;       // recovers-after (restarts); -1 = never
  int exit_code = 1;             // exit-code
  double start_delay_s = 1;      // start-delay-seconds
  double ready_delay_s = 2;      // ready-delay-seconds; < 0 = never ready
  double stop_delay_s = 1;       // stop-delay-seconds
  double cpu_millicores = 100;   // cpu-millicores, of the whole workload
  double requests_per_s = 20;    // requests-per-second, of the workload
  double error_ratio = 0.001;    // error-ratio
  double latency_s = 0.03;       // latency-seconds, median
  double capacity_per_s = 0;     // capacity-per-second, of a pod; 0 = no end
  double pool_max = 0;           // pool-max, connections; 0 = no pool
  double hold_s = 0.3;           // hold-seconds, a connection by a request
  double pool_leak_per_min = 0;  // pool-leak-per-min, never given back
  double noise = 0.01;           // noise, share of memory and load
  double disk_mib = 50;          // disk-mib, on the node's file system
  double disk_mib_per_min = 0;   // disk-rate-mib-per-min

  /// Overwrites what `settings` (an object of texts or numbers) names.
  void Apply(const Json& settings);
};

/// The behaviour that a pod's annotations ask for.
Behaviour BehaviourOf(const Json& pod);

/// The load on a pod, relative to its mean: the slow waves of a day, which it
/// shares with its workload, quicker ones of its own, and their integral, so
/// that counters can be read at any time.
class Load {
 public:
  Load(const std::string& workload, const std::string& pod);

  double At(double seconds) const;
  /// The integral of At from some fixed time to `seconds`, in seconds.
  double Integral(double seconds) const;

 private:
  static constexpr int kWaves = 5;
  double phase_[kWaves];
};

/// Gaussian noise, a pure function of its arguments: mean 0, deviation 1.
double NoiseAt(const std::string& seed, double seconds);

}  // namespace kubesim
