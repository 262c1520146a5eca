#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collect/collector.h"
#include "config/config.h"
#include "core/notice.h"
#include "core/source_finding.h"
#include "correlate/target_resolver.h"
#include "execute/executor.h"
#include "execute/last_metre.h"
#include "flow/correlator.h"
#include "flow/flow_ports.h"
#include "flow/incident_flow.h"
#include "flow/scale_back.h"
#include "guard/guard_chain.h"
#include "sim/fakes/fake_clock.h"
#include "sim/fakes/fake_store.h"
#include "sim/fakes/fake_surroundings.h"
#include "sim/fakes/fake_switches.h"
#include "sim/pipeline/gate.h"
#include "sim/pipeline/pattern_source.h"
#include "sim/pipeline/sim_cluster.h"

namespace selfheal::testing {

/// The rules and runbooks of the configured folders, by the product's own
/// loader; none, and why, where it finds fault with them.
std::shared_ptr<const RuleSet> RulesOf(const Config& config,
                                       std::vector<SourceFinding>* findings);

/// The whole product from stored alerts to closed incidents, on one thread and
/// a clock that jumps from look to look: real stages, guards, executor and
/// last metre over a simulated cluster, a store in memory and made-up series.
class Pipeline {
 public:
  explicit Pipeline(Config config = DefaultConfig());

  /// Namespace shop opted in; no other knob turned.
  static Config DefaultConfig();

  /// Fills the cluster with the simulator's small shop and lets it settle.
  void AddShop();
  void Advance(Duration by);
  /// Stores one group, as the receiver does before it answers 200.
  void Post(const AlertGroup& group);
  void PostFiring(const std::string& alertname, const std::string& pod);

  /// Works until every incident is terminal, or `limit` has passed.
  /// @return true where nothing is unfinished.
  bool Run(seconds limit);
  /// One round: correlates, and looks at every unfinished incident that is
  /// due; then the clock jumps to the next look.
  void Round();

  /// The only incident; an empty one where there is none, or are several.
  Incident Only();
  std::vector<Incident> All();
  /// The names of the pods of a workload that live now.
  std::vector<std::string> PodsOf(const std::string& workload);
  /// Where a pod of namespace shop stands.
  std::string NodeOf(const std::string& pod);

  FakeClock clock;
  Gate gate;
  Config config;
  std::vector<SourceFinding> findings;  ///< In the rules and runbooks.
  std::shared_ptr<const RuleSet> rules;
  FakeStore store;
  SimCluster cluster;
  PatternSource metrics;
  FakeSwitches switches;
  FakeSurroundings surroundings{clock};
  std::vector<Notice> notices;
  std::optional<Time> watchdog_seen;
  std::optional<Time> gate_seen;
  /// Called once a round.
  std::function<void()> on_round;

 private:
  class Rest;
  struct RestDeleter {
    void operator()(Rest* rest) const;
  };
  void Restart();

  std::unique_ptr<Rest, RestDeleter> rest_;
};

}  // namespace selfheal::testing
