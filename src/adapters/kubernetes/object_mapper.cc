#include "adapters/kubernetes/object_mapper.h"

#include <optional>
#include <utility>

#include "adapters/kubernetes/amounts.h"
#include "adapters/kubernetes/api_path.h"
#include "adapters/kubernetes/application_mapper.h"
#include "adapters/kubernetes/quota_mapper.h"
#include "adapters/kubernetes/rollout_mapper.h"
#include "adapters/kubernetes/state_mapper.h"
#include "adapters/kubernetes/strategy_mapper.h"
#include "adapters/kubernetes/template_text.h"
#include "codec/field_reader.h"

namespace selfheal::kubernetes {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 64;

std::vector<OwnerRef> MapOwners(const FieldReader& metadata) {
  std::vector<OwnerRef> owners;
  for (const FieldReader& owner : metadata.Objects("ownerReferences")) {
    owners.push_back({.kind = owner.Required("kind"),
                      .name = owner.Required("name"),
                      .uid = owner.Required("uid"),
                      .controller = owner.Bool("controller")});
  }
  return owners;
}

void MapSelector(const FieldReader& spec, Labels& labels, bool& expressions) {
  const FieldReader selector = spec.Object("selector");
  labels = selector.StringMap("matchLabels");
  expressions = !selector.Objects("matchExpressions").empty();
}

void MapDaemonStatus(const FieldReader& status, WorkloadState& state) {
  state.replicas = status.Int("desiredNumberScheduled");
  state.current_replicas = status.Int("currentNumberScheduled");
  state.ready = status.Int("numberReady");
  state.updated = status.Int("updatedNumberScheduled");
  state.available = status.Int("numberAvailable");
}

WorkloadState MapWorkload(const FieldReader& root, ObjectKind kind,
                          const Labels& annotations) {
  const FieldReader spec = root.Object("spec");
  const FieldReader status = root.Object("status");
  WorkloadState state;
  if (kind == ObjectKind::kDaemonSet) {
    MapDaemonStatus(status, state);
  } else {
    state.replicas = spec.Int("replicas", 1);
    state.current_replicas = status.Int("replicas");
    state.ready = status.Int("readyReplicas");
    state.updated = status.Int("updatedReplicas");
    state.available = status.Int("availableReplicas");
  }
  state.paused = spec.Bool("paused");
  for (const FieldReader& condition : status.Objects("conditions")) {
    if (condition.String("type") == "Progressing" &&
        condition.String("reason") == "ProgressDeadlineExceeded") {
      state.progress_deadline_exceeded = true;
    }
  }
  if (kind == ObjectKind::kRollout) {
    MapRollout(root, state);
  } else {
    state.observed_generation = status.Long("observedGeneration");
  }
  MapStrategy(spec, kind, state);
  MapSelector(spec, state.selector, state.selector_has_expressions);
  const FieldReader metadata = spec.Object("template").Object("metadata");
  state.template_labels = metadata.StringMap("labels");
  state.template_annotations = metadata.StringMap("annotations");
  state.revision = RevisionIn(annotations);
  return state;
}

ContainerState MapContainer(const FieldReader& status) {
  ContainerState state{.name = status.Required("name"),
                       .ready = status.Bool("ready"),
                       .restarts = status.Int("restartCount"),
                       .waiting_reason = "",
                       .last_terminated_reason = ""};
  const FieldReader current = status.Object("state");
  state.waiting_reason = current.Object("waiting").String("reason");
  FieldReader ended = status.Object("lastState").Object("terminated");
  if (!ended.present()) ended = current.Object("terminated");
  state.last_terminated_reason = ended.String("reason");
  state.last_exit_code = ended.Int("exitCode");
  state.last_terminated_at = ended.Timestamp("finishedAt");
  return state;
}

PodState MapPod(const FieldReader& root, const Labels& annotations) {
  const FieldReader status = root.Object("status");
  PodState state;
  const FieldReader spec = root.Object("spec");
  state.phase = status.String("phase");
  state.reason = status.String("reason");
  state.node = spec.String("nodeName");
  state.requests = RequestsOf(spec);
  for (const FieldReader& volume : spec.Objects("volumes")) {
    state.scratch = state.scratch || volume.Has("emptyDir");
  }
  state.mirror = annotations.contains("kubernetes.io/config.mirror");
  state.started_at = status.Timestamp("startTime");
  for (const FieldReader& condition : status.Objects("conditions")) {
    if (condition.String("type") == "Ready") {
      state.ready = condition.String("status") == "True";
    }
  }
  for (const FieldReader& container : status.Objects("containerStatuses")) {
    state.containers.push_back(MapContainer(container));
  }
  // A finished init container says nothing; one that waits may be the fault.
  for (const FieldReader& init : status.Objects("initContainerStatuses")) {
    ContainerState container = MapContainer(init);
    if (!container.waiting_reason.empty()) {
      state.containers.push_back(std::move(container));
    }
  }
  return state;
}

HpaState MapHpa(const FieldReader& root) {
  const FieldReader spec = root.Object("spec");
  const FieldReader status = root.Object("status");
  const FieldReader target = spec.Object("scaleTargetRef");
  HpaState state;
  state.target_kind = target.Required("kind");
  state.target_name = target.Required("name");
  state.min_replicas = spec.Int("minReplicas", 1);
  if (!spec.Has("maxReplicas")) spec.Fail("maxReplicas", "missing");
  state.max_replicas = spec.Int("maxReplicas", 1);
  state.current_replicas = status.Int("currentReplicas");
  state.desired_replicas = status.Int("desiredReplicas");
  for (const FieldReader& condition : status.Objects("conditions")) {
    if (condition.String("type") == "ScalingActive") {
      state.scaling_active = condition.String("status") == "True";
    }
  }
  return state;
}

PdbState MapPdb(const FieldReader& root) {
  const FieldReader spec = root.Object("spec");
  const FieldReader status = root.Object("status");
  PdbState state;
  MapSelector(spec, state.selector, state.selector_has_expressions);
  // policy/v1: an empty selector selects every pod, an absent one none.
  state.selects_all = spec.Has("selector") && state.selector.empty() &&
                      !state.selector_has_expressions;
  state.disruptions_allowed = status.Int("disruptionsAllowed");
  state.expected = status.Int("expectedPods");
  state.desired_healthy = status.Int("desiredHealthy");
  state.current_healthy = status.Int("currentHealthy");
  state.observed_generation = status.Long("observedGeneration");
  return state;
}

/// By label or by taint; the last two are Rancher's.
bool MarksControlPlane(const std::string& key) {
  return key == "node-role.kubernetes.io/control-plane" ||
         key == "node-role.kubernetes.io/master" ||
         key == "node-role.kubernetes.io/controlplane" ||
         key == "node-role.kubernetes.io/etcd";
}

NodeState MapNode(const FieldReader& root, const Labels& labels) {
  NodeState state;
  const FieldReader spec = root.Object("spec");
  const FieldReader status = root.Object("status");
  state.unschedulable = spec.Bool("unschedulable");
  for (const FieldReader& taint : spec.Objects("taints")) {
    const std::string key = taint.String("key");
    const bool cordon = key == "node.kubernetes.io/unschedulable";
    const bool soft = taint.String("effect") == "PreferNoSchedule";
    state.tainted = state.tainted || (!cordon && !soft);
    state.control_plane = state.control_plane || MarksControlPlane(key);
  }
  state.allocatable = AllocatableOf(status);
  for (const FieldReader& address : status.Objects("addresses")) {
    state.addresses.push_back(address.String("address"));
  }
  for (const auto& [key, value] : labels) {
    state.control_plane = state.control_plane || MarksControlPlane(key);
  }
  state.kubelet_version = status.Object("nodeInfo").String("kubeletVersion");
  for (const FieldReader& condition : status.Objects("conditions")) {
    state.conditions[condition.Required("type")] = condition.String("status");
  }
  return state;
}

void MapState(const FieldReader& root, ClusterObject& object) {
  switch (object.ref.kind) {
    case ObjectKind::kDeployment:
    case ObjectKind::kStatefulSet:
    case ObjectKind::kDaemonSet:
    case ObjectKind::kReplicaSet:
    case ObjectKind::kRollout:
      object.state = MapWorkload(root, object.ref.kind, object.annotations);
      return;
    case ObjectKind::kPod:
      object.state = MapPod(root, object.annotations);
      return;
    case ObjectKind::kHorizontalPodAutoscaler:
      object.state = MapHpa(root);
      return;
    case ObjectKind::kPodDisruptionBudget:
      object.state = MapPdb(root);
      return;
    case ObjectKind::kNode:
      object.state = MapNode(root, object.labels);
      return;
    case ObjectKind::kPersistentVolumeClaim:
      object.state = MapClaim(root);
      return;
    case ObjectKind::kStorageClass:
      object.state = MapStorageClass(root);
      return;
    case ObjectKind::kCertificate:
      object.state = MapCertificate(root);
      return;
    case ObjectKind::kControllerRevision:
      object.state =
          RevisionState{.number = root.Long("revision"), .pod_template = ""};
      return;
    case ObjectKind::kApplication:
      object.state = MapApplication(root);
      return;
    case ObjectKind::kResourceQuota:
      object.state = MapQuota(root);
      return;
    case ObjectKind::kLimitRange:
      object.state = MapLimitRange(root);
      return;
    case ObjectKind::kService:
      object.state = MapService(root);
      return;
    case ObjectKind::kJob:
    case ObjectKind::kNamespace:
      return;
  }
}

/// Keeps out what could nest without end.
bool IsShallow(int depth, json::parse_event_t, const json&) {
  return depth <= kMaxDepth;
}

/// Keeps out what nobody reads here, too.
bool Keep(int depth, json::parse_event_t event, const json& parsed) {
  return IsShallow(depth, event, parsed) &&
         (event != json::parse_event_t::key || parsed != "managedFields");
}

Error NotJson() {
  return Error{Code::kInternal, "the answer is not a JSON object"};
}

}  // namespace

Result<ClusterObject> MapObject(const json& source, ObjectKind kind) {
  std::optional<Error> error;
  const FieldReader root(source, error);
  const std::string written = root.String("kind");
  if (!written.empty() && written != KindName(kind)) {
    root.Fail("kind", "expected " + std::string(KindName(kind)));
  }
  const FieldReader metadata = root.Object("metadata");
  ClusterObject object;
  object.ref.kind = kind;
  object.ref.name = metadata.Required("name");
  if (ResourceOf(kind).namespaced) {
    object.ref.ns = metadata.Required("namespace");
  }
  object.uid = metadata.Required("uid");
  object.resource_version = metadata.Required("resourceVersion");
  object.generation = metadata.Long("generation");
  object.labels = metadata.StringMap("labels");
  object.annotations = metadata.StringMap("annotations");
  object.owners = MapOwners(metadata);
  object.deleting = metadata.Has("deletionTimestamp");
  object.created_at = metadata.Timestamp("creationTimestamp").value_or(Time());
  MapState(root, object);
  if (error) return *error;
  if (kind == ObjectKind::kReplicaSet ||
      kind == ObjectKind::kControllerRevision) {
    AddTemplate(source, object);
  }
  return object;
}

Result<ClusterObject> ParseObject(std::string_view body, ObjectKind kind) {
  // Who has aborted a Rollout's update is told there only.
  auto* keep = kind == ObjectKind::kRollout ? IsShallow : Keep;
  const json object = json::parse(body.begin(), body.end(), keep, false);
  if (!object.is_object()) return NotJson();
  auto mapped = MapObject(object, kind);
  if (mapped.ok()) AddTemplate(object, *mapped);
  return mapped;
}

std::string KindOfBody(std::string_view body) {
  const json object = json::parse(body.begin(), body.end(), Keep, false);
  if (!object.is_object()) return "";
  std::optional<Error> error;
  return FieldReader(object, error).String("kind");
}

Result<ObjectPage> ParsePage(std::string_view body, ObjectKind kind) {
  ObjectPage page;
  std::optional<Error> error;
  std::string top_key;
  const auto callback = [&](int depth, json::parse_event_t event,
                            json& parsed) {
    if (event == json::parse_event_t::key && depth == 1) {
      top_key = parsed.get<std::string>();
    }
    if (event == json::parse_event_t::object_end && depth == 2 &&
        top_key == "items") {
      auto object = MapObject(parsed, kind);
      if (!object) {
        if (!error) error = object.error();
      } else if (!error) {
        page.items.push_back(*std::move(object));
      }
      return false;
    }
    return Keep(depth, event, parsed);
  };
  const json root = json::parse(body.begin(), body.end(), callback, false);
  if (!root.is_object()) return NotJson();
  const FieldReader reader(root, error);
  if (reader.String("kind") != std::string(KindName(kind)) + "List") {
    reader.Fail("kind", "expected " + std::string(KindName(kind)) + "List");
  }
  // What is left in `items` was no object; an absent one is not "nothing".
  const auto items = root.find("items");
  if (items == root.end() || (!items->is_null() && !items->is_array()) ||
      (items->is_array() && !items->empty())) {
    reader.Fail("items", "expected an array of objects");
  }
  page.continue_token = reader.Object("metadata").String("continue");
  if (error) return error->With("list");
  return page;
}

}  // namespace selfheal::kubernetes
