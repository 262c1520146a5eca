#include "adapters/kubernetes/wire_encoder.h"

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "adapters/kubernetes/api_path.h"

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

constexpr const char* kFieldManager = "?fieldManager=selfheal";
static_assert(std::string_view(kFieldManager).ends_with(kOwnManager));
constexpr const char* kJson = "application/json";
constexpr const char* kMergePatch = "application/merge-patch+json";
constexpr const char* kJsonPatch = "application/json-patch+json";
constexpr const char* kStrategicPatch =
    "application/strategic-merge-patch+json";
constexpr const char* kLastAction = "selfheal.dev/last-action";
constexpr const char* kCordoned = "selfheal.dev/cordoned";
constexpr const char* kRestartedAt = "kubectl.kubernetes.io/restartedAt";

Error Unfit(const std::string& why) {
  return Error{Code::kInvalidArgument, "mutation: " + why};
}

/// Bytes of a JSON value; foreign text that is not UTF-8 cannot throw.
std::string Bytes(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json Preconditions(const std::string& uid, const std::string& version) {
  return {{"uid", uid}, {"resourceVersion", version}};
}

/// Metadata whose uid and resourceVersion the server compares (409).
json Metadata(const std::string& uid, const std::string& version,
              const std::string& action_id) {
  json metadata = Preconditions(uid, version);
  if (!action_id.empty()) metadata["annotations"][kLastAction] = action_id;
  return metadata;
}

/// The same in a JSON patch: what is put in their place is what stands.
json PatchPreconditions(const std::string& uid, const std::string& version) {
  return {{{"op", "replace"}, {"path", "/metadata/uid"}, {"value", uid}},
          {{"op", "replace"},
           {"path", "/metadata/resourceVersion"},
           {"value", version}}};
}

struct Encoder {
  std::string path;  ///< Of the object.

  Result<WireRequest> operator()(const DeletePod& m) const {
    if (m.pod.kind != ObjectKind::kPod) return Unfit("not a pod");
    const json body = {
        {"kind", "DeleteOptions"},
        {"apiVersion", "v1"},
        {"preconditions", Preconditions(m.uid, m.resource_version)}};
    return WireRequest{"DELETE", path, kJson, Bytes(body)};
  }

  Result<WireRequest> operator()(const EvictPod& m) const {
    if (m.pod.kind != ObjectKind::kPod) return Unfit("not a pod");
    const json body = {
        {"kind", "Eviction"},
        {"apiVersion", "policy/v1"},
        {"metadata", {{"name", m.pod.name}, {"namespace", m.pod.ns}}},
        {"deleteOptions",
         {{"preconditions", Preconditions(m.uid, m.resource_version)}}}};
    return WireRequest{"POST", path + "/eviction" + kFieldManager, kJson,
                       Bytes(body)};
  }

  Result<WireRequest> operator()(const SetRestartedAt& m) const {
    if (!IsWorkload(m.workload.kind)) return Unfit("not a workload");
    json value;  // null removes it.
    if (!m.restarted_at.empty()) value = m.restarted_at;
    json body = {
        {"metadata", Metadata(m.uid, m.resource_version, m.action_id)}};
    if (m.workload.kind == ObjectKind::kRollout) {
      body["spec"]["restartAt"] = value;
    } else {
      body["spec"]["template"]["metadata"]["annotations"][kRestartedAt] = value;
    }
    return WireRequest{"PATCH", path + kFieldManager, kMergePatch, Bytes(body)};
  }

  Result<WireRequest> operator()(const SetReplicas& m) const {
    if (!IsWorkload(m.workload.kind) ||
        m.workload.kind == ObjectKind::kDaemonSet) {
      return Unfit("not a workload with replicas");
    }
    if (m.replicas < 1) return Unfit("replicas below 1");
    json metadata = Preconditions(m.uid, m.resource_version);
    metadata["name"] = m.workload.name;
    metadata["namespace"] = m.workload.ns;
    const json body = {{"kind", "Scale"},
                       {"apiVersion", "autoscaling/v1"},
                       {"metadata", metadata},
                       {"spec", {{"replicas", m.replicas}}}};
    return WireRequest{"PUT", path + "/scale" + kFieldManager, kJson,
                       Bytes(body)};
  }

  Result<WireRequest> operator()(const SetUnschedulable& m) const {
    if (m.node.kind != ObjectKind::kNode) return Unfit("not a node");
    json mark;   // null removes the annotation.
    json value;  // null is how kubectl lifts a cordon.
    if (m.unschedulable) {
      mark = m.action_id;
      value = true;
    }
    json body = {{"metadata", Metadata(m.uid, m.resource_version, m.action_id)},
                 {"spec", {{"unschedulable", value}}}};
    body["metadata"]["annotations"][kCordoned] = mark;
    return WireRequest{"PATCH", path + kFieldManager, kMergePatch, Bytes(body)};
  }
  Result<WireRequest> operator()(const SetTemplate& m) const {
    if (!IsWorkload(m.workload.kind)) return Unfit("not a workload");
    json whole = json::parse(m.pod_template, nullptr, false);
    if (!whole.is_object()) return Unfit("no template");
    if (m.workload.kind == ObjectKind::kRollout) {
      json body = PatchPreconditions(m.uid, m.resource_version);
      body.push_back(
          {{"op", "add"},
           {"path", "/metadata/annotations/selfheal.dev~1last-action"},
           {"value", m.action_id}});
      body.push_back({{"op", "replace"},
                      {"path", "/spec/template"},
                      {"value", std::move(whole)}});
      return WireRequest{"PATCH", path + kFieldManager, kJsonPatch,
                         Bytes(body)};
    }
    whole["$patch"] = "replace";
    json body = {
        {"metadata", Metadata(m.uid, m.resource_version, m.action_id)}};
    body["spec"]["template"] = std::move(whole);
    return WireRequest{"PATCH", path + kFieldManager, kStrategicPatch,
                       Bytes(body)};
  }

  Result<WireRequest> operator()(const SetMemory& m) const {
    // An API server merges no list of a custom resource by names.
    if (!IsWorkload(m.workload.kind) ||
        m.workload.kind == ObjectKind::kRollout) {
      return Unfit("not a workload whose containers have names to it");
    }
    if (m.container.empty() || m.limit.empty()) return Unfit("no limit");
    json resources = {{"limits", {{"memory", m.limit}}}};
    if (!m.request.empty()) resources["requests"]["memory"] = m.request;
    json body = {
        {"metadata", Metadata(m.uid, m.resource_version, m.action_id)}};
    // A strategic patch finds the container by its name.
    body["spec"]["template"]["spec"]["containers"] = json::array(
        {{{"name", m.container}, {"resources", std::move(resources)}}});
    return WireRequest{"PATCH", path + kFieldManager, kStrategicPatch,
                       Bytes(body)};
  }
  Result<WireRequest> operator()(const SetVolumeRequest& m) const {
    if (m.claim.kind != ObjectKind::kPersistentVolumeClaim) {
      return Unfit("not a PersistentVolumeClaim");
    }
    json body = {
        {"metadata", Metadata(m.uid, m.resource_version, m.action_id)}};
    body["spec"]["resources"]["requests"]["storage"] = m.storage;
    return WireRequest{"PATCH", path + kFieldManager, kMergePatch, Bytes(body)};
  }

  /// A merge patch would replace the whole list of conditions.
  Result<WireRequest> operator()(const RequestRenewal& m) const {
    if (m.certificate.kind != ObjectKind::kCertificate) {
      return Unfit("not a Certificate");
    }
    const json condition = {
        {"type", "Issuing"},
        {"status", "True"},
        {"reason", "ManuallyTriggered"},
        {"message", "renewal requested by selfheal, action " + m.action_id},
        {"lastTransitionTime", m.at}};
    const bool there = m.condition >= 0;
    json body = PatchPreconditions(m.uid, m.resource_version);
    body.push_back({{"op", there ? "replace" : "add"},
                    {"path", "/status/conditions/" +
                                 (there ? std::to_string(m.condition) : "-")},
                    {"value", condition}});
    return WireRequest{"PATCH", path + "/status" + kFieldManager, kJsonPatch,
                       Bytes(body)};
  }

  Result<WireRequest> operator()(const RequestSync& m) const {
    if (m.application.kind != ObjectKind::kApplication) {
      return Unfit("not an Application");
    }
    if (m.revision.empty()) return Unfit("no revision to sync to");
    const json body = {
        {"metadata", Metadata(m.uid, m.resource_version, m.action_id)},
        {"operation",
         {{"initiatedBy", {{"username", "selfheal"}}},
          {"sync", {{"revision", m.revision}}}}}};
    return WireRequest{"PATCH", path + kFieldManager, kMergePatch, Bytes(body)};
  }
  /// The status has no place for our mark: its own flag is what is looked at.
  Result<WireRequest> operator()(const SetAborted& m) const {
    if (m.rollout.kind != ObjectKind::kRollout) return Unfit("not a Rollout");
    const json body = {{"metadata", Preconditions(m.uid, m.resource_version)},
                       {"status", {{"abort", m.aborted}}}};
    return WireRequest{"PATCH", path + "/status" + kFieldManager, kMergePatch,
                       Bytes(body)};
  }
  Result<WireRequest> operator()(const SetHpaBounds& m) const {
    if (m.hpa.kind != ObjectKind::kHorizontalPodAutoscaler) {
      return Unfit("not a HorizontalPodAutoscaler");
    }
    if (m.min_replicas < 1 || m.max_replicas < m.min_replicas) {
      return Unfit("bounds must be 1 <= min <= max");
    }
    const json body = {
        {"metadata", Metadata(m.uid, m.resource_version, m.action_id)},
        {"spec",
         {{"minReplicas", m.min_replicas}, {"maxReplicas", m.max_replicas}}}};
    return WireRequest{"PATCH", path + kFieldManager, kMergePatch, Bytes(body)};
  }
};

}  // namespace

Result<WireRequest> EncodeMutation(const Mutation& mutation) {
  auto path = ObjectPath(ObjectOf(mutation));
  if (!path) return path.error();
  if (UidOf(mutation).empty() || ResourceVersionOf(mutation).empty()) {
    return Unfit("no uid or no resourceVersion");
  }
  return std::visit(Encoder{*std::move(path)}, mutation);
}

Result<WireRequest> AsDryRun(const WireRequest& request) {
  WireRequest dry = request;
  if (request.method == "PATCH" || request.method == "PUT") {
    dry.path += request.path.find('?') == std::string::npos ? '?' : '&';
    dry.path += "dryRun=All";
    return dry;
  }
  // With a body, the server ignores the query of DELETE; an eviction carries
  // its options inside.
  json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return Unfit("its body is no JSON object");
  if (request.method == "DELETE") {
    body["dryRun"] = {"All"};
  } else if (request.method == "POST" && body.contains("deleteOptions") &&
             body["deleteOptions"].is_object()) {
    body["deleteOptions"]["dryRun"] = {"All"};
  } else {
    return Unfit("cannot be a dry run");
  }
  dry.body = Bytes(body);
  return dry;
}

}  // namespace selfheal::kubernetes
