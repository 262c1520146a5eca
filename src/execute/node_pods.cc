#include "execute/node_pods.h"

#include <algorithm>
#include <map>
#include <utility>

namespace selfheal {
namespace {

constexpr char kCordoned[] = "selfheal.dev/cordoned";

using Protects = std::function<std::string(const ClusterObject&)>;

/// The objects around the pods of one node, each read once.
class Surveyor {
 public:
  Surveyor(ClusterView& view, bool lose_scratch, const Protects& protects)
      : view_(view), lose_scratch_(lose_scratch), protects_(protects) {}

  /// Why `pod` must not be moved, or "" with the workload that replaces it.
  Result<std::string> Look(const ClusterObject& pod, ObjectRef* workload) {
    const std::string who = ToString(pod.ref);
    if (auto why = protects_(pod); !why.empty()) return why;
    auto space = Read({ObjectKind::kNamespace, "", pod.ref.ns});
    if (!space.ok()) return space.error();
    if (!space->empty()) return *space;
    const OwnerRef* owner = pod.Controller();
    if (owner == nullptr) {
      return who + " has no controller: evicted, it would be lost";
    }
    auto top = TopOf(pod.ref.ns, *owner);
    if (!top.ok()) return top.error();
    if (!*top) {
      return who + " is of a " + owner->kind + ", whose pods we do not move";
    }
    *workload = **top;
    const bool keeps =
        !lose_scratch_ || workload->kind == ObjectKind::kStatefulSet;
    if (pod.As<PodState>()->scratch && keeps) {
      return who + " keeps data in an emptyDir";
    }
    return Read(*workload);
  }

 private:
  /// Why the object is protected, or "".
  Result<std::string> Read(const ObjectRef& ref) {
    const auto known = reasons_.find(ref);
    if (known != reasons_.end()) return known->second;
    auto object = view_.Get(ref);
    if (!object.ok()) return object.error().With("read " + ToString(ref));
    return reasons_.emplace(ref, protects_(*object)).first->second;
  }

  /// The workload that makes the pods of `owner`; empty for a kind of which
  /// we do not know what becomes of its pods.
  Result<std::optional<ObjectRef>> TopOf(const std::string& ns,
                                         const OwnerRef& owner) {
    const auto kind = ParseKind(owner.kind);
    if (kind == ObjectKind::kStatefulSet) {
      return std::optional<ObjectRef>({*kind, ns, owner.name});
    }
    if (kind != ObjectKind::kReplicaSet) return std::optional<ObjectRef>();
    const ObjectRef set{*kind, ns, owner.name};
    const auto known = tops_.find(set);
    if (known != tops_.end()) return known->second;
    auto live = view_.Get(set);
    if (!live.ok()) return live.error().With("read " + ToString(set));
    const OwnerRef* above = live->Controller();
    std::optional<ObjectRef> top;
    if (above == nullptr) {
      top = set;
    } else if (const auto maker = ParseKind(above->kind);
               maker == ObjectKind::kDeployment ||
               maker == ObjectKind::kRollout) {
      top = ObjectRef{*maker, ns, above->name};
    }
    return tops_.emplace(set, top).first->second;
  }

  ClusterView& view_;
  const bool lose_scratch_;
  const Protects& protects_;
  std::map<ObjectRef, std::string> reasons_;
  std::map<ObjectRef, std::optional<ObjectRef>> tops_;
};

}  // namespace

bool IsOurCordon(const ClusterObject& node) {
  const auto* state = node.As<NodeState>();
  return state != nullptr && state->unschedulable &&
         !LabelOr(node.annotations, kCordoned).empty();
}

bool IsCordonOf(const ClusterObject& node, const std::string& action_id) {
  return IsOurCordon(node) && LabelOr(node.annotations, kCordoned) == action_id;
}

bool IsNodeReady(const ClusterObject& node) {
  const auto* state = node.As<NodeState>();
  if (state == nullptr) return false;
  const auto ready = state->conditions.find("Ready");
  return ready != state->conditions.end() && ready->second == "True";
}

bool StaysOnNode(const ClusterObject& pod) {
  const auto* state = pod.As<PodState>();
  const OwnerRef* owner = pod.Controller();
  const bool daemon =
      owner != nullptr && owner->kind == KindName(ObjectKind::kDaemonSet);
  const bool finished = state != nullptr && (state->phase == "Succeeded" ||
                                             state->phase == "Failed");
  return daemon || finished || pod.deleting ||
         (state != nullptr && state->mirror);
}

Result<NodeLoad> LookAtLoad(ClusterView& view, const std::string& node,
                            const std::vector<PodIdentity>& only,
                            bool lose_scratch, const Protects& protects) {
  const auto wanted = [&](const ClusterObject& pod) {
    return only.empty() ||
           std::any_of(only.begin(), only.end(), [&](const PodIdentity& one) {
             return one.uid == pod.uid;
           });
  };
  auto pods = view.List(
      {.kind = ObjectKind::kPod, .ns = "", .selector = {}, .node = node});
  if (!pods.ok()) return pods.error().With("pods of Node/" + node);
  std::sort(pods->begin(), pods->end(),
            [](const auto& a, const auto& b) { return a.ref < b.ref; });
  NodeLoad load;
  Surveyor surveyor(view, lose_scratch, protects);
  for (const ClusterObject& pod : *pods) {
    if (pod.As<PodState>() == nullptr) {
      return Error{Code::kInternal, ToString(pod.ref) + " is no pod"};
    }
    if (StaysOnNode(pod) || !wanted(pod)) continue;
    MovedPod move{.pod = pod.ref, .uid = pod.uid, .workload = {}};
    auto why = surveyor.Look(pod, &move.workload);
    if (!why.ok()) return why.error();
    if (!why->empty()) {
      load.held = *why;
      load.moves.clear();
      return load;
    }
    load.moves.push_back(std::move(move));
  }
  return load;
}

}  // namespace selfheal
