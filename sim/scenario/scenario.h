#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/labels.h"
#include "core/source_finding.h"
#include "sim/kubesim/types.h"
#include "sim/pipeline/pattern_source.h"

namespace selfheal::testing {

/// How containers of a simulated workload begin to behave.
struct Injection {
  std::string workload;  ///< "shop/Deployment/cart".
  std::string behaviour;
  int pods = -1;  ///< All.
};

/// A change of a simulated workload, as somebody makes it.
struct Change {
  std::string workload;  ///< As Injection's.
  kubesim::Json patch;   ///< A strategic merge patch; of a Rollout a merge one.
};

/// A condition of a node, from the beginning of the trouble.
struct NodeCondition {
  std::string node;
  std::string type;    ///< "Ready", "MemoryPressure", ...
  std::string status;  ///< "True", "False", "Unknown".
};

/// One alert; a label value "a pod of cart" stands for the name of one.
struct ScenarioAlert {
  Labels labels;
  bool resolved = false;
  seconds after{0};  ///< It comes so long after the first ones.
};

/// A course that every pod has, or only some of them.
struct ScenarioSeries {
  Pattern pattern;
  std::string of;  ///< "a pod of cart", "2 pods of cart", "a node of cart".
};

/// A whole story as data: what the world is like, which alerts come, and what
/// must have come of it.
struct Scenario {
  std::string name;
  Config config;
  std::vector<ScenarioAlert> alerts;
  std::vector<ScenarioSeries> series;
  std::vector<kubesim::Json> objects;  ///< Beside the simulator's shop.
  std::vector<Change> changes;
  std::vector<Injection> inject;
  std::vector<NodeCondition> nodes;
  seconds age{60};  ///< Of the world, before anything happens.
  seconds wait{0};  ///< Between changes and injections, and the alerts.
  bool prometheus_down = false;
  bool kill_switch = false;
  /// What a person answers when asked: "", "approve", "deny".
  std::string answer;
  /// The alerts resolve this long after they were posted; zero = never.
  seconds resolve_after{0};

  struct Expectation {
    std::string phase;    ///< CamelCase; "none" = no incident at all.
    std::string verdict;  ///< Of the last check; "none" = none was made.
    std::vector<std::string> denied_by;
    /// "rolling_restart canary-1 applied", in order.
    std::vector<std::string> actions;
    int mutations = 0;         ///< Accepted by the API server.
    std::string verification;  ///< "" = not looked at.
    std::string reason;        ///< A part of the incident's reason.
    /// "config_drift Cancelled", of the incidents that were opened later.
    std::vector<std::string> others;
  } expect;
};

/// Reads one scenario strictly; everything that is wrong is a finding.
Scenario ReadScenario(const std::string& path,
                      std::vector<SourceFinding>* findings);

}  // namespace selfheal::testing
