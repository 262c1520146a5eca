#pragma once

#include "adapters/kubernetes/api_client.h"
#include "execute/cluster_client.h"

namespace selfheal::kubernetes {

/// What an answer, or its absence, says about a mutating request.
///
/// Applied only by a 2xx whose body is an object or a Status of success; a
/// 2xx that carries a failed Status is a refusal (more than one disruption
/// budget answers so); 4xx that the API server gives before it writes are
/// refusals; no connection is NotSent; all else is Unknown.
ApplyReply ClassifyMutation(const http::Outcome& outcome);

/// ClusterClient over the API server.
class KubernetesClient final : public ClusterClient {
 public:
  /// `api` must outlive the client.
  explicit KubernetesClient(ApiClient& api) : api_(api) {}

  Result<WireRequest> Encode(const Mutation& mutation) override;
  ApplyReply DryRun(const WireRequest& request) override;
  ApplyReply Apply(const WireRequest& request) override;

 private:
  ApiClient& api_;
};

}  // namespace selfheal::kubernetes
