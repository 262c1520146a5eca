#include "execute/actions/actions.h"
#include "execute/node_pods.h"

namespace selfheal::actions {
namespace {

Result<PlannedChange> ChangeOf(const ObjectRef& target,
                               const StepContext& context) {
  auto node = context.view.Get(target);
  if (!node.ok()) return node.error();
  const auto* state = node->As<NodeState>();
  if (state == nullptr) {
    return Error{Code::kFailedPrecondition, ToString(target) + " is no node"};
  }
  if (state->unschedulable && !IsOurCordon(*node)) {
    return Error{Code::kFailedPrecondition,
                 ToString(target) +
                     " is cordoned, and not by us: someone has it in hand"};
  }
  PlannedChange change;
  change.object = target;
  change.uid = node->uid;
  change.generation = node->generation;
  change.blast_radius = "no new pods on the node, none is stopped";
  return change;
}

Mutation SetTo(bool unschedulable, const Incident& incident,
               const ClusterObject& node) {
  return SetUnschedulable{.node = incident.plan->change.object,
                          .uid = incident.plan->change.uid,
                          .resource_version = node.resource_version,
                          .unschedulable = unschedulable,
                          .action_id = incident.progress.action_id};
}

}  // namespace

Result<PlannedChange> FreezeCordon(const Cordon&, const ObjectRef& target,
                                   const StepContext& context) {
  auto change = ChangeOf(target, context);
  if (change.ok()) change->summary = "cordon " + ToString(target);
  return change;
}

Result<Move> SetAside(ActionKind kind, const Incident& incident,
                      const StepContext& context) {
  auto node = context.view.Get(incident.plan->change.object);
  if (!node.ok()) return node.error();
  const auto* state = node->As<NodeState>();
  if (state != nullptr && state->unschedulable && !IsOurCordon(*node)) {
    return Move::Failed("someone else has cordoned it since it was planned");
  }
  return Move::Mutate(kind, "cordon", SetTo(true, incident, *node));
}

Result<Move> NextCordon(const Incident& incident, const StepContext& context) {
  if (IsApplied(incident, "cordon")) {
    return Move::Done("no new pod comes to the node");
  }
  return SetAside(ActionKind::kCordon, incident, context);
}

Result<Move> LetInAgain(ActionKind kind, const Incident& incident,
                        const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (IsApplied(incident, "uncordon")) {
    return Move::Done("the node takes pods again");
  }
  auto node = context.view.Get(change.object);
  if (!node.ok()) return node.error();
  if (node->uid != change.uid) return Move::Failed("it is another node now");
  const auto* state = node->As<NodeState>();
  if (state != nullptr && !state->unschedulable) {
    return Move::Done("someone has lifted the cordon already");
  }
  if (!IsCordonOf(*node, incident.progress.action_id)) {
    return Move::Failed("the cordon is not this action's: it stays");
  }
  if (!IsNodeReady(*node)) {
    return Move::Done("the node stays cordoned, since it is not ready");
  }
  return Move::Mutate(kind, "uncordon", SetTo(false, incident, *node));
}

Result<PlannedChange> FreezeUncordon(const Uncordon&, const ObjectRef& target,
                                     const StepContext& context) {
  auto change = ChangeOf(target, context);
  if (!change.ok()) return change;
  auto node = context.view.Get(target);
  if (!node.ok()) return node.error();
  if (!IsOurCordon(*node)) {
    return Error{Code::kFailedPrecondition,
                 ToString(target) + " is not cordoned by us"};
  }
  if (!IsNodeReady(*node)) {
    return Error{Code::kFailedPrecondition, ToString(target) + " is not ready"};
  }
  change->summary = "uncordon " + ToString(target);
  change->blast_radius = "new pods come to the node again, none is stopped";
  return change;
}

Result<Move> NextUncordon(const Incident& incident,
                          const StepContext& context) {
  if (IsApplied(incident, "uncordon")) {
    return Move::Done("the node takes pods again");
  }
  auto node = context.view.Get(incident.plan->change.object);
  if (!node.ok()) return node.error();
  if (!IsOurCordon(*node)) {
    return Move::Failed("its cordon is not ours any more");
  }
  return Move::Mutate(ActionKind::kUncordon, "uncordon",
                      SetTo(false, incident, *node));
}

}  // namespace selfheal::actions
