#pragma once

#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "sim/kubesim/faults.h"
#include "sim/kubesim/request_log.h"
#include "sim/kubesim/types.h"
#include "sim/kubesim/world.h"

namespace kubesim {

struct Options {
  int port = 0;  // 0 = the system picks one
  std::string host = "127.0.0.1";
  std::string token = "";  // empty = every caller is let in
  std::uint64_t seed = 1;
  /// Shortens every delay (start, readiness, back-off) and quickens leaks.
  double speed = 1;
  /// True: the clock follows the real one. False: it stands at `start` and
  /// moves only by Advance, which makes a test deterministic.
  bool real_time = true;
  /// Where a clock that stands still begins; 2026-11-25T12:00:00Z.
  TimePoint start{std::chrono::seconds(1795608000)};
  /// A small shop (World::AddShop) instead of an empty cluster.
  bool shop = false;
  /// Groups whose kinds are not there, as without their CRDs.
  std::set<std::string> without = {};
  /// How long the shop has been running when the simulator starts.
  std::chrono::seconds age{0};
};

/// A small Kubernetes: the API over HTTP, controllers, kubelets and the
/// metrics of kube-state-metrics, cAdvisor and the applications.
///
/// Thread-safe: one lock surrounds the cluster; requests that a fault delays
/// wait outside of it.
///
/// Besides the API: GET /metrics, GET /sim/log, POST /sim/faults, DELETE
/// /sim/faults, POST /sim/inject, POST /sim/node, POST /sim/advance, POST
/// /sim/apply, POST /sim/deny, GET /sim/time, and GET
/// /sim/history?seconds=&step=&job=& instance=&families=container_,http_
/// (OpenMetrics with timestamps).
class Simulator {
 public:
  explicit Simulator(Options options);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  /// Listens and serves from its own threads; throws std::runtime_error when
  /// the port is taken.
  void Start();
  void Stop();

  int port() const;
  std::string url() const;

  /// A kubeconfig that points here, with the token.
  std::string Kubeconfig() const;

  TimePoint Now() const;
  void Advance(Duration duration);

  /// Creates an object given as JSON; throws ApiError.
  void Apply(const Json& object);

  /// A copy of an object; null when it is not there.
  Json Get(const std::string& plural, const std::string& name_space,
           const std::string& name) const;

  /// Copies of all objects of a resource in a namespace (empty = all).
  std::vector<Json> List(const std::string& plural,
                         const std::string& name_space) const;

  /// `workload` is namespace/Kind/name. See Kubelet::Inject.
  int Inject(const std::string& workload, const Json& settings,
             bool persist = false, int most_pods = -1);

  /// See World::SetNodeCondition.
  void SetNodeCondition(const std::string& node, const std::string& type,
                        const std::string& status);

  void AddFault(Fault fault);
  void ClearFaults();

  RequestLog Log() const;
  void ClearLog();

  std::string Metrics() const;
  void WriteHistory(const Past& past, std::ostream& out) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kubesim
