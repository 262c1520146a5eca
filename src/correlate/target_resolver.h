#pragma once

#include <optional>
#include <string>

#include "core/cluster.h"
#include "core/incident_type.h"
#include "core/labels.h"
#include "core/result.h"
#include "core/rule.h"

namespace selfheal {

/// A node that is the trouble of what runs on it.
struct NodeTrouble {
  ObjectRef node;
  std::string uid;
  IncidentType type = IncidentType::kNodePressure;
};

/// What an alert is about.
struct ResolvedTarget {
  ObjectRef object;
  std::string uid;  ///< As seen live.
  /// Set where the pod that the alert names was evicted by its node's kubelet,
  /// or fails on a node that is not ready.
  std::optional<NodeTrouble> root = {};
  /// The kernel has killed a container of the pod that the alert names, for its
  /// memory, and it does not serve.
  bool oom_killed = false;
};

/// Finds the object that an alert's labels name, the way `rule` maps them.
///
/// A pod leads to the workload that owns it (matched by uid at every hop), so
/// that ten pods of one workload are one target. Labels are hints: the object
/// must exist in the cluster.
class TargetResolver {
 public:
  explicit TargetResolver(ClusterView& view) : view_(view) {}

  /// @error kInvalidArgument     labels are missing, malformed or ambiguous.
  ///        kNotFound            the named object is not there.
  ///        kFailedPrecondition  its owner is of no kind that we can act on.
  ///        kUnavailable, kDeadlineExceeded  the cluster did not answer.
  Result<ResolvedTarget> Resolve(const Rule& rule, const Labels& labels);

 private:
  Result<ResolvedTarget> TargetOf(const ClusterObject& pod);
  Result<std::optional<NodeTrouble>> RootOf(const ClusterObject& pod);
  Result<ResolvedTarget> ScaledBy(const Labels& labels);
  Result<ResolvedTarget> Live(const ObjectRef& ref);

  ClusterView& view_;
};

/// True for a certificate that an exporter of files, Secrets or probes has
/// seen: `namespace` is the exporter's, and nothing names a Certificate. Pure.
bool IsCertificateOfOthers(const Rule& rule, const Labels& labels);

/// Alerts of `rule` with the same key are about the same object: Resolve and
/// GuessTarget look at nothing else in their labels. Pure.
std::string TargetKey(const Rule& rule, const Labels& labels);

/// The object that labels alone name, without a look at the cluster: the best
/// that can be said of a target that could not be resolved.
ObjectRef GuessTarget(const Rule& rule, const Labels& labels);

}  // namespace selfheal
