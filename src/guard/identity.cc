#include <algorithm>

#include "guard/guards.h"

namespace selfheal::guard {
namespace {

/// Why the incident's target is not the one that was planned for, or "".
std::string TargetProblem(const GuardRequest& request,
                          const ClusterObject& target) {
  if (target.ref != request.plan->target) return "the plan has another target";
  if (target.uid.empty() || target.uid != request.plan->target_uid ||
      target.uid != request.purpose.target_uid) {
    return ToString(target.ref) + " was replaced: another uid";
  }
  if (target.deleting) return ToString(target.ref) + " is being deleted";
  return "";
}

/// Why the object to write to is not the one that was planned for, or "".
std::string ObjectProblem(const GuardInput& input,
                          const ClusterObject& object) {
  const Mutation& mutation = input.request.mutation;
  const std::string name = ToString(object.ref);
  if (object.ref != ObjectOf(mutation)) return "another object was read";
  if (object.uid.empty() || object.uid != UidOf(mutation)) {
    return name + " was replaced: another uid";
  }
  if (object.deleting) return name + " is being deleted";
  const bool own_generation = object.ref == input.request.plan->change.object;
  // Pods have none; Argo CD counts an Application's status into it.
  const bool counts = object.ref.kind != ObjectKind::kPod &&
                      object.ref.kind != ObjectKind::kApplication;
  if (own_generation && counts && !input.undo() &&
      object.generation != input.request.plan->change.generation) {
    return "the spec of " + name + " changed since it was planned";
  }
  return "";
}

/// Why the pod or workload is not of the target's own family, or "".
std::string FamilyProblem(const GuardInput& input) {
  const ClusterObject& target = *input.facts.target;
  const ClusterObject& object = *input.facts.object;
  if (target.ref == object.ref) return "";
  if (target.ref.kind == ObjectKind::kNode) {
    const PodState* pod = object.As<PodState>();
    if (pod != nullptr && pod->node == target.ref.name) return "";
    return ToString(object.ref) + " does not run on " + ToString(target.ref);
  }
  if (!input.facts.workload.ok()) {
    return ToString(object.ref) + " is not " + ToString(target.ref);
  }
  const ClusterObject& workload = *input.facts.workload;
  if (target.uid == workload.uid) return "";
  return ToString(object.ref) + " is no part of " + ToString(target.ref);
}

/// An undo only takes back what still stands as our action left it.
struct UndoVisitor {
  const PlannedChange& change;
  const ClusterObject& object;

  bool operator()(const DeletePod&) const { return false; }
  bool operator()(const EvictPod&) const { return false; }
  bool operator()(const SetRestartedAt&) const {
    const WorkloadState* state = object.As<WorkloadState>();
    return state != nullptr && !change.restarted_at.empty() &&
           RestartedAt(*state) == change.restarted_at;
  }
  bool operator()(const SetReplicas&) const {
    const WorkloadState* state = object.As<WorkloadState>();
    return state != nullptr && state->replicas == change.to;
  }
  bool operator()(const SetUnschedulable& m) const {
    const NodeState* state = object.As<NodeState>();
    return state != nullptr && state->unschedulable && !m.unschedulable &&
           LabelOr(object.annotations, "selfheal.dev/cordoned") == m.action_id;
  }
  bool operator()(const SetTemplate&) const {
    const WorkloadState* state = object.As<WorkloadState>();
    return state != nullptr && !change.to_value.empty() &&
           state->pod_template == change.to_value;
  }
  bool operator()(const SetMemory& m) const {
    const WorkloadState* state = object.As<WorkloadState>();
    if (state == nullptr) return false;
    const std::string stands =
        change.to_value.substr(0, change.to_value.find('+'));
    return std::any_of(state->memory.begin(), state->memory.end(),
                       [&](const ContainerMemory& one) {
                         return one.name == m.container && one.limit == stands;
                       });
  }
  bool operator()(const SetVolumeRequest&) const { return false; }
  bool operator()(const RequestRenewal&) const { return false; }
  bool operator()(const RequestSync&) const {
    const ApplicationState* state = object.As<ApplicationState>();
    return state != nullptr && !change.to_value.empty() &&
           state->operation_revision == change.to_value;
  }
  bool operator()(const SetAborted&) const {
    const WorkloadState* state = object.As<WorkloadState>();
    return state != nullptr && state->rollout && state->rollout->IsOurs(true) &&
           state->rollout->current_hash == change.from_value;
  }
  bool operator()(const SetHpaBounds&) const {
    const HpaState* state = object.As<HpaState>();
    return state != nullptr && state->min_replicas == change.to &&
           state->max_replicas == change.to_max;
  }
};

}  // namespace

Finding GuardIdentity(const GuardInput& input) {
  const Facts& facts = input.facts;
  const GuardRequest& request = input.request;
  if (request.plan == nullptr) return Deny("there is no plan");
  for (const auto* fact : {&facts.target, &facts.object}) {
    if (!fact->ok()) return Unread(fact->error());
  }
  const bool of_workload = !StandsAlone(request.mutation);
  if (of_workload && !facts.workload.ok()) {
    return Unread(facts.workload.error());
  }
  std::string problem = TargetProblem(request, *facts.target);
  if (problem.empty()) problem = ObjectProblem(input, *facts.object);
  if (problem.empty()) problem = FamilyProblem(input);
  if (problem.empty() && of_workload && facts.workload->deleting) {
    problem = ToString(facts.workload->ref) + " is being deleted";
  }
  if (!problem.empty()) return Deny(std::move(problem));
  if (input.undo() &&
      !std::visit(UndoVisitor{request.plan->change, *facts.object},
                  request.mutation)) {
    return Deny(ToString(facts.object->ref) +
                " is no longer as our action left it: not taken back");
  }
  const std::string& version = ResourceVersionOf(request.mutation);
  if (version.empty()) return Deny("the mutation names no resourceVersion");
  if (version != facts.object->resource_version) {
    return Wait(ToString(facts.object->ref) + " moved a moment ago", input.now);
  }
  return Allow(ToString(facts.object->ref) + " is the one that was planned");
}

}  // namespace selfheal::guard
