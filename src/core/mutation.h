#pragma once

#include <string>
#include <variant>

#include "core/object.h"

namespace selfheal {

/// Delete exactly this pod; the API server refuses any other.
struct DeletePod {
  ObjectRef pod;
  std::string uid;
  std::string resource_version;
};

/// Evict exactly this pod; PodDisruptionBudgets are obeyed by the server.
struct EvictPod {
  ObjectRef pod;
  std::string uid;
  std::string resource_version;
};

/// Set the template annotation kubectl.kubernetes.io/restartedAt.
struct SetRestartedAt {
  ObjectRef workload;
  std::string uid;
  std::string resource_version;
  std::string restarted_at;  ///< "" removes the annotation.
  std::string action_id;     ///< Goes to selfheal.dev/last-action.
};

/// Set spec.replicas through the scale subresource.
struct SetReplicas {
  ObjectRef workload;
  std::string uid;
  std::string resource_version;
  int replicas = 0;
};

/// Set both bounds of a HorizontalPodAutoscaler.
struct SetHpaBounds {
  ObjectRef hpa;
  std::string uid;
  std::string resource_version;
  int min_replicas = 0;
  int max_replicas = 0;
  std::string action_id;  ///< Goes to selfheal.dev/last-action.
};

/// One change of one object, with the preconditions that make it safe.
using Mutation = std::variant<DeletePod, EvictPod, SetRestartedAt, SetReplicas,
                              SetHpaBounds>;

/// The object that `mutation` writes to.
const ObjectRef& ObjectOf(const Mutation& mutation);
/// The uid that the object must have.
const std::string& UidOf(const Mutation& mutation);
/// The resourceVersion that the object must have.
const std::string& ResourceVersionOf(const Mutation& mutation);

/// The very bytes of a request; what is stored is what is sent.
struct WireRequest {
  std::string method;
  std::string path;  ///< Path and query, e.g. "/api/v1/...?fieldManager=...".
  std::string content_type;
  std::string body;

  bool operator==(const WireRequest&) const = default;
};

}  // namespace selfheal
