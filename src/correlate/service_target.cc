#include "correlate/service_target.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "correlate/pod_owner.h"

namespace selfheal {
namespace {

bool TakesRequests(const ClusterObject& pod) {
  const PodState* state = pod.As<PodState>();
  return state != nullptr && !pod.deleting && state->phase != "Succeeded" &&
         state->phase != "Failed";
}

}  // namespace

Result<ClusterObject> WorkloadOfService(ClusterView& view,
                                        const ObjectRef& service) {
  const std::string doing = "resolve " + ToString(service);
  auto live = view.Get(service);
  if (!live.ok()) return live.error().With(doing);
  const ServiceState* state = live->As<ServiceState>();
  if (state == nullptr || state->selector.empty()) {
    return Error{Code::kFailedPrecondition,
                 ToString(service) + " selects no pods by labels"};
  }
  auto pods = view.List({.kind = ObjectKind::kPod,
                         .ns = service.ns,
                         .selector = state->selector});
  if (!pods.ok()) return pods.error().With(doing);
  std::set<std::string> makers;  // By uid: their pods have one owner.
  std::optional<ClusterObject> found;
  for (const ClusterObject& pod : *pods) {
    if (!TakesRequests(pod)) continue;
    const OwnerRef* maker = pod.Controller();
    if (maker != nullptr && !makers.insert(maker->uid).second) continue;
    auto owner = OwnerOf(view, pod);
    if (!owner.ok()) return owner.error().With(doing);
    if (found && found->ref != owner->ref) {
      return Error{Code::kInvalidArgument,
                   "behind " + ToString(service) + " stand " +
                       ToString(found->ref) + " and " + ToString(owner->ref) +
                       ": the alert does not say which is meant"};
    }
    found = *std::move(owner);
  }
  if (!found) {
    return Error{Code::kNotFound, "nothing stands behind " + ToString(service)};
  }
  return *std::move(found);
}

}  // namespace selfheal
