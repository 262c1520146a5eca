#pragma once

#include <ostream>

#include "sim/kubesim/api.h"
#include "sim/kubesim/exposition.h"
#include "sim/kubesim/kubelet.h"
#include "sim/kubesim/store.h"

namespace kubesim {

/// Which samples of the past to write.
struct Past {
  TimePoint from{};
  TimePoint to{};
  Duration step{std::chrono::seconds(60)};
  /// Labels that a scrape would add, such as job and instance.
  Exposition::Labels extra = {};
  /// Beginnings of the metric names that are wanted; empty = all.
  std::vector<std::string> families = {};
};

/// The whole cluster on a clock that its owner moves: objects, controllers
/// and kubelets, without sockets or threads.
///
/// Not thread-safe; the simulator's lock surrounds every call.
class World {
 public:
  /// `speed` shortens every delay and quickens every leak; the clock and so
  /// all timestamps and counters stay true to `AdvanceTo`.
  World(std::uint64_t seed, double speed, TimePoint start);

  Store& store() { return store_; }
  Api& api() { return api_; }
  Kubelet& kubelet() { return kubelet_; }
  TimePoint now() const { return now_; }

  /// Lives through the time up to `to` in steps of at most one second.
  void AdvanceTo(TimePoint to);

  /// Skips to `to` in one step: pods just run on. For ageing a calm cluster.
  void JumpTo(TimePoint to);

  /// Fills in the objects of a small shop: two nodes, namespaces `default`
  /// and `shop`, Deployments that serve requests, a StatefulSet, a budget.
  void AddShop();

  /// An object given as JSON with apiVersion, kind and metadata.namespace.
  void Apply(const Json& object);

  /// A condition of a node ("Ready", "DiskPressure", ...) and its status
  /// ("True", "False", "Unknown"). While Ready is not "True" nothing moves on
  /// the node: its kubelet is lost. Throws ApiError 404.
  void SetNodeCondition(const std::string& node, const std::string& type,
                        const std::string& status);

  Exposition Metrics(TimePoint at, const Exposition::Labels& extra) const;

  /// Past samples of all pods, as far back as their containers ran.
  void WriteHistory(const Past& past, std::ostream& out) const;

 private:
  void AddAddons();
  void Tick(TimePoint to);
  void Reconcile();

  Store store_;
  Api api_;
  Kubelet kubelet_;
  double speed_;
  TimePoint now_;
  TimePoint reconciled_at_{};
  TimePoint autoscaled_at_{};
  std::uint64_t reconciled_ = 0;
};

}  // namespace kubesim
