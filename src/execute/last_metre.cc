#include "execute/last_metre.h"

#include <exception>
#include <string>

#include "core/byte_size.h"
#include "execute/template_check.h"

namespace selfheal {
namespace {

constexpr seconds kMostAge{2};
/// The wall clock was set where it is further off than this.
constexpr seconds kMostSetBy{30};

Error Refuse(std::string why) {
  return {Code::kPermissionDenied, std::move(why)};
}

Error Stale(std::string why) { return {Code::kAborted, std::move(why)}; }

/// Why the live object may not be touched, or "".
std::string LabelProblem(const Labels& labels) {
  const auto enabled = labels.find("selfheal.dev/enabled");
  if (enabled != labels.end() && enabled->second != "true") {
    return "the object opts out";
  }
  const auto app = labels.find("app");
  const auto name = labels.find("app.kubernetes.io/name");
  const bool own = (app != labels.end() && app->second == "selfhealstack") ||
                   (name != labels.end() && name->second == "selfhealstack");
  return own ? "the object is part of ourselves" : "";
}

/// Why the new memory limit is out of the live one's reach, or "".
std::string MemoryProblem(const SetMemory& mutation, const ClusterObject& live,
                          bool undo) {
  const auto* state = live.As<WorkloadState>();
  if (state == nullptr) return "the object has no containers";
  for (const ContainerMemory& one : state->memory) {
    if (one.name != mutation.container) continue;
    const auto from = ParseByteSize(one.limit);
    const auto to = ParseByteSize(mutation.limit);
    if (!from || !to || *from < 1 || *to < 1) return "a limit of none";
    if (!undo && (*to <= *from || 2 * *to > 3 * *from)) {
      return "a limit out of reach";
    }
    return undo && *to >= *from ? "an undo that adds" : "";
  }
  return "there is no such container";
}

/// Why Argo CD may not be asked for that revision, or "".
std::string SyncProblem(const RequestSync& mutation,
                        const ClusterObject& live) {
  const auto* state = live.As<ApplicationState>();
  if (state == nullptr) return "the object is no Application";
  if (state->busy) return "a sync is under way";
  if (state->sync_revision == mutation.revision) return "";
  for (const auto& entry : state->history) {
    if (entry.revision == mutation.revision) return "";
  }
  return "the revision is not one of the Application's";
}

/// Why the update of a Rollout may not be given up, or go on; or "".
std::string AbortProblem(const SetAborted& mutation,
                         const ClusterObject& live) {
  const auto* state = live.As<WorkloadState>();
  if (state == nullptr || !state->rollout) return "the object is no Rollout";
  const RolloutState& rollout = *state->rollout;
  if (rollout.stable_hash.empty()) return "no revision was ever promoted";
  if (rollout.stable_hash == rollout.current_hash) {
    return "no update is under way";
  }
  if (rollout.aborted == mutation.aborted) return "it stands like that";
  const bool goes_on = !mutation.aborted;
  return goes_on && !rollout.IsOurs(true) ? "the abort is not ours" : "";
}

/// Why the new number of replicas is out of the live one's reach, or "".
std::string ReachProblem(const Intent& intent, const ClusterObject& live) {
  int from = 0;
  int to = 0;
  if (const auto* m = std::get_if<SetReplicas>(&intent.mutation())) {
    const WorkloadState* state = live.As<WorkloadState>();
    if (state == nullptr) return "the object has no replicas";
    from = state->replicas;
    to = m->replicas;
  } else if (const auto* h = std::get_if<SetHpaBounds>(&intent.mutation())) {
    const HpaState* state = live.As<HpaState>();
    if (state == nullptr) return "the object has no bounds";
    from = state->max_replicas;
    to = h->max_replicas;
  } else if (const auto* s = std::get_if<SetMemory>(&intent.mutation())) {
    return MemoryProblem(*s, live, IsUndo(intent.purpose().kind));
  } else if (const auto* a = std::get_if<RequestSync>(&intent.mutation())) {
    return SyncProblem(*a, live);
  } else if (const auto* b = std::get_if<SetAborted>(&intent.mutation())) {
    return AbortProblem(*b, live);
  } else {
    return "";
  }
  if (from < 1 || to < 1) return "replicas of none";
  const ActionKind kind = intent.purpose().kind;
  const bool takes =
      kind == ActionKind::kScaleIn || kind == ActionKind::kUndoScaleOut;
  if (takes && to > from) return "it adds where it is to take away";
  if (!takes && to < from) return "it takes away where it is to add";
  if (!IsUndo(kind) && (to > 2 * from || from > 2 * to)) {
    return "a step out of reach";
  }
  return "";
}

/// Why a node may not be set aside, or let in again, as asked; or "".
std::string NodeProblem(const Intent& intent, const ClusterObject& live) {
  const auto* m = std::get_if<SetUnschedulable>(&intent.mutation());
  if (m == nullptr) return "";
  const NodeState* state = live.As<NodeState>();
  if (state == nullptr) return "the object is no node";
  if (state->control_plane) return "the node carries the control plane";
  const auto mark = live.annotations.find("selfheal.dev/cordoned");
  const bool ours = mark != live.annotations.end() && !mark->second.empty();
  if (!ours && (state->unschedulable || !m->unschedulable)) {
    return "the node's cordon is not ours";
  }
  const bool undo = IsUndo(intent.purpose().kind);
  if (undo && mark->second != m->action_id) return "another action's cordon";
  return "";
}

/// Why a pod may not leave its node in a drain of it, or "".
std::string DrainProblem(const Intent& intent, const ClusterObject& live) {
  const ObjectRef& target = intent.purpose().target;
  if (target.kind != ObjectKind::kNode) return "";
  const PodState* state = live.As<PodState>();
  if (state == nullptr) return "";
  if (state->node != target.name) return "the pod is on another node";
  for (const OwnerRef& owner : live.owners) {
    if (!owner.controller) continue;
    return owner.kind == "DaemonSet" ? "the pod belongs to its node" : "";
  }
  return "nothing would make the pod anew";
}

}  // namespace

Result<void> LastMetre::CheckTimes(const Intent& intent) const {
  const Time now = clock_.Now();
  if (now >= intent.deadline()) return Stale("the deadline has passed");
  if (now > intent.guarded_at() + kMostAge) {
    return Stale("the guards were asked more than 2 s ago");
  }
  if (now < intent.guarded_at()) return Stale("the clock was set back");
  const Time wall = wall_.Now();
  const bool set = wall > now + kMostSetBy || wall < now - kMostSetBy;
  // An undo takes back our own action, whatever the time.
  if (set && !IsUndo(intent.purpose().kind)) {
    return Stale("the wall clock was set");
  }
  return {};
}

Result<void> LastMetre::CheckSwitches() {
  const SwitchReading reading = switches_.Read();
  if (reading.on()) return Refuse("the kill switch is on: " + reading.reason);
  return {};
}

Result<void> LastMetre::CheckBytes(const Intent& intent) {
  const Result<WireRequest> encoded = client_.Encode(intent.mutation());
  if (!encoded.ok()) return encoded.error().With("encode");
  if (*encoded != intent.request()) {
    return Refuse("the stored bytes are not those of the mutation");
  }
  RequestLimits limits = limits_;
  limits.nodes =
      limits.nodes && intent.purpose().target.kind == ObjectKind::kNode;
  return CheckRequestText(intent.request(), intent.mutation(), limits);
}

/// The node that this process runs on is not set aside by it.
Result<void> LastMetre::CheckOwnNode(const std::string& node) {
  if (limits_.own_pod.empty()) return {};
  const Result<ClusterObject> own =
      cluster_.Get({ObjectKind::kPod, limits_.own_namespace, limits_.own_pod});
  if (!own.ok()) return own.error().With("our own pod");
  const PodState* state = own->As<PodState>();
  if (state == nullptr || state->node.empty() || state->node == node) {
    return Refuse("we run on " + node);
  }
  return {};
}

Result<void> LastMetre::CheckLive(const Intent& intent) {
  const Mutation& mutation = intent.mutation();
  const Result<ClusterObject> live = cluster_.Get(ObjectOf(mutation));
  if (!live.ok()) {
    if (live.error().code == Code::kNotFound)
      return Stale("the object is gone");
    return live.error().With("the last read");
  }
  if (live->uid != UidOf(mutation)) return Refuse("the object was replaced");
  if (live->deleting) return Refuse("the object is being deleted");
  if (live->resource_version != ResourceVersionOf(mutation)) {
    return Stale("the object moved");
  }
  std::string problem = LabelProblem(live->labels);
  if (const PodState* pod = live->As<PodState>();
      pod != nullptr && pod->mirror) {
    problem = "the pod is a static one";
  }
  if (problem.empty()) problem = ReachProblem(intent, *live);
  if (problem.empty()) problem = NodeProblem(intent, *live);
  if (problem.empty()) problem = DrainProblem(intent, *live);
  if (!problem.empty()) return Refuse(std::move(problem));
  if (const auto* m = std::get_if<SetTemplate>(&mutation)) {
    return CheckTemplate(cluster_, *m, *live);
  }
  if (std::holds_alternative<SetUnschedulable>(mutation)) {
    return CheckOwnNode(live->ref.name);
  }
  return {};
}

Result<void> LastMetre::Check(const Intent& intent) {
  try {
    Result<void> result = CheckTimes(intent);
    if (result.ok()) result = CheckBytes(intent);
    if (result.ok()) result = CheckLive(intent);
    // Last, so that no read stands between the switches and the send.
    if (result.ok()) result = CheckSwitches();
    if (result.ok()) result = CheckTimes(intent);
    return result;
  } catch (const std::exception& error) {
    return Refuse(std::string("the last look failed: ") + error.what());
  } catch (...) {
    return Refuse("the last look failed");
  }
}

}  // namespace selfheal
