#include "execute/actions/sync.h"

#include <algorithm>

#include "execute/revisions.h"
#include "execute/workload.h"

namespace selfheal::actions {
namespace {

constexpr seconds kTimeout{900};

Error Impossible(std::string why) {
  return {Code::kFailedPrecondition, std::move(why)};
}

/// Why Argo CD can't be asked at all, or "".
std::string Obstacle(const std::string& name, const ApplicationState& state) {
  if (state.busy) return name + " is being synced now";
  if (state.multiple_sources) return name + " has several sources";
  return "";
}

/// The newest sync before the last one that was calm in its time.
Result<std::string> CalmSync(const std::string& name,
                             const ApplicationState& state, int most,
                             const EvidenceWindow* evidence) {
  if (state.history.empty()) return Impossible(name + " has no history");
  if (state.automated) {
    return Impossible(name + " syncs by itself, which would undo a rollback: " +
                      "revert " + state.history.back().revision + " in Git");
  }
  const std::string& bad = state.history.back().revision;
  int back = 0;
  for (std::size_t i = state.history.size() - 1; i > 0 && back < most; --i) {
    const auto& entry = state.history[i - 1];
    const auto& next = state.history[i];
    if (entry.revision == bad || entry.revision.empty()) continue;
    ++back;
    if (evidence != nullptr && entry.deployed_at && next.deployed_at &&
        WasCalm(*evidence, *entry.deployed_at, *next.deployed_at)) {
      return entry.revision;
    }
  }
  return Impossible("no earlier sync of " + name +
                    " is known to have been healthy");
}

Mutation SyncTo(const Incident& incident, const ClusterObject& live,
                const std::string& revision) {
  return RequestSync{.application = incident.plan->change.object,
                     .uid = incident.plan->change.uid,
                     .resource_version = live.resource_version,
                     .revision = revision,
                     .action_id = incident.progress.action_id};
}

}  // namespace

Result<std::optional<Keeper>> KeeperInForce(ClusterView& view,
                                            const ClusterObject& workload) {
  if (auto keeper = KeeperOf(workload)) return keeper;
  const auto possible = PossibleApplication(view, workload);
  if (possible.ok()) return std::optional(KeeperBy(possible->ref));
  if (possible.error().code != Code::kNotFound) return possible.error();
  return std::optional<Keeper>();
}

Result<PlannedChange> FreezeSync(const Keeper& keeper, const ObjectRef& target,
                                 int most, const StepContext& context) {
  const ObjectRef ref{ObjectKind::kApplication, keeper.ns, keeper.name};
  auto live = context.view.Get(ref);
  if (!live.ok() && Retryable(live.error().code)) return live.error();
  const auto* state = live.ok() ? live->As<ApplicationState>() : nullptr;
  if (state == nullptr) {
    return Impossible(ToString(target) + " is kept by " + keeper.text +
                      ", which can't be read: " + live.error().message);
  }
  std::string obstacle = Obstacle(keeper.text, *state);
  if (!obstacle.empty()) return Impossible(std::move(obstacle));
  PlannedChange change;
  change.object = ref;
  change.uid = live->uid;
  // OutOfSync with a newer commit is no drift: that one was not synced yet, or
  // somebody went back from it.
  const bool drifted = state->sync_status == "OutOfSync" &&
                       !state->history.empty() &&
                       state->history.back().revision == state->sync_revision;
  if (drifted) {
    change.to_value = state->sync_revision;
    change.summary = "sync " + keeper.text + " to " + change.to_value +
                     ", as Git says; " + ToString(target) +
                     " has drifted from it";
  } else {
    auto revision = CalmSync(keeper.text, *state, most, context.evidence);
    if (!revision.ok()) return revision.error();
    change.from_value = state->history.back().revision;
    change.to_value = *std::move(revision);
    change.summary = "sync " + keeper.text + " back from " + change.from_value +
                     " to " + change.to_value +
                     ", calm in its time; it is OutOfSync from then on";
  }
  change.blast_radius = "all that the Application holds";
  return change;
}

Result<Move> NextSync(const Incident& incident, const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  auto live = context.view.Get(change.object);
  if (!live.ok()) return live.error();
  const auto* state = live->As<ApplicationState>();
  if (state == nullptr) return Move::Failed("it is no Application");
  if (!IsApplied(incident, "apply")) {
    if (state->busy) return Move::Failed("somebody else syncs it now");
    return Move::Mutate(ActionKind::kRollback, "apply",
                        SyncTo(incident, *live, change.to_value));
  }
  const bool ours =
      !state->busy && state->operation_revision == change.to_value;
  if (ours && state->operation_phase != "Succeeded") {
    return Move::Failed("the sync ended " + state->operation_phase);
  }
  std::string why = "Argo CD syncs";
  if (ours) {
    auto workload = context.view.Get(incident.target);
    if (!workload.ok()) return workload.error();
    if (StatusOf(*workload, &why) == RolloutStatus::kDone) {
      return Move::Done("synced to " + change.to_value + "; " + why);
    }
  }
  if (context.now > incident.progress.started_at + kTimeout) {
    return Move::Failed("the sync did not end in time: " + why);
  }
  return Move::Wait(context.now + context.poll, why);
}

Result<Move> UndoSync(const Incident& incident, const StepContext& context) {
  const PlannedChange& change = incident.plan->change;
  if (IsApplied(incident, "restore")) {
    return Move::Done("synced to " + change.from_value + " again");
  }
  if (change.from_value.empty()) {
    return Move::Failed("what had drifted is nowhere to be had");
  }
  auto live = context.view.Get(change.object);
  if (!live.ok()) return live.error();
  if (live->uid != change.uid) {
    return Move::Failed("the Application is another object now");
  }
  return Move::Mutate(ActionKind::kUndoRollback, "restore",
                      SyncTo(incident, *live, change.from_value));
}

}  // namespace selfheal::actions
