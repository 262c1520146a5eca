#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/cluster.h"
#include "execute/cluster_client.h"
#include "sim/kubesim/world.h"
#include "sim/pipeline/gate.h"

namespace selfheal::testing {

/// The simulated Kubernetes without sockets: its API, controllers and kubelets
/// behind our two ports, through the product's own paths, bytes and mapping.
/// Not thread-safe.
class SimCluster final : public ClusterView, public ClusterClient {
 public:
  SimCluster(const Clock& clock, Gate& gate);

  Result<ClusterObject> Get(const ObjectRef& ref) override;
  Result<std::vector<ClusterObject>> List(const ListQuery& query) override;
  Result<WireRequest> Encode(const Mutation& mutation) override;
  ApplyReply DryRun(const WireRequest& request) override;
  ApplyReply Apply(const WireRequest& request) override;

  /// Lives up to the clock's time.
  void Follow();
  kubesim::World& world() { return world_; }

  /// One mutating request as the API server saw it.
  struct Seen {
    WireRequest request;
    int status = 0;
    bool accepted() const { return status >= 200 && status < 300; }
  };
  const std::vector<Seen>& seen() const { return seen_; }
  std::vector<WireRequest> accepted() const;
  /// Every request, reads and dry runs too, each path once.
  const std::vector<WireRequest>& calls() const { return calls_; }
  /// Called before each mutating request reaches the API server.
  std::function<void(const WireRequest&)> on_apply;

  /// What happens to the next mutating requests, in order.
  enum class Trouble {
    kNone,
    kSwallow,   ///< Applied; the answer is lost.
    kDrop,      ///< Lost on the way, perhaps.
    kConflict,  ///< 409.
    kNotSent,   ///< No connection.
    kRefuse,    ///< 403.
  };
  std::deque<Trouble> troubles;
  /// An admission policy: which writes it refuses, dry runs too.
  std::function<bool(const WireRequest&)> forbids;
  /// Called before each list.
  std::function<void()> on_list;
  /// Lists fail so while it is set.
  std::optional<Error> unlisted;
  /// How far the API server's clock is behind ours.
  Duration clock_behind{};

 private:
  kubesim::ApiResponse Call(const WireRequest& request);

  const Clock& clock_;
  Gate& gate_;
  kubesim::World world_;
  std::vector<Seen> seen_;
  std::vector<WireRequest> calls_;
  std::set<std::pair<std::string, std::string>> called_;
};

}  // namespace selfheal::testing
