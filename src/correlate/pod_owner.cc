#include "correlate/pod_owner.h"

#include <string>
#include <string_view>
#include <utility>

#include "correlate/pod_suffix.h"

namespace selfheal {
namespace {

/// Pod -> ReplicaSet -> Deployment or Rollout, and one more for safety.
constexpr int kMaxHops = 3;

}  // namespace

Result<ClusterObject> OwnerOf(ClusterView& view, const ClusterObject& pod) {
  ClusterObject object = pod;
  for (int hop = 0; hop < kMaxHops; ++hop) {
    const OwnerRef* owner = object.Controller();
    if (owner == nullptr) break;
    const auto kind = ParseKind(owner->kind);
    if (!kind || (!IsWorkload(*kind) && *kind != ObjectKind::kReplicaSet)) {
      return Error{Code::kFailedPrecondition,
                   ToString(object.ref) + " is owned by " + owner->kind + "/" +
                       owner->name + ", a kind without any action"};
    }
    const ObjectRef ref{
        .kind = *kind, .ns = object.ref.ns, .name = owner->name};
    auto live = view.Get(ref);
    if (!live.ok()) return live.error().With("resolve " + ToString(ref));
    if (live->uid != owner->uid) {
      return Error{Code::kNotFound,
                   ToString(ref) + " is another object than the owner of " +
                       ToString(object.ref)};
    }
    if (IsWorkload(*kind)) return live;
    object = *std::move(live);
  }
  return Error{Code::kFailedPrecondition,
               ToString(pod.ref) +
                   " has no workload as its owner: deleting it would lose it"};
}

Result<ClusterObject> OwnerOfGone(ClusterView& view, const ObjectRef& pod) {
  const auto dash = pod.name.rfind('-');
  if (dash == std::string::npos) {
    return Error{Code::kNotFound, ToString(pod) + " is gone"};
  }
  const std::string maker = pod.name.substr(0, dash);
  const std::string_view suffix = std::string_view(pod.name).substr(dash + 1);
  for (const ObjectKind kind : {ObjectKind::kReplicaSet, ObjectKind::kDaemonSet,
                                ObjectKind::kStatefulSet}) {
    if (!IsPodSuffix(kind, suffix)) continue;
    auto live = view.Get({.kind = kind, .ns = pod.ns, .name = maker});
    if (!live.ok() && live.error().code != Code::kNotFound) {
      return live.error().With("resolve the owner of " + ToString(pod));
    }
    if (!live.ok()) continue;
    return IsWorkload(kind) ? live : OwnerOf(view, *live);
  }
  return Error{Code::kNotFound,
               ToString(pod) + " is gone, and so is what made it"};
}

}  // namespace selfheal
