#pragma once

#include <string>
#include <vector>

#include "adapters/kubernetes/api_client.h"
#include "core/cluster.h"

namespace selfheal::kubernetes {

/// ClusterView over the API server: plain GETs without a resourceVersion, so
/// that every answer is the most recent state.
class KubernetesView final : public ClusterView {
 public:
  /// `api` must outlive the view.
  explicit KubernetesView(ApiClient& api) : api_(api) {}

  Result<ClusterObject> Get(const ObjectRef& ref) override;
  Result<std::vector<ClusterObject>> List(const ListQuery& query) override;

 private:
  Result<std::vector<ClusterObject>> ListOnce(const ListQuery& query);
  /// Why a read of a `kind` failed.
  Error Problem(const http::Outcome& outcome, ObjectKind kind);

  ApiClient& api_;
};

}  // namespace selfheal::kubernetes
