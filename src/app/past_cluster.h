#pragma once

#include <string>
#include <vector>

#include "collect/metric_source.h"
#include "core/cluster.h"

namespace selfheal {

/// The cluster at one moment of the past, as kube-state-metrics told of it:
/// enough to find the target of an alert and its pods. Uids are made of kind
/// and name, and the only label of a past pod is the workload that it belonged
/// to. Thread-safe where the source is.
///
/// @error kNotFound  Prometheus has no such object at that moment.
///        kFailedPrecondition  a kind of which metrics tell nothing.
class PastCluster final : public ClusterView {
 public:
  PastCluster(MetricSource& source, Duration deadline, Time at)
      : source_(source), deadline_(deadline), at_(at) {}

  Result<ClusterObject> Get(const ObjectRef& ref) override;
  Result<std::vector<ClusterObject>> List(const ListQuery& query) override;

 private:
  /// The series of each of `exprs`, asked at once.
  Result<std::vector<std::vector<Series>>> Ask(
      const std::vector<std::string>& exprs);
  Result<ClusterObject> Pod(const ObjectRef& ref);
  Result<ClusterObject> Node(const ObjectRef& ref);
  Result<std::vector<ClusterObject>> Nodes();
  Result<std::vector<ClusterObject>> PodsOf(const ObjectRef& workload);

  MetricSource& source_;
  const Duration deadline_;
  const Time at_;
};

}  // namespace selfheal
