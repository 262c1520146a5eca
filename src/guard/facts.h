#pragma once

#include <variant>
#include <vector>

#include "core/cluster.h"
#include "core/mutation.h"
#include "core/result.h"
#include "core/switch.h"
#include "core/verdict.h"
#include "guard/action_history.h"
#include "guard/surroundings.h"

namespace selfheal::guard {

/// A fact that nobody asked for; a guard that needs it denies.
inline Error NotRead() {
  return {Code::kFailedPrecondition, "it was not read"};
}

/// True where the mutation writes to a node, which stands in no namespace.
inline bool ChangesNode(const Mutation& mutation) {
  return std::holds_alternative<SetUnschedulable>(mutation);
}

/// True where the mutation writes to what belongs to no workload.
inline bool StandsAlone(const Mutation& mutation) {
  return std::holds_alternative<SetVolumeRequest>(mutation) ||
         std::holds_alternative<RequestRenewal>(mutation) ||
         ChangesNode(mutation);
}

/// What the world looks like now, each fact or the error in its place.
struct Facts {
  Result<ClusterObject> target = NotRead();  ///< The incident's target.
  Result<ClusterObject> object = NotRead();  ///< What is written to.
  /// The workload that owns the pods concerned, found by uids; not read where
  /// the mutation concerns none.
  Result<ClusterObject> workload = NotRead();
  /// The object's namespace; not read for a node.
  Result<ClusterObject> ns = NotRead();
  /// The workload's own pods; not read where the mutation only scales.
  Result<std::vector<ClusterObject>> pods = NotRead();
  /// Of the namespace; not read where the mutation only adds replicas.
  Result<std::vector<ClusterObject>> pdbs = NotRead();
  /// All nodes; read where the target is one, or a pod concerned fails.
  Result<std::vector<ClusterObject>> nodes = NotRead();
  /// What runs on the target, where that is a node.
  Result<std::vector<ClusterObject>> node_pods = NotRead();
  /// The pods of the cluster; read before a drain begins.
  Result<std::vector<ClusterObject>> all_pods = NotRead();
  /// All of the namespace; read where the mutation scales.
  Result<std::vector<ClusterObject>> hpas = NotRead();
  /// The Application that a label of the object names; an error where there
  /// is none, or it can't be read.
  Result<ClusterObject> application = NotRead();
  /// What the workload's templates were; read where one is put back.
  Result<std::vector<ClusterObject>> revisions = NotRead();
  Result<SafetyState> history = NotRead();
  Result<SwitchReading> switches = NotRead();
  Surroundings surroundings = {};  ///< Says itself how old it is.
};

/// Which sources the facts come from.
struct FactSources {
  ClusterView& cluster;
  ActionHistory& history;
  SwitchReader& switches;
  SurroundingsReader& surroundings;
};

/// Reads everything live, one after the other; what fails stands as an error
/// in the facts. Cost: at most 10 reads of the cluster and 1 of the history.
Facts Gather(const FactSources& sources, const MutationPurpose& purpose,
             const Mutation& mutation, Time now);

}  // namespace selfheal::guard
