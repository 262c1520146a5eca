#include <vector>

#include "guard/guards.h"

namespace selfheal::guard {
namespace {

constexpr std::string_view kSwitch = "selfheal.dev/enabled";

/// True where the label is there and does not say yes.
bool OptsOut(const Labels& labels) {
  const auto found = labels.find(kSwitch);
  return found != labels.end() && found->second != "true";
}

Finding OptedOut(const ClusterObject& object) {
  return Deny(ToString(object.ref) + " opts out by label " +
              std::string(kSwitch));
}

/// Whether `required` ("key=value") stands on `object`.
bool Carries(const ClusterObject& object, std::string_view key,
             std::string_view value) {
  const auto found = object.labels.find(key);
  return found != object.labels.end() && found->second == value;
}

Finding CheckRequired(const GuardInput& input) {
  if (input.purpose().target.kind == ObjectKind::kNode &&
      !input.for_workload()) {
    return Allow("nodes are opted in by guards.nodes, nothing opts out");
  }
  const std::string& required = input.policy.guards.require_label;
  if (required.empty()) return Allow("nothing opts out");
  const std::size_t equals = required.find('=');
  if (equals == std::string::npos || equals == 0) {
    return Deny("guards.require_label is not key=value: " + required);
  }
  const std::string_view key = std::string_view(required).substr(0, equals);
  const std::string_view value = std::string_view(required).substr(equals + 1);
  for (const auto* fact : {&input.facts.target, &input.facts.workload}) {
    if (fact->ok() && Carries(**fact, key, value)) {
      return Allow("the target carries " + required);
    }
  }
  return Deny(ToString(input.facts.target->ref) + " lacks label " + required);
}

}  // namespace

bool OptsOut(const ClusterObject& object) {
  const WorkloadState* state = object.As<WorkloadState>();
  return OptsOut(object.labels) ||
         (state != nullptr && OptsOut(state->template_labels));
}

Finding GuardOptOut(const GuardInput& input) {
  const Facts& facts = input.facts;
  std::vector<const Result<ClusterObject>*> read = {&facts.target,
                                                    &facts.object};
  if (!ChangesNode(input.request.mutation)) read.push_back(&facts.ns);
  if (!StandsAlone(input.request.mutation)) read.push_back(&facts.workload);
  for (const auto* fact : read) {
    if (!fact->ok()) return Unread(fact->error());
    if (OptsOut(**fact)) return OptedOut(**fact);
  }
  if (facts.pods.ok()) {
    for (const ClusterObject& pod : *facts.pods) {
      if (OptsOut(pod)) return OptedOut(pod);
    }
  }
  return CheckRequired(input);
}

}  // namespace selfheal::guard
