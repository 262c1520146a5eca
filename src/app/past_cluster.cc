#include "app/past_cluster.h"

#include "collect/promql.h"

namespace selfheal {
namespace {

constexpr std::string_view kWorkload = "workload";

struct Known {
  ObjectKind kind;
  const char* metric;
  const char* label;  ///< That holds the name.
};

/// What is told of by one series of its own.
constexpr Known kKnown[] = {
    {ObjectKind::kReplicaSet, "kube_replicaset_owner", "replicaset"},
    {ObjectKind::kDeployment, "kube_deployment_spec_replicas", "deployment"},
    {ObjectKind::kStatefulSet, "kube_statefulset_replicas", "statefulset"},
    {ObjectKind::kDaemonSet, "kube_daemonset_status_desired_number_scheduled",
     "daemonset"},
    {ObjectKind::kRollout, "rollout_info_replicas_desired", "name"},
    {ObjectKind::kHorizontalPodAutoscaler, "kube_horizontalpodautoscaler_info",
     "horizontalpodautoscaler"},
    {ObjectKind::kPersistentVolumeClaim, "kube_persistentvolumeclaim_info",
     "persistentvolumeclaim"},
    {ObjectKind::kCertificate, "certmanager_certificate_ready_status", "name"},
};

std::string Is(std::string_view label, std::string_view value) {
  return std::string(label) + "=" + QuotePromQl(value);
}

/// `metric{namespace="shop",pod="cart-1"}`.
std::string SeriesOf(std::string_view metric, std::string_view label,
                     const ObjectRef& ref) {
  return std::string(metric) + "{" + Is("namespace", ref.ns) + "," +
         Is(label, ref.name) + "}";
}

ClusterObject Named(const ObjectRef& ref) {
  ClusterObject object;
  object.ref = ref;
  object.uid = ToString(ref);
  return object;
}

void SetOwner(const Labels& labels, const std::string& kind_label,
              const std::string& name_label, ClusterObject& object) {
  const std::string kind(LabelOr(labels, kind_label));
  const std::string name(LabelOr(labels, name_label));
  // kube-state-metrics writes <none> where there is no owner.
  if (kind.empty() || kind == "<none>") return;
  const auto known = ParseKind(kind);
  const std::string uid =
      known ? ToString({*known, object.ref.ns, name}) : kind + "/" + name;
  object.owners = {
      {.kind = kind, .name = name, .uid = uid, .controller = true}};
}

Error Gone(const ObjectRef& ref) {
  return {Code::kNotFound,
          ToString(ref) + ": Prometheus knows of none at that time"};
}

ClusterObject NodeNamed(const std::string& name, const Labels& info) {
  ClusterObject node = Named({ObjectKind::kNode, "", name});
  NodeState state;
  const std::string address(LabelOr(info, "internal_ip"));
  if (!address.empty()) state.addresses = {address};
  node.state = std::move(state);
  return node;
}

/// The state that its kind needs beyond a name.
void SetState(const Series& series, ClusterObject& object) {
  if (object.ref.kind == ObjectKind::kReplicaSet) {
    SetOwner(series.labels, "owner_kind", "owner_name", object);
  } else if (object.ref.kind == ObjectKind::kHorizontalPodAutoscaler) {
    object.state = HpaState{
        .target_kind =
            std::string(LabelOr(series.labels, "scaletargetref_kind")),
        .target_name =
            std::string(LabelOr(series.labels, "scaletargetref_name"))};
  } else if (IsWorkload(object.ref.kind)) {
    WorkloadState state;
    state.replicas = static_cast<int>(series.samples.back().value);
    state.selector = {{std::string(kWorkload), ToString(object.ref)}};
    object.state = std::move(state);
  }
}

}  // namespace

Result<std::vector<std::vector<Series>>> PastCluster::Ask(
    const std::vector<std::string>& exprs) {
  std::vector<InstantQuery> queries;
  for (const std::string& expr : exprs) queries.push_back({expr, at_});
  auto answers = source_.Query(queries, deadline_);
  std::vector<std::vector<Series>> all;
  for (Result<QueryAnswer>& answer : answers) {
    if (!answer.ok()) return answer.error();
    all.push_back(std::move(answer->series));
  }
  return all;
}

Result<ClusterObject> PastCluster::Pod(const ObjectRef& ref) {
  std::string ready = SeriesOf("kube_pod_status_ready", "pod", ref);
  ready.insert(ready.size() - 1, ",condition=\"true\"");
  auto answers = Ask({SeriesOf("kube_pod_info", "pod", ref), ready});
  if (!answers.ok()) return answers.error();
  if (answers->at(0).empty()) return Gone(ref);
  const Labels& info = answers->at(0).front().labels;
  const auto& readiness = answers->at(1);
  ClusterObject pod = Named(ref);
  SetOwner(info, "created_by_kind", "created_by_name", pod);
  PodState state;
  state.phase = "Running";
  state.node = LabelOr(info, "node");
  state.ready =
      !readiness.empty() && readiness.front().samples.back().value > 0;
  pod.state = std::move(state);
  return pod;
}

Result<ClusterObject> PastCluster::Node(const ObjectRef& ref) {
  const std::string name = "{" + Is("node", ref.name);
  auto answers =
      Ask({"kube_node_info" + name + "}",
           "kube_node_status_condition" + name + ",status=\"true\"} == 1"});
  if (!answers.ok()) return answers.error();
  if (answers->at(0).empty()) return Gone(ref);
  ClusterObject node = NodeNamed(ref.name, answers->at(0).front().labels);
  for (const Series& condition : answers->at(1)) {
    std::get<NodeState>(node.state)
        .conditions[std::string(LabelOr(condition.labels, "condition"))] =
        "True";
  }
  return node;
}

Result<ClusterObject> PastCluster::Get(const ObjectRef& ref) {
  if (ref.kind == ObjectKind::kPod) return Pod(ref);
  if (ref.kind == ObjectKind::kNode) return Node(ref);
  for (const Known& known : kKnown) {
    if (known.kind != ref.kind) continue;
    auto answers = Ask({SeriesOf(known.metric, known.label, ref)});
    if (!answers.ok()) return answers.error();
    if (answers->front().empty()) return Gone(ref);
    ClusterObject object = Named(ref);
    SetState(answers->front().front(), object);
    return object;
  }
  return Error{Code::kFailedPrecondition,
               std::string(KindName(ref.kind)) + ": metrics tell nothing"};
}

Result<std::vector<ClusterObject>> PastCluster::Nodes() {
  auto answers = Ask({"kube_node_info"});
  if (!answers.ok()) return answers.error();
  std::vector<ClusterObject> nodes;
  for (const Series& series : answers->front()) {
    nodes.push_back(
        NodeNamed(std::string(LabelOr(series.labels, "node")), series.labels));
  }
  return nodes;
}

Result<std::vector<ClusterObject>> PastCluster::PodsOf(
    const ObjectRef& workload) {
  const bool sets = KeptIn(workload.kind) == ObjectKind::kReplicaSet;
  const std::string maker =
      sets ? "created_by_kind=\"ReplicaSet\",created_by_name=~" +
                 QuotePromQl(EscapeRegex(workload.name) + "-[a-z0-9]+")
           : Is("created_by_kind", KindName(workload.kind)) + "," +
                 Is("created_by_name", workload.name);
  auto answers = Ask(
      {"kube_pod_info{" + Is("namespace", workload.ns) + "," + maker + "}"});
  if (!answers.ok()) return answers.error();
  std::vector<ClusterObject> pods;
  for (const Series& series : answers->front()) {
    ClusterObject pod = Named({ObjectKind::kPod, workload.ns,
                               std::string(LabelOr(series.labels, "pod"))});
    pod.labels = {{std::string(kWorkload), ToString(workload)}};
    PodState state;
    state.phase = "Running";
    state.node = LabelOr(series.labels, "node");
    pod.state = std::move(state);
    pods.push_back(std::move(pod));
  }
  return pods;
}

Result<std::vector<ClusterObject>> PastCluster::List(const ListQuery& query) {
  if (query.kind == ObjectKind::kNode) return Nodes();
  const auto workload = ParseObjectRef(LabelOr(query.selector, kWorkload));
  if (query.kind == ObjectKind::kPod && workload) return PodsOf(*workload);
  return Error{Code::kFailedPrecondition,
               std::string(KindName(query.kind)) + ": metrics tell nothing"};
}

}  // namespace selfheal
