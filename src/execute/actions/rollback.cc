#include <algorithm>

#include "execute/actions/abort.h"
#include "execute/actions/actions.h"
#include "execute/actions/sync.h"
#include "execute/json_leaves.h"
#include "execute/revisions.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

/// How long the earlier revision may take to be rolled out.
constexpr seconds kTimeout{900};
/// More differing fields are only counted.
constexpr std::size_t kShownFields = 5;

Error Impossible(std::string why) {
  return {Code::kFailedPrecondition, std::move(why)};
}

/// What is gone back to, and from where.
struct WayBack {
  Revision from;
  Revision to;
  std::string health;  ///< Why `to` is known to be healthy.
};

/// The newest healthy one of the `most` revisions before the current one.
Result<WayBack> FindWayBack(const ClusterObject& workload,
                            const std::vector<Revision>& history,
                            const std::vector<ClusterObject>& pods, int most,
                            const EvidenceWindow* evidence) {
  const std::string name = ToString(workload.ref);
  const auto current =
      std::find_if(history.begin(), history.end(),
                   [](const Revision& one) { return one.stands; });
  if (current == history.end()) {
    return Impossible("the template of " + name + " is not in its history");
  }
  int back = 0;
  std::string looked;
  for (auto one = current + 1; one != history.end() && back < most; ++one) {
    ++back;
    looked += (looked.empty() ? "" : ", ") + std::to_string(one->number);
    if (WasLeft(*one, history)) continue;
    auto health = HealthOf(*one, *current, history, pods, evidence);
    if (health) return WayBack{*current, *one, *std::move(health)};
  }
  return Impossible(
      "no earlier revision of " + name + " is known to have been healthy (" +
      (looked.empty() ? "there is none" : "looked at " + looked) + ")");
}

/// "spec.containers[app].image, spec.containers[app].args and 3 more".
Result<std::string> Difference(const WayBack& way) {
  auto paths = DifferingPaths(way.from.pod_template, way.to.pod_template);
  if (!paths.ok()) return paths.error();
  std::string text;
  const std::size_t shown = std::min(paths->size(), kShownFields);
  for (std::size_t i = 0; i < shown; ++i) {
    text += (text.empty() ? "" : ", ") + (*paths)[i];
  }
  if (paths->size() > shown) {
    text += " and " + std::to_string(paths->size() - shown) + " more";
  }
  return text;
}

/// A StatefulSet waits for its broken pod for ever, also after the template
/// was put right: what does not serve of the left revision has to go.
std::vector<PodIdentity> Stuck(const ClusterObject& workload,
                               const std::vector<ClusterObject>& pods,
                               const Revision& left) {
  std::vector<ClusterObject> stuck;
  if (workload.ref.kind != ObjectKind::kStatefulSet) return {};
  std::copy_if(pods.begin(), pods.end(), std::back_inserter(stuck),
               [&](const ClusterObject& pod) {
                 return IsOf(pod, left) && !pod.As<PodState>()->ready;
               });
  return Identities(stuck);
}

Mutation PutBack(const Incident& incident, const ClusterObject& live,
                 const std::string& pod_template) {
  return SetTemplate{.workload = incident.target,
                     .uid = incident.plan->change.uid,
                     .resource_version = live.resource_version,
                     .pod_template = pod_template,
                     .action_id = incident.progress.action_id};
}

const std::string& TemplateOf(const ClusterObject& live) {
  static const std::string kNone;
  const auto* state = live.As<WorkloadState>();
  return state == nullptr ? kNone : state->pod_template;
}

/// A Rollout's template is not written as its ReplicaSet's is; any change of
/// its spec tells.
bool HasMoved(const ClusterObject& live, const PlannedChange& change) {
  return live.ref.kind == ObjectKind::kRollout
             ? live.generation != change.generation
             : TemplateOf(live) != change.from_value;
}

/// Deletes the next stuck pod that still is the very one and does not serve.
Result<std::optional<Move>> FreeStuck(const Incident& incident,
                                      const StepContext& context) {
  const auto& stuck = incident.plan->change.canaries;
  for (std::size_t i = 0; i < stuck.size(); ++i) {
    const std::string phase = "stuck-" + std::to_string(i + 1);
    if (IsApplied(incident, phase)) continue;
    const ObjectRef ref{ObjectKind::kPod, incident.target.ns, stuck[i].name};
    auto pod = context.view.Get(ref);
    if (!pod.ok() && pod.error().code != Code::kNotFound) return pod.error();
    const auto* state = pod.ok() ? pod->As<PodState>() : nullptr;
    if (state == nullptr || pod->uid != stuck[i].uid || pod->deleting ||
        state->ready) {
      continue;
    }
    return std::optional(
        Move::Mutate(ActionKind::kRollback, phase,
                     DeletePod{.pod = ref,
                               .uid = pod->uid,
                               .resource_version = pod->resource_version}));
  }
  return std::optional<Move>();
}

}  // namespace

Result<PlannedChange> FreezeRollback(const Rollback& action,
                                     const ObjectRef& target,
                                     const StepContext& context) {
  auto workload = context.view.Get(target);
  if (!workload.ok()) return workload.error();
  const auto* state = workload->As<WorkloadState>();
  if (state == nullptr || !IsWorkload(target.kind)) {
    return Impossible(ToString(target) + " has no revisions");
  }
  if (state->paused) return Impossible(ToString(target) + " is paused");
  // Its update is no matter of manifests, whoever keeps them.
  if (state->rollout && state->rollout->Updates()) {
    return FreezeAbort(*workload, context);
  }
  const auto kept = KeeperInForce(context.view, *workload);
  if (!kept.ok()) return kept.error();
  if (const std::optional<Keeper>& keeper = *kept) {
    if (keeper->kind == Keeper::Kind::kArgoCd) {
      return FreezeSync(*keeper, target, action.max_revisions, context);
    }
    return Impossible(ToString(target) + " is kept by " + keeper->text +
                      ", which would set it back: revert the change there");
  }
  auto pods = PodsOf(context.view, *workload);
  if (!pods.ok()) return pods.error();
  auto history = HistoryOf(context.view, *workload);
  if (!history.ok()) return history.error();
  auto way = FindWayBack(*workload, *history, *pods, action.max_revisions,
                         context.evidence);
  if (!way.ok()) return way.error();
  auto fields = Difference(*way);
  if (!fields.ok()) return fields.error();
  PlannedChange change;
  change.object = target;
  change.uid = workload->uid;
  change.generation = workload->generation;
  change.from = static_cast<int>(way->from.number);
  change.to = static_cast<int>(way->to.number);
  change.from_value = way->from.pod_template;
  change.to_value = way->to.pod_template;
  change.pods = static_cast<int>(pods->size());
  change.canaries = Stuck(*workload, *pods, way->from);
  change.summary = "template of " + ToString(target) + " back from revision " +
                   std::to_string(change.from) + " to " +
                   std::to_string(change.to) + " (" + way->health +
                   "); differs in " + *fields;
  change.blast_radius = "all " + std::to_string(change.pods) +
                        " pods, as the rollout goes" +
                        (state->rollout ? ", its steps again" : "");
  return change;
}

Result<Move> NextRollback(const Incident& incident,
                          const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (change.object.kind == ObjectKind::kApplication) {
    return NextSync(incident, context);
  }
  if (IsAbort(change)) return NextAbort(incident, context);
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  if (!IsApplied(incident, "apply")) {
    if (HasMoved(*workload, change)) {
      return Move::Failed("the template was changed since it was planned");
    }
    return Move::Mutate(ActionKind::kRollback, "apply",
                        PutBack(incident, *workload, change.to_value));
  }
  if (TemplateOf(*workload) != change.to_value) {
    return Move::Failed("somebody put another template in place");
  }
  auto stuck = FreeStuck(incident, context);
  if (!stuck.ok()) return stuck.error();
  if (*stuck) return **std::move(stuck);
  std::string why;
  // A deadline that was exceeded may be that of the revision before.
  if (StatusOf(*workload, &why) == RolloutStatus::kDone) return Move::Done(why);
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed("the earlier revision was not rolled out in time: " +
                        why);
  }
  return Move::Wait(context.now + context.poll, why);
}

Result<Move> UndoRollback(const Incident& incident,
                          const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (change.object.kind == ObjectKind::kApplication) {
    return UndoSync(incident, context);
  }
  if (IsAbort(change)) return UndoAbort(incident, context);
  if (IsApplied(incident, "restore")) {
    return Move::Done("revision " + std::to_string(change.from) +
                      "'s template stands again");
  }
  auto workload = context.view.Get(incident.target);
  if (!workload.ok()) return workload.error();
  if (workload->uid != change.uid) {
    return Move::Failed("the workload is another object now");
  }
  if (TemplateOf(*workload) == change.from_value) {
    return Move::Done("the template already stands as before");
  }
  if (TemplateOf(*workload) != change.to_value) {
    return Move::Failed("somebody put another template in place since");
  }
  return Move::Mutate(ActionKind::kUndoRollback, "restore",
                      PutBack(incident, *workload, change.from_value));
}

}  // namespace selfheal::actions
