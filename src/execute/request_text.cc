#include "execute/request_text.h"

#include <algorithm>
#include <string_view>

#include "execute/flat_json.h"
#include "execute/request_shape.h"

namespace selfheal {
namespace {

/// Letters, digits, '-' and '.' of a name that is one path segment.
bool IsSegment(std::string_view name) {
  if (name.empty() || name.size() > 253 || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

/// Digits and "Mi" or "Gi".
bool IsSize(std::string_view text) {
  const std::size_t unit = text.find_first_not_of("0123456789");
  return unit != 0 && unit != std::string_view::npos && text.front() != '0' &&
         (text.substr(unit) == "Mi" || text.substr(unit) == "Gi");
}

/// "2026-11-29T12:00:00Z".
bool IsSecond(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !digit : text[i] != kForm[i]) return false;
  }
  return true;
}

/// Digits with a unit of bytes, as "384Mi".
bool IsQuantity(std::string_view text) {
  const std::size_t unit = text.find_first_not_of("0123456789");
  if (unit == 0 || text.empty()) return false;
  if (unit == std::string_view::npos) return text.front() != '0';
  const std::string_view name = text.substr(unit);
  return text.front() != '0' && (name == "Ki" || name == "Mi" || name == "Gi");
}

/// The kinds that each mutation may be aimed at.
struct KindVisitor {
  bool operator()(const DeletePod& m) const { return Pod(m.pod); }
  bool operator()(const EvictPod& m) const { return Pod(m.pod); }
  bool operator()(const SetRestartedAt& m) const {
    return !PluralOf(m.workload.kind).empty();
  }
  bool operator()(const SetReplicas& m) const {
    return m.workload.kind == ObjectKind::kDeployment ||
           m.workload.kind == ObjectKind::kStatefulSet ||
           m.workload.kind == ObjectKind::kRollout;
  }
  bool operator()(const SetHpaBounds& m) const {
    return m.hpa.kind == ObjectKind::kHorizontalPodAutoscaler;
  }
  bool operator()(const SetUnschedulable& m) const {
    return m.node.kind == ObjectKind::kNode && !m.action_id.empty();
  }
  bool operator()(const SetTemplate& m) const {
    return !PluralOf(m.workload.kind).empty() && m.pod_template.size() > 2 &&
           m.pod_template.front() == '{';
  }
  bool operator()(const SetMemory& m) const {
    return !PluralOf(m.workload.kind).empty() &&
           m.workload.kind != ObjectKind::kRollout && IsSegment(m.container) &&
           IsQuantity(m.limit) && (m.request.empty() || IsQuantity(m.request));
  }
  bool operator()(const SetVolumeRequest& m) const {
    return m.claim.kind == ObjectKind::kPersistentVolumeClaim &&
           IsSize(m.storage);
  }
  bool operator()(const RequestRenewal& m) const {
    return m.certificate.kind == ObjectKind::kCertificate && IsSecond(m.at) &&
           !m.action_id.empty();
  }
  bool operator()(const RequestSync& m) const {
    return m.application.kind == ObjectKind::kApplication &&
           !m.revision.empty();
  }
  bool operator()(const SetAborted& m) const {
    return m.rollout.kind == ObjectKind::kRollout;
  }
  static bool Pod(const ObjectRef& ref) { return ref.kind == ObjectKind::kPod; }
};

bool Lists(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// Why the object's place may not be written to, or "". Nodes stand in no
/// namespace, and their opt-in covers the evictions of what runs there.
std::string PlaceProblem(const Mutation& mutation,
                         const RequestLimits& limits) {
  const std::string& ns = ObjectOf(mutation).ns;
  if (std::holds_alternative<SetUnschedulable>(mutation)) {
    return limits.nodes ? "" : "nodes are not opted in";
  }
  if (ns.starts_with("kube-")) return "namespace " + ns + " is the cluster's";
  if (ns == limits.own_namespace) return "namespace " + ns + " is our own";
  if (Lists(limits.excluded, ns)) return "namespace " + ns + " is excluded";
  const bool opted_in =
      Lists(limits.namespaces, ns) || Lists(limits.namespaces, "*") ||
      (limits.nodes && std::holds_alternative<EvictPod>(mutation));
  if (!opted_in) {
    return "namespace " + ns + " is not opted in";
  }
  return "";
}

/// Why the numbers are out of bounds, or "".
std::string NumberProblem(const Mutation& mutation, int max_replicas) {
  const auto outside = [&](int n) { return n < 1 || n > max_replicas; };
  bool bad = false;
  if (const auto* m = std::get_if<SetReplicas>(&mutation)) {
    bad = outside(m->replicas);
  }
  if (const auto* m = std::get_if<SetHpaBounds>(&mutation)) {
    bad = outside(m->min_replicas) || outside(m->max_replicas) ||
          m->min_replicas > m->max_replicas;
  }
  return bad ? "replicas outside of 1.." + std::to_string(max_replicas) : "";
}

/// Our name in the object's history is the only parameter that we send.
bool IsOwnQuery(std::string_view query) {
  if (query.empty()) return true;
  constexpr std::string_view kManager = "?fieldManager=";
  if (!query.starts_with(kManager)) return false;
  query.remove_prefix(kManager.size());
  return !query.empty() && std::all_of(query.begin(), query.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '-';
  });
}

std::string HeadProblem(const WireRequest& request, const Shape& shape) {
  if (request.method != shape.method) return "the method is not as expected";
  const std::size_t mark = request.path.find('?');
  const std::string_view path = request.path;
  if (path.substr(0, mark) != shape.path) return "the path is not as expected";
  if (mark != std::string::npos && !IsOwnQuery(path.substr(mark))) {
    return "the query is not as expected";
  }
  const bool patch = request.method == "PATCH";
  const std::string_view type = request.content_type;
  if (shape.body.starts_with('[')) {
    return type == "application/json-patch+json"
               ? ""
               : "the content type is not as expected";
  }
  // A list in a merge patch would replace the whole list.
  if (!shape.body.empty() && type != "application/strategic-merge-patch+json") {
    return "the content type is not as expected";
  }
  const bool fits = patch ? type == "application/merge-patch+json" ||
                                type == "application/strategic-merge-patch+json"
                          : type == "application/json";
  return fits ? "" : "the content type is not as expected";
}

std::string BodyProblem(const std::string& body, const Shape& shape) {
  if (!shape.body.empty()) {
    return body == shape.body ? "" : "the body is not as expected";
  }
  const Result<FlatJson> leaves = Flatten(body);
  if (!leaves.ok()) return leaves.error().message;
  for (const auto& [key, literal] : shape.required) {
    const auto found = leaves->find(key);
    if (found == leaves->end() || found->second != literal) {
      return "the body lacks " + key + " = " + literal;
    }
  }
  for (const auto& [key, literal] : *leaves) {
    if (shape.required.contains(key)) continue;
    const auto found = shape.optional.find(key);
    if (found == shape.optional.end() || found->second != literal) {
      return "the body sets " + key;
    }
  }
  return "";
}

}  // namespace

Result<void> CheckRequestText(const WireRequest& request,
                              const Mutation& mutation,
                              const RequestLimits& limits) {
  const auto refuse = [](std::string why) {
    return Error{Code::kPermissionDenied, std::move(why)};
  };
  const ObjectRef& object = ObjectOf(mutation);
  if (!std::visit(KindVisitor{}, mutation)) {
    return refuse("the object is of the wrong kind");
  }
  const bool cluster_wide = std::holds_alternative<SetUnschedulable>(mutation);
  if (cluster_wide ? !object.ns.empty() : !IsSegment(object.ns)) {
    return refuse("a namespace can't be a path segment");
  }
  if (!IsSegment(object.name)) {
    return refuse("a name can't be a path segment");
  }
  if (UidOf(mutation).empty() || ResourceVersionOf(mutation).empty()) {
    return refuse("uid or resourceVersion is missing");
  }
  std::string problem = PlaceProblem(mutation, limits);
  if (problem.empty()) problem = NumberProblem(mutation, limits.max_replicas);
  const Shape shape = ShapeOf(mutation);
  if (problem.empty()) problem = HeadProblem(request, shape);
  if (problem.empty()) problem = BodyProblem(request.body, shape);
  if (!problem.empty()) return refuse(std::move(problem));
  return {};
}

}  // namespace selfheal
