#include "tests/fakes/fake_cluster_client.h"

namespace selfheal::testing {
namespace {

std::string Preconditions(const std::string& uid, const std::string& version) {
  return R"("preconditions":{"resourceVersion":")" + version + R"(","uid":")" +
         uid + R"("})";
}

std::string Pod(const ObjectRef& pod) {
  return "/api/v1/namespaces/" + pod.ns + "/pods/" + pod.name;
}

std::string Workload(const ObjectRef& ref) {
  std::string plural(KindName(ref.kind));
  for (char& c : plural) c = static_cast<char>(c | 0x20);
  const bool rollout = ref.kind == ObjectKind::kRollout;
  return (rollout ? "/apis/argoproj.io/v1alpha1/namespaces/"
                  : "/apis/apps/v1/namespaces/") +
         ref.ns + "/" + plural + "s/" + ref.name;
}

std::string Metadata(const std::string& action, const std::string& uid,
                     const std::string& version) {
  return R"("metadata":{"annotations":{"selfheal.dev/last-action":")" + action +
         R"("},"resourceVersion":")" + version + R"(","uid":")" + uid + R"("})";
}

struct Encoder {
  WireRequest operator()(const DeletePod& m) const {
    return {"DELETE", Pod(m.pod), "application/json",
            R"({"apiVersion":"v1","kind":"DeleteOptions",)" +
                Preconditions(m.uid, m.resource_version) + "}"};
  }
  WireRequest operator()(const EvictPod& m) const {
    return {"POST", Pod(m.pod) + "/eviction", "application/json",
            R"({"apiVersion":"policy/v1","deleteOptions":{)" +
                Preconditions(m.uid, m.resource_version) +
                R"(},"kind":"Eviction","metadata":{"name":")" + m.pod.name +
                R"(","namespace":")" + m.pod.ns + R"("}})"};
  }
  WireRequest operator()(const SetRestartedAt& m) const {
    const std::string value =
        m.restarted_at.empty() ? "null" : "\"" + m.restarted_at + "\"";
    return {"PATCH", Workload(m.workload) + "?fieldManager=selfheal",
            "application/merge-patch+json",
            "{" + Metadata(m.action_id, m.uid, m.resource_version) +
                (m.workload.kind == ObjectKind::kRollout
                     ? R"(,"spec":{"restartAt":)" + value + "}}"
                     : R"(,"spec":{"template":{"metadata":{"annotations":{)"
                       R"("kubectl.kubernetes.io/restartedAt":)" +
                           value + "}}}}}")};
  }
  WireRequest operator()(const SetReplicas& m) const {
    return {"PUT", Workload(m.workload) + "/scale?fieldManager=selfheal",
            "application/json",
            R"({"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{)"
            R"("name":")" +
                m.workload.name + R"(","namespace":")" + m.workload.ns +
                R"(","resourceVersion":")" + m.resource_version +
                R"(","uid":")" + m.uid + R"("},"spec":{"replicas":)" +
                std::to_string(m.replicas) + "}}"};
  }
  WireRequest operator()(const SetUnschedulable& m) const {
    const std::string mark =
        m.unschedulable ? "\"" + m.action_id + "\"" : "null";
    return {"PATCH", "/api/v1/nodes/" + m.node.name + "?fieldManager=selfheal",
            "application/merge-patch+json",
            R"({"metadata":{"annotations":{"selfheal.dev/cordoned":)" + mark +
                R"(,"selfheal.dev/last-action":")" + m.action_id +
                R"("},"resourceVersion":")" + m.resource_version +
                R"(","uid":")" + m.uid + R"("},"spec":{"unschedulable":)" +
                (m.unschedulable ? "true" : "null") + "}}"};
  }
  WireRequest operator()(const SetTemplate& m) const {
    if (m.pod_template.empty()) return {};
    if (m.workload.kind == ObjectKind::kRollout) {
      return {"PATCH", Workload(m.workload) + "?fieldManager=selfheal",
              "application/json-patch+json",
              R"([{"op":"replace","path":"/metadata/uid","value":")" + m.uid +
                  R"("},{"op":"replace","path":"/metadata/resourceVersion",)" +
                  R"("value":")" + m.resource_version +
                  R"("},{"op":"add","path":"/metadata/annotations/)" +
                  R"(selfheal.dev~1last-action","value":")" + m.action_id +
                  R"("},{"op":"replace","path":"/spec/template","value":)" +
                  m.pod_template + "}]"};
    }
    return {"PATCH", Workload(m.workload) + "?fieldManager=selfheal",
            "application/strategic-merge-patch+json",
            "{" + Metadata(m.action_id, m.uid, m.resource_version) +
                R"(,"spec":{"template":{"$patch":"replace",)" +
                m.pod_template.substr(1) + "}}"};
  }
  WireRequest operator()(const SetMemory& m) const {
    const std::string request =
        m.request.empty() ? ""
                          : R"(,"requests":{"memory":")" + m.request + R"("})";
    return {"PATCH", Workload(m.workload) + "?fieldManager=selfheal",
            "application/strategic-merge-patch+json",
            "{" + Metadata(m.action_id, m.uid, m.resource_version) +
                R"(,"spec":{"template":{"spec":{"containers":[{"name":")" +
                m.container + R"(","resources":{"limits":{"memory":")" +
                m.limit + R"("})" + request + "}}]}}}}"};
  }
  WireRequest operator()(const SetVolumeRequest& m) const {
    return {"PATCH",
            "/api/v1/namespaces/" + m.claim.ns + "/persistentvolumeclaims/" +
                m.claim.name + "?fieldManager=selfheal",
            "application/merge-patch+json",
            "{" + Metadata(m.action_id, m.uid, m.resource_version) +
                R"(,"spec":{"resources":{"requests":{"storage":")" + m.storage +
                R"("}}}})"};
  }
  WireRequest operator()(const RequestRenewal& m) const {
    const bool there = m.condition >= 0;
    return {
        "PATCH",
        "/apis/cert-manager.io/v1/namespaces/" + m.certificate.ns +
            "/certificates/" + m.certificate.name +
            "/status?fieldManager=selfheal",
        "application/json-patch+json",
        R"([{"op":"replace","path":"/metadata/uid","value":")" + m.uid +
            R"("},{"op":"replace","path":"/metadata/resourceVersion",)" +
            R"("value":")" + m.resource_version + R"("},{"op":")" +
            (there ? "replace" : "add") + R"(","path":"/status/conditions/)" +
            (there ? std::to_string(m.condition) : "-") +
            R"(","value":{"lastTransitionTime":")" + m.at +
            R"(","message":"renewal requested by selfheal, action )" +
            m.action_id + R"(","reason":"ManuallyTriggered","status":"True",)" +
            R"("type":"Issuing"}}])"};
  }
  WireRequest operator()(const RequestSync& m) const {
    return {"PATCH",
            "/apis/argoproj.io/v1alpha1/namespaces/" + m.application.ns +
                "/applications/" + m.application.name +
                "?fieldManager=selfheal",
            "application/merge-patch+json",
            "{" + Metadata(m.action_id, m.uid, m.resource_version) +
                R"(,"operation":{"initiatedBy":{"username":"selfheal"},)"
                R"("sync":{"revision":")" +
                m.revision + R"("}}})"};
  }
  WireRequest operator()(const SetAborted& m) const {
    return {"PATCH", Workload(m.rollout) + "/status?fieldManager=selfheal",
            "application/merge-patch+json",
            R"({"metadata":{"resourceVersion":")" + m.resource_version +
                R"(","uid":")" + m.uid + R"("},"status":{"abort":)" +
                (m.aborted ? "true" : "false") + "}}"};
  }
  WireRequest operator()(const SetHpaBounds& m) const {
    return {"PATCH",
            "/apis/autoscaling/v2/namespaces/" + m.hpa.ns +
                "/horizontalpodautoscalers/" + m.hpa.name +
                "?fieldManager=selfheal",
            "application/merge-patch+json",
            "{" + Metadata(m.action_id, m.uid, m.resource_version) +
                R"(,"spec":{"maxReplicas":)" + std::to_string(m.max_replicas) +
                R"(,"minReplicas":)" + std::to_string(m.min_replicas) + "}}"};
  }
};

}  // namespace

WireRequest FakeClusterClient::EncodePlainly(const Mutation& mutation) {
  return std::visit(Encoder{}, mutation);
}

}  // namespace selfheal::testing
