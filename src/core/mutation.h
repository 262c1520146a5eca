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

/// Set the template annotation kubectl.kubernetes.io/restartedAt; of a Rollout
/// spec.restartAt.
struct SetRestartedAt {
  ObjectRef workload;
  std::string uid;
  std::string resource_version;
  std::string restarted_at;  ///< "" removes it.
  std::string action_id;     ///< Goes to selfheal.dev/last-action.
};

/// Give the update of a Rollout up, so that its stable revision serves alone;
/// or take that back, and the update goes on.
struct SetAborted {
  ObjectRef rollout;
  std::string uid;
  std::string resource_version;
  bool aborted = true;
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

/// Let new pods onto a node, or keep them off.
struct SetUnschedulable {
  ObjectRef node;
  std::string uid;
  std::string resource_version;
  bool unschedulable = true;
  /// Goes to selfheal.dev/last-action, and with a cordon to
  /// selfheal.dev/cordoned, so that nobody else's cordon is lifted; that
  /// annotation leaves with ours.
  std::string action_id;
};

/// Put another pod template, one of the workload's own history, in place.
struct SetTemplate {
  ObjectRef workload;
  std::string uid;
  std::string resource_version;
  std::string pod_template;  ///< JSON, keys in order, without white space.
  std::string action_id;     ///< Goes to selfheal.dev/last-action.
};

/// Set the memory limit (and request, where both were one) of a container.
struct SetMemory {
  ObjectRef workload;
  std::string uid;
  std::string resource_version;
  std::string container;
  std::string limit;    ///< A quantity, e.g. "384Mi".
  std::string request;  ///< A quantity; "" leaves it alone.
  std::string action_id;
};

/// Ask for a volume of another size.
struct SetVolumeRequest {
  ObjectRef claim;
  std::string uid;
  std::string resource_version;
  std::string storage;  ///< A quantity, e.g. "12Gi".
  std::string action_id;
};

/// Have cert-manager issue a certificate anew: the condition Issuing.
struct RequestRenewal {
  ObjectRef certificate;
  std::string uid;
  std::string resource_version;
  std::string at;          ///< lastTransitionTime, "2026-11-29T12:00:00Z".
  int condition = -1;      ///< Where Issuing stands already; -1 = nowhere.
  long long revision = 0;  ///< status.revision before.
  std::string action_id;   ///< Goes into the condition's message.
};

/// Have Argo CD bring an Application to a revision of its source.
struct RequestSync {
  ObjectRef application;
  std::string uid;
  std::string resource_version;
  std::string revision;  ///< As its history names it; "" = its target.
  std::string action_id;
};

/// One change of one object, with the preconditions that make it safe.
using Mutation =
    std::variant<DeletePod, EvictPod, SetRestartedAt, SetReplicas, SetHpaBounds,
                 SetUnschedulable, SetTemplate, SetMemory, SetVolumeRequest,
                 RequestRenewal, RequestSync, SetAborted>;

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
