#include "execute/request_shape.h"

namespace selfheal {
namespace {

std::string Quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

bool IsRollout(const ObjectRef& ref) {
  return ref.kind == ObjectKind::kRollout;
}

/// The head of a patch whose body is compared as a whole.
std::string OpenPatch(const std::string& uid, const std::string& version,
                      const std::string& action_id) {
  return R"({"metadata":{"annotations":{"selfheal.dev/last-action":)" +
         Quote(action_id) + R"(},"resourceVersion":)" + Quote(version) +
         R"(,"uid":)" + Quote(uid) + R"(},"spec":{"template":{)";
}

std::string InNamespace(std::string_view group, const ObjectRef& ref,
                        std::string_view plural) {
  return std::string(group) + "/namespaces/" + ref.ns + "/" +
         std::string(plural) + "/" + ref.name;
}

std::string PathOf(const ObjectRef& workload) {
  return InNamespace(
      IsRollout(workload) ? "/apis/argoproj.io/v1alpha1" : "/apis/apps/v1",
      workload, PluralOf(workload.kind));
}

/// The head of a JSON patch: it puts in place what must stand there already.
std::string OpenOperations(const std::string& uid, const std::string& version) {
  return R"([{"op":"replace","path":"/metadata/uid","value":)" + Quote(uid) +
         R"(},{"op":"replace","path":"/metadata/resourceVersion","value":)" +
         Quote(version) + "},";
}

struct ShapeVisitor {
  Shape operator()(const DeletePod& m) const {
    return {"DELETE",
            InNamespace("/api/v1", m.pod, "pods"),
            {{"preconditions|uid", Quote(m.uid)},
             {"preconditions|resourceVersion", Quote(m.resource_version)}},
            {{"apiVersion", Quote("v1")}, {"kind", Quote("DeleteOptions")}}};
  }
  Shape operator()(const EvictPod& m) const {
    return {"POST",
            InNamespace("/api/v1", m.pod, "pods") + "/eviction",
            {{"apiVersion", Quote("policy/v1")},
             {"kind", Quote("Eviction")},
             {"metadata|name", Quote(m.pod.name)},
             {"metadata|namespace", Quote(m.pod.ns)},
             {"deleteOptions|preconditions|uid", Quote(m.uid)},
             {"deleteOptions|preconditions|resourceVersion",
              Quote(m.resource_version)}},
            {{"deleteOptions|apiVersion", Quote("v1")},
             {"deleteOptions|kind", Quote("DeleteOptions")}}};
  }
  Shape operator()(const SetRestartedAt& m) const {
    const std::string value =
        m.restarted_at.empty() ? "null" : Quote(m.restarted_at);
    return {
        "PATCH",
        PathOf(m.workload),
        {{"metadata|uid", Quote(m.uid)},
         {"metadata|resourceVersion", Quote(m.resource_version)},
         {"metadata|annotations|selfheal.dev/last-action", Quote(m.action_id)},
         {IsRollout(m.workload) ? "spec|restartAt"
                                : "spec|template|metadata|annotations|"
                                  "kubectl.kubernetes.io/restartedAt",
          value}},
        {}};
  }
  Shape operator()(const SetReplicas& m) const {
    return {"PUT",
            PathOf(m.workload) + "/scale",
            {{"apiVersion", Quote("autoscaling/v1")},
             {"kind", Quote("Scale")},
             {"metadata|name", Quote(m.workload.name)},
             {"metadata|namespace", Quote(m.workload.ns)},
             {"metadata|uid", Quote(m.uid)},
             {"metadata|resourceVersion", Quote(m.resource_version)},
             {"spec|replicas", std::to_string(m.replicas)}},
            {}};
  }
  Shape operator()(const SetUnschedulable& m) const {
    const std::string mark = m.unschedulable ? Quote(m.action_id) : "null";
    return {
        "PATCH",
        "/api/v1/nodes/" + m.node.name,
        {{"metadata|uid", Quote(m.uid)},
         {"metadata|resourceVersion", Quote(m.resource_version)},
         {"metadata|annotations|selfheal.dev/last-action", Quote(m.action_id)},
         {"metadata|annotations|selfheal.dev/cordoned", mark},
         {"spec|unschedulable", m.unschedulable ? "true" : "null"}},
        {}};
  }
  Shape operator()(const SetTemplate& m) const {
    if (IsRollout(m.workload)) {
      return {"PATCH",
              PathOf(m.workload),
              {},
              {},
              OpenOperations(m.uid, m.resource_version) +
                  R"({"op":"add","path":"/metadata/annotations/)" +
                  R"(selfheal.dev~1last-action","value":)" +
                  Quote(m.action_id) +
                  R"(},{"op":"replace","path":"/spec/template","value":)" +
                  m.pod_template + "}]"};
    }
    return {"PATCH",
            PathOf(m.workload),
            {},
            {},
            OpenPatch(m.uid, m.resource_version, m.action_id) +
                R"("$patch":"replace",)" + m.pod_template.substr(1) + "}}"};
  }
  Shape operator()(const SetMemory& m) const {
    const std::string request =
        m.request.empty()
            ? ""
            : R"(,"requests":{"memory":)" + Quote(m.request) + "}";
    return {"PATCH",
            PathOf(m.workload),
            {},
            {},
            OpenPatch(m.uid, m.resource_version, m.action_id) +
                R"("spec":{"containers":[{"name":)" + Quote(m.container) +
                R"(,"resources":{"limits":{"memory":)" + Quote(m.limit) + "}" +
                request + "}}]}}}}"};
  }
  Shape operator()(const SetVolumeRequest& m) const {
    return {
        "PATCH",
        InNamespace("/api/v1", m.claim, "persistentvolumeclaims"),
        {{"metadata|uid", Quote(m.uid)},
         {"metadata|resourceVersion", Quote(m.resource_version)},
         {"metadata|annotations|selfheal.dev/last-action", Quote(m.action_id)},
         {"spec|resources|requests|storage", Quote(m.storage)}},
        {}};
  }
  Shape operator()(const RequestRenewal& m) const {
    const bool there = m.condition >= 0;
    const std::string place = there ? std::to_string(m.condition) : "-";
    return {
        "PATCH",
        InNamespace("/apis/cert-manager.io/v1", m.certificate, "certificates") +
            "/status",
        {},
        {},
        OpenOperations(m.uid, m.resource_version) + R"({"op":")" +
            (there ? "replace" : "add") + R"(","path":"/status/conditions/)" +
            place + R"(","value":{"lastTransitionTime":)" + Quote(m.at) +
            R"(,"message":"renewal requested by selfheal, action )" +
            m.action_id + R"(","reason":"ManuallyTriggered","status":"True",)" +
            R"("type":"Issuing"}}])"};
  }
  Shape operator()(const RequestSync& m) const {
    return {
        "PATCH",
        InNamespace("/apis/argoproj.io/v1alpha1", m.application,
                    "applications"),
        {{"metadata|uid", Quote(m.uid)},
         {"metadata|resourceVersion", Quote(m.resource_version)},
         {"metadata|annotations|selfheal.dev/last-action", Quote(m.action_id)},
         {"operation|initiatedBy|username", Quote("selfheal")},
         {"operation|sync|revision", Quote(m.revision)}},
        {}};
  }
  Shape operator()(const SetAborted& m) const {
    return {"PATCH",
            PathOf(m.rollout) + "/status",
            {{"metadata|uid", Quote(m.uid)},
             {"metadata|resourceVersion", Quote(m.resource_version)},
             {"status|abort", m.aborted ? "true" : "false"}},
            {}};
  }
  Shape operator()(const SetHpaBounds& m) const {
    return {
        "PATCH",
        InNamespace("/apis/autoscaling/v2", m.hpa, "horizontalpodautoscalers"),
        {{"metadata|uid", Quote(m.uid)},
         {"metadata|resourceVersion", Quote(m.resource_version)},
         {"metadata|annotations|selfheal.dev/last-action", Quote(m.action_id)},
         {"spec|minReplicas", std::to_string(m.min_replicas)},
         {"spec|maxReplicas", std::to_string(m.max_replicas)}},
        {}};
  }
};

}  // namespace

std::string_view PluralOf(ObjectKind kind) {
  if (kind == ObjectKind::kDeployment) return "deployments";
  if (kind == ObjectKind::kStatefulSet) return "statefulsets";
  if (kind == ObjectKind::kDaemonSet) return "daemonsets";
  if (kind == ObjectKind::kRollout) return "rollouts";
  return "";
}

Shape ShapeOf(const Mutation& mutation) {
  return std::visit(ShapeVisitor{}, mutation);
}

}  // namespace selfheal
